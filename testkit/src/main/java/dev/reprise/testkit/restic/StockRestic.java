package dev.reprise.testkit.restic;

import dev.reprise.testkit.peers.Peers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/// One version of stock restic and the repository it works on. Fetched by `scripts/fetch-restic` on first use and
/// kept in `.peers` below the project.
public final class StockRestic {
    /// Every series the project promises to share repositories with.
    public static final List<String> SERIES = List.of("0.14", "0.18", "0.19");

    private static final int LONGEST_RUN_MINUTES = 5;

    private final Path program;
    private final Path repository;
    private final String password;
    private final Map<String, String> environment;

    private StockRestic(Path program, Path repository, String password, Map<String, String> environment) {
        this.program = program;
        this.repository = repository;
        this.password = password;
        this.environment = environment;
    }

    /// @param series one of [#SERIES]
    public static StockRestic of(String series, Path repository, String password) {
        return new StockRestic(fetched(series), repository, password, Map.of());
    }

    /// The same with more environment variables, for example `TZ`.
    public StockRestic with(Map<String, String> more) {
        return new StockRestic(program, repository, password, more);
    }

    /// Where the program of this series is, after fetching it if needed.
    public static Path fetched(String series) {
        return Peers.fetched("fetch-restic", series, "restic-" + series);
    }

    /// Runs restic and waits; never throws because of its exit status.
    public Result run(String... arguments) {
        return run(Path.of("."), arguments);
    }

    public Result run(Path workingDirectory, String... arguments) {
        List<String> command = new ArrayList<>(List.of(program.toString(), "--no-cache", "-r", repository.toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(workingDirectory.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("RESTIC_"));
        builder.environment().put("RESTIC_PASSWORD", password);
        builder.environment().putAll(environment);
        try {
            return start(builder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Runs restic and fails the test with everything it said unless it exits with 0.
    public Result ok(String... arguments) {
        return run(arguments).mustSucceed(List.of(arguments));
    }

    public Result ok(Path workingDirectory, String... arguments) {
        return run(workingDirectory, arguments).mustSucceed(List.of(arguments));
    }

    private static Result start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        process.getOutputStream().close();
        var out = CompletableFuture.supplyAsync(() -> text(process.getInputStream()));
        var err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
        try {
            if (!process.waitFor(LONGEST_RUN_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IOException(builder.command() + " did not end within " + LONGEST_RUN_MINUTES + " minutes");
            }
            return new Result(process.exitValue(), out.get(), err.get());
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + builder.command(), e);
        } catch (ExecutionException e) {
            throw new IOException(e);
        }
    }

    private static String text(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @param status exit status
    public record Result(int status, String out, String err) {
        Result mustSucceed(List<String> arguments) {
            if (status != 0) {
                throw new AssertionError(
                        "restic %s ended with %d%n%s%n%s".formatted(String.join(" ", arguments), status, out, err));
            }
            return this;
        }
    }
}
