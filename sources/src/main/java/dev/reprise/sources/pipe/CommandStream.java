package dev.reprise.sources.pipe;

import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// What a command prints. The end of its output is the end of the stream only if the command then ends with status 0:
/// a dump that dies half-way closes its output like a good one. Closing the stream early kills the command. Reading can
/// be interrupted.
public final class CommandStream extends FilterInputStream {
    private static final int CHUNK_BYTES = 256 << 10;
    private static final int CHUNKS = 8;

    private final Process process;

    private CommandStream(Process process, ChunkPipe pipe) {
        super(pipe.reader());
        this.process = process;
    }

    /// Starts it with nothing on its standard input.
    ///
    /// @param command     program and arguments
    /// @param environment all of it
    /// @param errorLines  takes each line of standard error, in a thread of its own
    /// @throws IOException if it cannot be started
    public static CommandStream start(
            List<String> command, Path workingDirectory, Map<String, String> environment, Consumer<String> errorLines)
            throws IOException {
        var builder = new ProcessBuilder(command).directory(workingDirectory.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        var pipe = new ChunkPipe(CHUNKS);
        Thread errors = Thread.ofPlatform()
                .daemon()
                .name("command errors")
                .start(() -> passOn(process.getErrorStream(), errorLines));
        Thread.ofPlatform().daemon().name("command output").start(() -> pump(process, errors, pipe));
        return new CommandStream(process, pipe);
    }

    private static void passOn(InputStream errors, Consumer<String> lines) {
        try (var reader = new BufferedReader(new InputStreamReader(errors, StandardCharsets.UTF_8))) {
            reader.lines().forEach(lines);
        } catch (IOException | RuntimeException unreadable) {
            // What it complained of is lost; how it ended still counts.
        }
    }

    private static void pump(Process process, Thread errors, ChunkPipe pipe) {
        byte[] buffer = new byte[CHUNK_BYTES];
        try (InputStream output = process.getInputStream()) {
            for (int count = output.read(buffer); count >= 0; count = output.read(buffer)) {
                if (!pipe.write(buffer, 0, count)) {
                    return; // nobody reads on; close() ended the command
                }
            }
            int status = process.waitFor();
            errors.join();
            if (status == 0) {
                pipe.finish();
            } else {
                pipe.fail(new IOException("command failed: " + ending(status)));
            }
        } catch (IOException e) {
            pipe.fail(e);
        } catch (InterruptedException e) {
            pipe.fail(new IOException("interrupted", e));
        }
    }

    private static String ending(int status) {
        return status > 128 ? "exit status " + status + " (signal " + (status - 128) + ")" : "exit status " + status;
    }

    /// Kills what still runs.
    @Override
    public void close() throws IOException {
        super.close();
        if (process.isAlive()) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
