package dev.reprise.cli.restic;

import dev.reprise.cli.CommandContext;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/// Every verb as one tree of commands, for what describes them all: completions and manual pages.
final class VerbTree {
    @Command(
            name = "restic",
            description = "The repository toolbox: restic's verbs, flags, variables, messages and exit statuses.")
    private static final class Root {}

    @Command
    private static final class Group {}

    private static final Map<String, String> GROUPS =
            Map.of("key", "Manage keys (passwords).", "repair", "Repair the repository.");

    private VerbTree() {}

    static CommandLine of(ResticVerbs verbs, CommandContext context) {
        var root = new CommandLine(new Root());
        for (String words : verbs.names()) {
            String[] names = words.split(" ", -1);
            var verb = new CommandLine(Objects.requireNonNull(verbs.find(words)).apply(context));
            CommandLine parent = names.length == 1 ? root : group(root, names[0]);
            CommandSpec spec = ResticCli.laidOut(verb, words).getCommandSpec();
            spec.name(names[names.length - 1]);
            parent.addSubcommand(names[names.length - 1], verb);
        }
        return root;
    }

    private static CommandLine group(CommandLine root, String name) {
        CommandLine known = root.getSubcommands().get(name);
        if (known != null) {
            return known;
        }
        var made = new CommandLine(new Group());
        made.getCommandSpec()
                .name(name)
                .usageMessage()
                .description(GROUPS.getOrDefault(name, "Verbs about " + name + "."));
        root.addSubcommand(name, made);
        return made;
    }
}
