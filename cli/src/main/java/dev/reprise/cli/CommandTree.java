package dev.reprise.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Builds picocli's view of commands, with the layout of their help.
final class CommandTree {
    private CommandTree() {}

    /// The program with these commands only.
    static CommandLine build(List<CommandList.Entry> entries, CommandContext context) {
        CommandLine root = laidOut(new CommandLine(new RootCommand()));
        root.getCommandSpec()
                .addOption(OptionSpec.builder("-V", "--version")
                        .description("Print the version and exit.")
                        .build());
        entries.forEach(entry -> root.addSubcommand(entry.name(), command(entry, context)));
        return root;
    }

    private static CommandLine command(CommandList.Entry entry, CommandContext context) {
        CommandLine line = laidOut(new CommandLine(entry.factory().apply(context)));
        entry.children().forEach(child -> line.addSubcommand(child.name(), command(child, context)));
        return line;
    }

    private static CommandLine laidOut(CommandLine line) {
        CommandSpec spec = line.getCommandSpec();
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .order(2000)
                .description("Show this help and exit.")
                .build());
        spec.usageMessage()
                .sortOptions(false)
                .description(paragraphs(spec.usageMessage().description()))
                .descriptionHeading("%n")
                .synopsisHeading("%nUsage: ")
                .optionListHeading("%nOptions:%n")
                .commandListHeading("%nCommands:%n")
                .exitCodeListHeading(spec.usageMessage().exitCodeList().isEmpty() ? "" : "%nExit status:%n")
                .footerHeading(spec.usageMessage().footer().length == 0 ? "" : "%nExamples:%n");
        return line.setCaseInsensitiveEnumValuesAllowed(true);
    }

    /// Lines up to a full stop become one paragraph, to be wrapped at the reader's width.
    private static String[] paragraphs(String[] lines) {
        var paragraphs = new ArrayList<String>();
        var paragraph = new StringBuilder();
        for (String line : lines) {
            paragraph.append(paragraph.isEmpty() || line.isEmpty() ? "" : " ").append(line);
            if (line.endsWith(".")) {
                paragraphs.add(paragraph.toString());
                paragraph.setLength(0);
            }
        }
        if (!paragraph.isEmpty()) {
            paragraphs.add(paragraph.toString());
        }
        return paragraphs.toArray(String[]::new);
    }
}
