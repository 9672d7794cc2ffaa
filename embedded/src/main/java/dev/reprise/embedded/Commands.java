package dev.reprise.embedded;

import dev.reprise.base.CancelledException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Runs small programs to their end.
final class Commands {
    /// @param output both streams, as UTF-8
    record Finished(int status, String output) {}

    private Commands() {}

    static Finished run(List<String> command) throws IOException {
        return run(command, Path.of("/"), Map.of());
    }

    static Finished run(List<String> command, Path folder, Map<String, String> environment) throws IOException {
        var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (var output = process.getInputStream()) {
            process.getOutputStream().close();
            String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            return new Finished(process.waitFor(), text);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw CancelledException.interrupted("running " + command.getFirst());
        }
    }
}
