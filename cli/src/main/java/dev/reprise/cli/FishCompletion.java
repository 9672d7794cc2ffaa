package dev.reprise.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/// A completion script for the fish shell.
public final class FishCompletion {
    private static final String START = """
            # Completion of PROGRAM for fish.
            function __PROGRAM_at
                set -l words (commandline -opc)
                set -l path
                for word in $words[2..-1]
                    string match -q -- '-*' $word; or set -a path $word
                end
                test "$path" = "$argv"
            end
            complete -c PROGRAM -f
            """;

    private final String program;
    private final StringBuilder script;

    private FishCompletion(String program) {
        this.program = program;
        this.script = new StringBuilder(START.replace("PROGRAM", program));
    }

    /// @param root named like the program that is completed
    public static String script(CommandSpec root) {
        var completion = new FishCompletion(root.name());
        completion.command(root, "");
        return completion.script.toString();
    }

    private void command(CommandSpec spec, String path) {
        String condition =
                "complete -c " + program + " -n '__" + program + "_at" + (path.isEmpty() ? "" : " " + path) + "'";
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
        UsageMessageSpec usage = line.getCommandSpec().usageMessage();
        return String.join(" ", usage.header().length > 0 ? usage.header() : usage.description());
    }

    private void line(String start, String description) {
        String quoted = description.replace("\\", "\\\\").replace("'", "\\'");
        script.append(start).append(" -d '").append(quoted).append("'\n");
    }
}
