package dev.reprise.app;

import dev.reprise.cli.Cli;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.CommandList;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/// The run that shows the JVM which classes its ahead-of-time cache needs. Prints nothing, touches no data.
final class Training {
    private static final List<String> COMMAND_LINES = List.of(
            "version",
            "version --json",
            "--help",
            "help version",
            "no-such-command",
            "config check",
            "config show --json");
    /// Enough for a whole configuration; nothing of it is opened.
    private static final Map<String, String> ENVIRONMENT =
            Map.of("UPLOADS_DIR", "/nonexistent", "BACKUP_ROOT", "/nonexistent", "RESTIC_PASSWORD", "x");

    private Training() {}

    static boolean requested() {
        return Boolean.getBoolean("reprise.training");
    }

    static void run(CommandList commands) {
        var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        var context = new CommandContext(
                ENVIRONMENT,
                Path.of("/nonexistent"),
                InputStream.nullInputStream(),
                nowhere,
                nowhere,
                CommandContext.Terminal.NONE,
                InstantSource.system(),
                ZoneOffset.UTC,
                SecureRandom::new);
        var cli = new Cli(commands, context);
        for (String line : COMMAND_LINES) {
            cli.run(line.split(" ", -1));
        }
    }
}
