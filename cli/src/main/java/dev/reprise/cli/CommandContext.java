package dev.reprise.cli;

import dev.reprise.storage.url.PlaceOpener;
import dev.reprise.storage.url.Places;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Map;
import java.util.function.Supplier;

/// Everything a command takes from the process it runs in. Tests make their own.
///
/// @param environment      environment variables
/// @param workingDirectory absolute; relative paths of the command line start here
/// @param in               standard input; read only by commands that say so
/// @param out              standard output: results
/// @param err              standard error: progress, remarks, warnings, errors
/// @param terminal         which of the three are terminals
/// @param clock            the only source of time
/// @param zone             local zone, for showing times
/// @param random           made on first use; making one costs start-up time
/// @param places           opens the place a location names; tests of `reprise restic` wrap it to
/// fail on purpose
public record CommandContext(
        Map<String, String> environment,
        Path workingDirectory,
        InputStream in,
        PrintStream out,
        PrintStream err,
        Terminal terminal,
        InstantSource clock,
        ZoneId zone,
        Supplier<SecureRandom> random,
        PlaceOpener places) {

    /// With local directories as the only places.
    public CommandContext(
            Map<String, String> environment,
            Path workingDirectory,
            InputStream in,
            PrintStream out,
            PrintStream err,
            Terminal terminal,
            InstantSource clock,
            ZoneId zone,
            Supplier<SecureRandom> random) {
        this(environment, workingDirectory, in, out, err, terminal, clock, zone, random, Places.LOCAL);
    }

    /// Which standard streams are terminals.
    public record Terminal(boolean in, boolean out, boolean err) {
        public static final Terminal NONE = new Terminal(false, false, false);
    }

    /// A path as typed, made absolute.
    public Path resolve(String path) {
        return workingDirectory.resolve(path).normalize();
    }
}
