package dev.reprise.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Runs the program in a process of its own, in a folder that holds its `reprise.yaml`.
final class RepriseProcess {
    private static final int LONGEST_RUN_MINUTES = 5;

    private final Path folder;
    private final Map<String, String> environment = new TreeMap<>();
    private List<String> prefix = List.of();

    RepriseProcess(Path folder) {
        this.folder = folder;
        environment.put("REPRISE_TEST_PASSWORD", "end to end password");
    }

    RepriseProcess with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /// Runs the program through another one: `setpriv`, `unshare`.
    RepriseProcess through(List<String> command) {
        prefix = List.copyOf(command);
        return this;
    }

    /// A configuration with one repository and one job `test` over the given sources.
    RepriseProcess configure(String sourcesYaml, String... sourceNames) throws IOException {
        Files.writeString(folder.resolve("reprise.yaml"), """
                repositories:
                  main:
                    location: repository
                    password:
                      env: REPRISE_TEST_PASSWORD
                sources:
                %s
                jobs:
                  test:
                    sources: [%s]
                    repository: main
                """.formatted(
                        sourcesYaml.indent(2).stripTrailing(), String.join(", ", sourceNames)));
        return this;
    }

    Path repository() {
        return folder.resolve("repository");
    }

    /// Starts it without waiting. Standard error goes along with standard output into a file.
    Process start(Path log, String... arguments) throws IOException {
        return builder(arguments)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    Result run(String... arguments) {
        try {
            Process process = builder(arguments).start();
            process.getOutputStream().close();
            var out = CompletableFuture.supplyAsync(() -> text(process.getInputStream()));
            var err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
            if (!process.waitFor(LONGEST_RUN_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError(
                        List.of(arguments) + " did not end within " + LONGEST_RUN_MINUTES + " minutes");
            }
            return new Result(process.exitValue(), out.join(), err.join());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    Result ok(String... arguments) {
        Result result = run(arguments);
        if (result.status() != 0) {
            throw new AssertionError("reprise %s ended with %d%n%s%n%s"
                    .formatted(String.join(" ", arguments), result.status(), result.out(), result.err()));
        }
        return result;
    }

    private ProcessBuilder builder(String... arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.reprise.app.Main"));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("RESTIC_") || name.startsWith("REPRISE_"));
        builder.environment().putAll(environment);
        return builder;
    }

    private static String text(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @param status exit status
    record Result(int status, String out, String err) {}
}
