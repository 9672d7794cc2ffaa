package dev.reprise.compat;

import dev.reprise.app.WiredCommands;
import dev.reprise.app.WiredPlaces;
import dev.reprise.cli.Cli;
import dev.reprise.cli.CommandContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Map;

/// The commands of `reprise.yaml` in this process.
///
/// @param folder      that holds it
/// @param environment variables, instead of those of this process
/// @param clock       what time it is
record RepriseStack(Path folder, Map<String, String> environment, InstantSource clock) {
    RepriseStack(Path folder, Map<String, String> environment) {
        this(folder, environment, InstantSource.system());
    }

    Result run(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        try (var outStream = new PrintStream(out, false, StandardCharsets.UTF_8);
                var errStream = new PrintStream(err, false, StandardCharsets.UTF_8)) {
            var context = new CommandContext(
                    environment,
                    folder,
                    new ByteArrayInputStream(new byte[0]),
                    outStream,
                    errStream,
                    CommandContext.Terminal.NONE,
                    clock,
                    ZoneId.systemDefault(),
                    SecureRandom::new,
                    WiredPlaces.all());
            int status = new Cli(WiredCommands.all(), context).run(arguments);
            outStream.flush();
            errStream.flush();
            return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        }
    }

    /// Fails the test with everything that was said unless the status is 0.
    Result ok(String... arguments) {
        Result result = run(arguments);
        if (result.status() != 0) {
            throw new AssertionError("reprise %s ended with %d%n%s%n%s"
                    .formatted(String.join(" ", arguments), result.status(), result.out(), result.err()));
        }
        return result;
    }

    /// @param status exit status
    record Result(int status, String out, String err) {}
}
