package dev.reprise.cli.restic;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

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
    /// @param verb      says which of them take the next word as their value
    static List<String> remarks(List<String> arguments, CommandSpec verb) {
        return used(arguments, verb).stream()
                .filter(ADVICE::containsKey)
                .distinct()
                .map(flag -> "Flag %s has been deprecated, %s".formatted(flag, ADVICE.get(flag)))
                .toList();
    }

    /// Long flags, without the values of others that look like flags.
    private static List<String> used(List<String> arguments, CommandSpec verb) {
        var used = new ArrayList<String>();
        boolean value = false;
        for (String word : arguments) {
            if (value) {
                value = false;
            } else if (word.equals("--")) {
                break;
            } else if (word.startsWith("--")) {
                String flag = word.split("=", 2)[0];
                used.add(flag);
                value = flag.equals(word) && takesValue(flag, verb);
            } else if (word.startsWith("-")) {
                value = endsWithValued(word, verb);
            }
        }
        return used;
    }

    private static boolean takesValue(String flag, CommandSpec verb) {
        OptionSpec option = verb.optionsMap().get(flag);
        return option != null && option.arity().min() > 0;
    }

    /// Of short flags in one word the first that takes a value takes what is left of the word.
    private static boolean endsWithValued(String word, CommandSpec verb) {
        for (int i = 1; i < word.length(); i++) {
            if (takesValue("-" + word.charAt(i), verb)) {
                return i == word.length() - 1;
            }
        }
        return false;
    }
}
