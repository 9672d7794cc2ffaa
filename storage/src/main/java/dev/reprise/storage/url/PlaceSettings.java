package dev.reprise.storage.url;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalLong;

/// What a user says about places beside their URL.
///
/// @param environment      variables, which hold credentials; nothing else may be asked for some
/// @param workingDirectory absolute; relative paths in options start here
/// @param options          of `-o name=value`, by name
/// @param transport        how servers are spoken to
/// @param limits           how fast
/// @param clock            the only source of time
public record PlaceSettings(
        Map<String, String> environment,
        Path workingDirectory,
        Map<String, String> options,
        Transport transport,
        RateLimits limits,
        InstantSource clock) {
    public PlaceSettings {
        environment = Map.copyOf(environment);
        options = Map.copyOf(options);
    }

    /// Nothing but an environment.
    public PlaceSettings(Map<String, String> environment, Path workingDirectory, InstantSource clock) {
        this(environment, workingDirectory, Map.of(), Transport.DEFAULT, RateLimits.NONE, clock);
    }

    /// Where temporary files go: `TMPDIR`, as restic's, else `/tmp`.
    public Path temporaryFolder() {
        String folder = variable("TMPDIR");
        return workingDirectory.resolve(folder.isEmpty() ? "/tmp" : folder);
    }

    /// @return the variable's value; empty text when it is not set
    public String variable(String name) {
        return environment.getOrDefault(name, "");
    }

    /// @param name     of an option
    /// @param fallback when it is not given
    public String option(String name, String fallback) {
        return options.getOrDefault(name, fallback);
    }

    /// @throws StorageUrlException unless it is a whole number from `least` to `most`
    public int number(String name, int fallback, int least, int most) {
        String text = options.get(name);
        if (text == null) {
            return fallback;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        String fact = "option " + name + " is \"" + text + "\"";
        throw new StorageUrlException(fact, "give a number from " + least + " to " + most, null);
    }

    /// @throws StorageUrlException unless it is a boolean as restic's options take it
    public boolean flag(String name, boolean fallback) {
        String text = options.get(name);
        if (text == null) {
            return fallback;
        }
        return switch (text) {
            case "1", "t", "T", "TRUE", "true", "True" -> true;
            case "0", "f", "F", "FALSE", "false", "False" -> false;
            default ->
                throw new StorageUrlException("option " + name + " is \"" + text + "\"", "give true or false", null);
        };
    }

    /// Bytes per second in each direction; empty for as fast as it goes.
    public record RateLimits(OptionalLong upload, OptionalLong download) {
        public static final RateLimits NONE = new RateLimits(OptionalLong.empty(), OptionalLong.empty());
    }
}
