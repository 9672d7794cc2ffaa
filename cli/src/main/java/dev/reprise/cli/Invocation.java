package dev.reprise.cli;

import dev.reprise.config.Spelling;
import java.util.ArrayList;
import java.util.List;

/// What the arguments ask for, found without building any command.
sealed interface Invocation {
    /// Print the help of the command at `path`; empty for the program itself.
    record Help(List<String> path) implements Invocation {}

    /// @param arguments command names first, then the options that stood before them, then the rest
    record Run(CommandList.Entry entry, List<String> arguments) implements Invocation {}

    /// @throws UsageException if there is no such command
    static Invocation of(CommandList commands, List<String> arguments) {
        int first = firstCommand(arguments);
        List<String> before = arguments.subList(0, first);
        if (before.contains("--version") || before.contains("-V")) {
            return of(commands, List.of("version"));
        }
        if (first == arguments.size()) {
            return new Help(List.of());
        }
        String name = arguments.get(first);
        if (name.equals("help")) {
            return new Help(arguments.subList(first + 1, arguments.size()).stream()
                    .filter(word -> !word.startsWith("-"))
                    .toList());
        }
        if (before.contains("--help") || before.contains("-h")) {
            return new Help(List.of(name));
        }
        CommandList.Entry entry = commands.find(name);
        if (entry == null) {
            throw unknown(
                    name,
                    commands.entries().stream().map(CommandList.Entry::name).toList());
        }
        return new Run(entry, reordered(entry, before, arguments.subList(first, arguments.size())));
    }

    static UsageException unknown(String name, List<String> known) {
        String nearest = Spelling.nearest(name, known);
        String hint = nearest == null ? "" : "did you mean \"" + nearest + "\"? ";
        return new UsageException("there is no command \"" + name + "\"", hint + "run \"reprise help\" for the list");
    }

    /// Index of the first word that is neither an option nor the value of `--config`.
    private static int firstCommand(List<String> arguments) {
        int i = 0;
        while (i < arguments.size() && arguments.get(i).startsWith("-")) {
            boolean valueFollows =
                    arguments.get(i).equals("-c") || arguments.get(i).equals("--config");
            i += valueFollows ? 2 : 1;
        }
        return Math.min(i, arguments.size());
    }

    /// Moves options from before the command to behind it (and behind its subcommand), where they are declared.
    private static List<String> reordered(CommandList.Entry entry, List<String> before, List<String> rest) {
        int names = 1;
        CommandList.Entry current = entry;
        while (names < rest.size()) {
            String next = rest.get(names);
            CommandList.Entry below = current.children().stream()
                    .filter(child -> child.name().equals(next))
                    .findFirst()
                    .orElse(null);
            if (below == null) {
                break;
            }
            current = below;
            names++;
        }
        var ordered = new ArrayList<String>(rest.subList(0, names));
        ordered.addAll(before);
        ordered.addAll(rest.subList(names, rest.size()));
        return ordered;
    }
}
