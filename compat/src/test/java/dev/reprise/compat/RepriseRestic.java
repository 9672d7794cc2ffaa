package dev.reprise.compat;

import dev.reprise.app.WiredPlaces;
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
///
/// @param repository       goes with every command line
/// @param workingDirectory where it is started
/// @param environment      variables, instead of those of this process
/// @param zone             time zone of the machine
record RepriseRestic(Path repository, Path workingDirectory, Map<String, String> environment, ZoneId zone) {
    static RepriseRestic of(Path repository, String password) {
        return new RepriseRestic(
                repository,
                repository.resolveSibling(".").normalize(),
                Map.of("RESTIC_PASSWORD", password),
                ZoneId.systemDefault());
    }

    /// The same with more environment variables.
    RepriseRestic with(Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(environment);
        all.putAll(more);
        return new RepriseRestic(repository, workingDirectory, all, zone);
    }

    /// The same, started in another folder.
    RepriseRestic in(Path folder) {
        return new RepriseRestic(repository, folder, environment, zone);
    }

    /// The same in another time zone.
    RepriseRestic inZone(String name) {
        return new RepriseRestic(repository, workingDirectory, with(Map.of("TZ", name)).environment, ZoneId.of(name));
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
        try (var outStream = new PrintStream(out, false, StandardCharsets.UTF_8);
                var errStream = new PrintStream(err, false, StandardCharsets.UTF_8)) {
            var context = new CommandContext(
                    environment,
                    workingDirectory,
                    new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                    outStream,
                    errStream,
                    CommandContext.Terminal.NONE,
                    InstantSource.system(),
                    zone,
                    SecureRandom::new,
                    WiredPlaces.all());
            int status = new ResticCli(ResticVerbs.standard(), context).run(line);
            outStream.flush();
            errStream.flush();
            return new Result(status, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
        }
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
    /// @param bytes  of standard output
    record Result(int status, byte[] bytes, String err) {
        String out() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
