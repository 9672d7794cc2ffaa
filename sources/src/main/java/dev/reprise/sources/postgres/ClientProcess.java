package dev.reprise.sources.postgres;

import dev.reprise.base.CancelledException;
import dev.reprise.sources.pipe.ChunkPipe;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A running client program. Closing it kills what still runs.
///
/// The end of its output is the end of the stream only if the program then ended well: a dump that dies half-way
/// closes its output like a good one does. So [#output()] fails at its end unless the exit status is 0 and no
/// line of standard error reports an error.
final class ClientProcess implements AutoCloseable {
    private static final int CHUNK_BYTES = 64 << 10;
    private static final int CHUNKS = 8;
    private static final int TAIL_LINES = 6;

    private final String name;
    private final Process process;
    private final ErrorOutput errors;
    private final ChunkPipe pipe = new ChunkPipe(CHUNKS);

    private ClientProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        this.errors = new ErrorOutput(process.getErrorStream(), name + " errors");
    }

    /// @param arguments   without secrets
    /// @param environment replaces every `PG…` variable of this process
    static ClientProcess start(ClientProgram program, List<String> arguments, Map<String, String> environment)
            throws IOException {
        var command = new ArrayList<String>();
        command.add(program.file().toString());
        command.addAll(arguments);
        var builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(variable -> variable.startsWith("PG"));
        builder.environment().putAll(environment);
        builder.environment().put("LC_ALL", "C"); // messages are read, so they must be English
        var client = new ClientProcess(String.valueOf(program.file().getFileName()), builder.start());
        Thread.ofVirtual().name(client.name + " output").start(client::pump);
        return client;
    }

    private void pump() {
        byte[] buffer = new byte[CHUNK_BYTES];
        try (InputStream output = process.getInputStream()) {
            for (int count = output.read(buffer); count >= 0; count = output.read(buffer)) {
                if (!pipe.write(buffer, 0, count)) {
                    process.destroyForcibly(); // nobody reads on
                }
            }
            requireGoodEnd();
            pipe.finish();
        } catch (IOException e) {
            pipe.fail(e);
        } catch (InterruptedException e) {
            pipe.fail(new IOException("interrupted", e));
        }
    }

    private void requireGoodEnd() throws IOException, InterruptedException {
        int status = process.waitFor();
        errors.join();
        if (status != 0 || errors.hasError()) {
            String how = status > 128 ? " was killed by signal " + (status - 128) : " ended with status " + status;
            throw new IOException(name + how + ": " + errors.tail(TAIL_LINES));
        }
    }

    /// The program's output. Reading can be interrupted. Closing it early kills the program.
    InputStream output() {
        return pipe.reader();
    }

    /// Gives a stream to the program's input, drops its output and waits for a good end.
    ///
    /// @throws IOException if reading the stream fails (then nothing the program did may be used) or the program
    ///                     ends badly
    void feed(InputStream input) throws IOException {
        feed(input, OutputStream.nullOutputStream());
    }

    /// The same, and copies the program's output.
    void feed(InputStream input, OutputStream copy) throws IOException {
        var failure = new AtomicReference<@Nullable IOException>();
        Thread feeder = Thread.ofVirtual().name(name + " input").start(() -> copyInto(input, failure));
        try (InputStream output = output()) {
            output.transferTo(copy);
            feeder.join();
        } catch (IOException e) {
            IOException first = failure.get();
            throw first == null ? e : first;
        } catch (InterruptedException e) {
            throw CancelledException.interrupted("running " + name);
        } finally {
            process.destroyForcibly();
        }
        IOException unread = failure.get();
        if (unread != null) {
            throw unread;
        }
    }

    private void copyInto(InputStream input, AtomicReference<@Nullable IOException> failure) {
        byte[] buffer = new byte[CHUNK_BYTES];
        try (OutputStream output = process.getOutputStream()) {
            for (int count = read(input, buffer, failure); count >= 0; count = read(input, buffer, failure)) {
                output.write(buffer, 0, count);
            }
        } catch (IOException e) {
            // The program does not want more. Whether that is well, its exit status says.
        }
    }

    /// A stream that fails must not look to the program like one that ends.
    private int read(InputStream input, byte[] buffer, AtomicReference<@Nullable IOException> failure) {
        try {
            return input.read(buffer);
        } catch (IOException | RuntimeException e) {
            failure.set(e instanceof IOException io ? io : new IOException(e.getMessage(), e));
            process.destroyForcibly();
            return -1;
        }
    }

    /// Lines such as `pg_dump: warning: …`, complete after the output has ended.
    List<String> warnings() {
        return errors.warnings();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
