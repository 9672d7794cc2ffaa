package dev.reprise.compat;

import dev.reprise.cli.CommandContext;
import dev.reprise.cli.restic.ResticCli;
import dev.reprise.cli.restic.ResticVerbs;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// `reprise restic …` on one repository, inside this process.
final class Toolbox {
    private final Path repository;
    private final String password;
    private final Map<String, String> environment;
    private final ZoneId zone;
    private final Path workingDirectory;

    private Toolbox(
            Path repository, String password, Map<String, String> environment, ZoneId zone, Path workingDirectory) {
        this.repository = repository;
        this.password = password;
        this.environment = environment;
        this.zone = zone;
        this.workingDirectory = workingDirectory;
    }

    static Toolbox of(Path repository, String password) {
        return new Toolbox(
                repository,
                password,
                Map.of("TZ", "UTC"),
                ZoneId.of("UTC"),
                Path.of("").toAbsolutePath());
    }

    /// The same, started in another directory.
    Toolbox inside(Path directory) {
        return new Toolbox(repository, password, environment, zone, directory);
    }

    /// The same in another time zone.
    Toolbox in(String name) {
        return new Toolbox(repository, password, Map.of("TZ", name), ZoneId.of(name), workingDirectory);
    }

    /// What one command line did.
    ///
    /// @param out the bytes of standard output
    record Result(int status, byte[] out, String err) {
        String text() {
            return new String(out, StandardCharsets.UTF_8);
        }
    }

    Result run(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var line = new ArrayList<>(List.of("-r", repository.toString()));
        line.addAll(List.of(arguments));
        try (var outStream = new PrintStream(out, false, StandardCharsets.UTF_8);
                var errStream = new PrintStream(err, false, StandardCharsets.UTF_8)) {
            int status = new ResticCli(ResticVerbs.standard(), context(outStream, errStream)).run(line);
            outStream.flush();
            errStream.flush();
            return new Result(status, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
        }
    }

    /// Fails the test with everything that was said unless it ends with 0.
    Result ok(String... arguments) {
        Result result = run(arguments);
        if (result.status() != 0) {
            throw new AssertionError(
                    "%s ended with %d%n%s".formatted(String.join(" ", arguments), result.status(), result.err()));
        }
        return result;
    }

    private CommandContext context(PrintStream out, PrintStream err) {
        var variables = new HashMap<>(environment);
        variables.put("RESTIC_PASSWORD", password);
        return new CommandContext(
                variables,
                workingDirectory,
                InputStream.nullInputStream(),
                out,
                err,
                CommandContext.Terminal.NONE,
                InstantSource.system(),
                zone,
                SecureRandom::new);
    }
}
