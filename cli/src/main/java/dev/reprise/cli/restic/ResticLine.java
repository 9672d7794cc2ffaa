package dev.reprise.cli.restic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// What a command line asks for, found without building any verb: restic's flags may stand before its verb.
sealed interface ResticLine {
    /// Print which verbs there are.
    record Overview() implements ResticLine {}

    /// Print which verbs a group has, as `key` alone asks for.
    record Group(String word) implements ResticLine {}

    /// @param verb      as [ResticVerbs] knows it
    /// @param arguments every flag and argument, those before the verb first
    record Run(String verb, List<String> arguments) implements ResticLine {}

    /// Flags of [ResticOptions], and of the verbs of groups, that take the next word as their value.
    Set<String> VALUED = Set.of(
            "-r",
            "--repo",
            "--repository-file",
            "-p",
            "--password-file",
            "--password-command",
            "--key-hint",
            "--retry-lock",
            "--compression",
            "--pack-size",
            "--cache-dir",
            "--limit-upload",
            "--limit-download",
            "--cacert",
            "--tls-client-cert",
            "--http-user-agent",
            "--stuck-request-timeout",
            "-o",
            "--option",
            "--new-password-file",
            "--user",
            "--host");

    Set<String> HELP = Set.of("-h", "--help");

    /// @throws CommandLineException if there is no such verb
    static ResticLine of(ResticVerbs verbs, List<String> arguments) {
        int at = firstWord(arguments);
        List<String> before = arguments.subList(0, at);
        List<String> rest = arguments.subList(at, arguments.size());
        if (rest.isEmpty() || rest.getFirst().equals("help")) {
            return rest.size() > 1 ? of(verbs, helped(rest)) : new Overview();
        }
        String first = rest.getFirst();
        boolean group = verbs.isGroup(first) && verbs.find(first) == null;
        if (group) {
            rest = wordsTogether(rest);
        }
        List<String> typed = rest.subList(0, group ? Math.min(2, rest.size()) : 1);
        if (group && (typed.size() == 1 || HELP.contains(typed.getLast()))) {
            return new Group(first);
        }
        List<String> words = ResticVerbs.modern(typed);
        String verb = String.join(" ", words);
        if (verbs.find(verb) == null) {
            throw new CommandLineException("unknown command \"%s\" for \"restic\"".formatted(verb));
        }
        var ordered = new ArrayList<String>();
        before.forEach(word -> ordered.addAll(expanded(word)));
        boolean flags = true;
        for (String word : rest.subList(typed.size(), rest.size())) {
            flags &= !word.equals("--");
            ordered.addAll(flags ? expanded(word) : List.of(word));
        }
        return new Run(verb, ordered);
    }

    /// Flags may stand between the two words of a verb, as in `key --new-password-file f add`: they go behind.
    private static List<String> wordsTogether(List<String> rest) {
        List<String> behind = rest.subList(1, rest.size());
        int second = firstWord(behind);
        if (second == 0 || second == behind.size()) {
            return rest;
        }
        var together = new ArrayList<String>();
        together.add(rest.getFirst());
        together.add(behind.get(second));
        together.addAll(behind.subList(0, second));
        together.addAll(behind.subList(second + 1, behind.size()));
        return together;
    }

    private static List<String> helped(List<String> rest) {
        var words = new ArrayList<>(rest.subList(1, rest.size()));
        words.add("--help");
        return words;
    }

    private static int firstWord(List<String> arguments) {
        int i = 0;
        while (i < arguments.size() && arguments.get(i).startsWith("-")) {
            i += VALUED.contains(arguments.get(i)) ? 2 : 1;
        }
        return Math.min(i, arguments.size());
    }

    /// Go's counter flags: `--verbose=2` is the flag given twice.
    private static List<String> expanded(String word) {
        if (!word.startsWith("--verbose=") && !word.startsWith("-v=")) {
            return List.of(word);
        }
        String count = word.substring(word.indexOf('=') + 1);
        if (!count.matches("[0-9]")) {
            throw new CommandLineException(
                    "invalid argument \"%s\" for \"-v, --verbose\" flag: not a number from 0 to 9".formatted(count));
        }
        String[] flags = new String[Integer.parseInt(count)];
        Arrays.fill(flags, "-v");
        return List.of(flags);
    }
}
