package dev.reprise.cli;

import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/// One manual page in troff's man macros.
public final class ManPage {
    private final CommandSpec command;
    private final StringBuilder page = new StringBuilder();

    public ManPage(CommandSpec command) {
        this.command = command;
    }

    /// `reprise-config-check`.
    public static String name(CommandSpec command) {
        return command.qualifiedName("-");
    }

    /// The page.
    public String text() {
        UsageMessageSpec usage = command.usageMessage();
        page.append(".TH \"").append(name(command).toUpperCase(Locale.ROOT)).append("\" 1\n");
        heading("NAME");
        line(name(command) + " - " + lowerFirst(title(usage)));
        heading("SYNOPSIS");
        line(command.commandLine().getHelp().synopsis(0).strip().replaceAll("\\s+", " "));
        heading("DESCRIPTION");
        line(String.join(" ", usage.description()));
        options();
        commands();
        exitStatus(usage.exitCodeList());
        examples(usage.footer());
        return page.toString();
    }

    private static String title(UsageMessageSpec usage) {
        return String.join(" ", usage.header().length > 0 ? usage.header() : usage.description());
    }

    private void options() {
        heading("OPTIONS");
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            entry(parameter.paramLabel(), String.join(" ", parameter.description()));
        }
        for (OptionSpec option : command.options()) {
            if (!option.hidden()) {
                String value = option.arity().max() > 0 ? " " + option.paramLabel() : "";
                entry(String.join(", ", option.names()) + value, String.join(" ", option.description()));
            }
        }
    }

    private void commands() {
        if (command.subcommands().isEmpty()) {
            return;
        }
        heading("COMMANDS");
        command.subcommands().forEach((_, below) -> {
            CommandSpec spec = below.getCommandSpec();
            if (!spec.usageMessage().hidden()) {
                entry(name(spec) + "(1)", title(spec.usageMessage()));
            }
        });
    }

    private void exitStatus(Map<String, String> codes) {
        if (!codes.isEmpty()) {
            heading("EXIT STATUS");
            codes.forEach((code, meaning) -> entry(code.strip(), meaning));
        }
    }

    private void examples(String[] lines) {
        if (lines.length > 0) {
            heading("EXAMPLES");
            page.append(".nf\n");
            for (String line : lines) {
                line(line);
            }
            page.append(".fi\n");
        }
    }

    private void heading(String title) {
        page.append(".SH ").append(title).append('\n');
    }

    private void entry(String term, String text) {
        page.append(".TP\n\\fB").append(escaped(term)).append("\\fR\n");
        line(text);
    }

    private void line(String text) {
        String escaped = escaped(CommandLine.Help.Ansi.OFF.string(text));
        boolean control = escaped.startsWith(".") || escaped.startsWith("'");
        page.append(control ? "\\&" : "").append(escaped).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-");
    }

    private static String lowerFirst(String sentence) {
        String text = sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
        return text.isEmpty() ? text : text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
    }
}
