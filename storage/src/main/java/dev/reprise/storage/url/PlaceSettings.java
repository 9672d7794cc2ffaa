package dev.reprise.storage.url;

import dev.reprise.base.RateTable;
import dev.reprise.storage.retry.RetryListener;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
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
/// @param retries          told of what failed and is repeated
public record PlaceSettings(
        Map<String, String> environment,
        Path workingDirectory,
        Map<String, String> options,
        Transport transport,
        RateLimits limits,
        InstantSource clock,
        RetryListener retries) {
    public PlaceSettings {
        environment = Map.copyOf(environment);
        options = Map.copyOf(options);
    }

    /// Nobody is told of what is repeated.
    public PlaceSettings(
            Map<String, String> environment,
            Path workingDirectory,
            Map<String, String> options,
            Transport transport,
            RateLimits limits,
            InstantSource clock) {
        this(environment, workingDirectory, options, transport, limits, clock, RetryListener.NONE);
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

    /// How fast in each direction.
    ///
    /// @param zone whose time of day the tables mean
    public record RateLimits(RateTable upload, RateTable download, ZoneId zone) {
        public static final RateLimits NONE = new RateLimits(OptionalLong.empty(), OptionalLong.empty());

        /// Bytes per second all day; empty for as fast as it goes.
        public RateLimits(OptionalLong upload, OptionalLong download) {
            this(RateTable.always(upload), RateTable.always(download), ZoneOffset.UTC);
        }

        boolean isUnlimited() {
            return upload.isUnlimited() && download.isUnlimited();
        }
    }
}
