package dev.reprise.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// A completion script for the fish shell.
final class FishCompletion {
    private static final String START = """
            # Completion of reprise for fish.
            function __reprise_at
                set -l words (commandline -opc)
                set -l path
                for word in $words[2..-1]
                    string match -q -- '-*' $word; or set -a path $word
                end
                test "$path" = "$argv"
            end
            complete -c reprise -f
            """;

    private final StringBuilder script = new StringBuilder(START);

    private FishCompletion() {}

    static String script(CommandSpec root) {
        var completion = new FishCompletion();
        completion.command(root, "");
        return completion.script.toString();
    }

    private void command(CommandSpec spec, String path) {
        String condition = "complete -c reprise -n '__reprise_at" + (path.isEmpty() ? "" : " " + path) + "'";
        spec.subcommands().forEach((name, below) -> {
            if (!below.getCommandSpec().usageMessage().hidden()) {
                line(condition + " -a " + name, header(below));
            }
        });
        for (OptionSpec option : spec.options()) {
            option(condition, option);
        }
        spec.subcommands()
                .forEach((name, below) -> command(below.getCommandSpec(), path.isEmpty() ? name : path + " " + name));
    }

    private void option(String condition, OptionSpec option) {
        var line = new StringBuilder(condition);
        for (String name : option.names()) {
            line.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
        }
        if (option.arity().max() > 0) {
            line.append(" -r -F");
        }
        line(line.toString(), String.join(" ", option.description()));
    }

    private static String header(CommandLine line) {
        return String.join(" ", line.getCommandSpec().usageMessage().header());
    }

    private void line(String start, String description) {
        String quoted = description.replace("\\", "\\\\").replace("'", "\\'");
        script.append(start).append(" -d '").append(quoted).append("'\n");
    }
}
