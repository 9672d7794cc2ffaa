package dev.reprise.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;

/// Runs command lines in a process that exists on paper only.
final class CommandLineFixture {
    /// @param out what was printed on standard output
    /// @param err likewise on standard error
    record Result(int status, String out, String err) {}

    final Map<String, String> environment = new TreeMap<>(Map.of("PATH", "/usr/bin:/bin"));
    CommandContext.Terminal terminal = CommandContext.Terminal.NONE;
    String typed = "";
    CommandList commands = CommandList.standard();
    private final Path directory;

    CommandLineFixture(Path directory) {
        this.directory = directory;
    }

    Result run(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int status = new Cli(commands, context(out, err)).run(arguments);
        return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    CommandContext context(ByteArrayOutputStream out, ByteArrayOutputStream err) {
        return new CommandContext(
                environment,
                directory,
                new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                terminal,
                InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z")),
                ZoneOffset.UTC,
                SecureRandom::new);
    }
}
