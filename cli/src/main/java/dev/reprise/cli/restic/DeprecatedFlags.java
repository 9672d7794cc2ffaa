package dev.reprise.cli.restic;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Flags of restic's past that still do what they did, and what restic says when it meets one.
final class DeprecatedFlags {
    private static final Map<String, String> ADVICE = Map.of(
            "--repo2", "use --repo or --from-repo instead",
            "--repository-file2", "use --repository-file or --from-repository-file instead",
            "--hostname", "use --host",
            "--check-unused", "`--check-unused` is deprecated and will be ignored",
            "--snapshot-template", "use --time-template",
            "--repack-small",
                    "small files are automatically repacked. Use --repack-smaller-than to specify a minimum size");

    private DeprecatedFlags() {}

    /// One line for each flag used.
    ///
    /// @param arguments of a verb that knows all its flags
    static List<String> remarks(List<String> arguments) {
        Stream<String> flags = arguments.stream().takeWhile(word -> !word.equals("--"));
        return flags.map(word -> word.split("=", 2)[0])
                .filter(ADVICE::containsKey)
                .distinct()
                .map(flag -> "Flag %s has been deprecated, %s".formatted(flag, ADVICE.get(flag)))
                .toList();
    }
}
