package dev.reprise.compat;

import dev.reprise.cli.CommandContext;
import dev.reprise.cli.restic.ResticCli;
import dev.reprise.cli.restic.ResticVerbs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// `reprise restic …` in this process, on one repository.
final class RepriseRestic {
    private final Path repository;
    private final Path workingDirectory;
    private final Map<String, String> environment;

    private RepriseRestic(Path repository, Path workingDirectory, Map<String, String> environment) {
        this.repository = repository;
        this.workingDirectory = workingDirectory;
        this.environment = environment;
    }

    static RepriseRestic of(Path repository, String password) {
        return new RepriseRestic(
                repository, repository.resolveSibling(".").normalize(), Map.of("RESTIC_PASSWORD", password));
    }

    /// The same with more environment variables.
    RepriseRestic with(Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(environment);
        all.putAll(more);
        return new RepriseRestic(repository, workingDirectory, all);
    }

    /// The same, started in another folder.
    RepriseRestic in(Path folder) {
        return new RepriseRestic(repository, folder, environment);
    }

    Result run(String... arguments) {
        List<String> line = new ArrayList<>(List.of("-r", repository.toString()));
        line.addAll(List.of(arguments));
        return typed("", line);
    }

    /// @param input what the user types
    Result typed(String input, List<String> line) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var context = new CommandContext(
                environment,
                workingDirectory,
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                CommandContext.Terminal.NONE,
                InstantSource.system(),
                ZoneId.systemDefault(),
                SecureRandom::new);
        int status = new ResticCli(ResticVerbs.standard(), context).run(line);
        return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /// Fails the test with everything that was said unless the status is 0.
    Result ok(String... arguments) {
        Result result = run(arguments);
        if (result.status() != 0) {
            throw new AssertionError("reprise restic %s ended with %d%n%s%n%s"
                    .formatted(String.join(" ", arguments), result.status(), result.out(), result.err()));
        }
        return result;
    }

    /// @param status exit status
    record Result(int status, String out, String err) {}
}
