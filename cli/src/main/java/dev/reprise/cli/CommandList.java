package dev.reprise.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Which commands there are, in the order of the help. Immutable.
///
/// Holds only how to build them: a command's class is loaded when the command is invoked.
public final class CommandList {
    /// How to build one command from its surroundings.
    @FunctionalInterface
    public interface Factory extends Function<CommandContext, Callable<Integer>> {}

    /// One command and, for a group such as `config`, the commands below it.
    ///
    /// @param seesAll whether all commands are built with it, because it speaks about them
    record Entry(String name, Factory factory, List<Entry> children, boolean seesAll) {}

    private static final CommandList EMPTY = new CommandList(new LinkedHashMap<>());

    private final Map<String, Entry> entries;

    private CommandList(Map<String, Entry> entries) {
        this.entries = entries;
    }

    /// The commands of this module.
    public static CommandList standard() {
        return EMPTY.with("init", InitCommand::new)
                .withGroup(
                        "config",
                        ConfigCommand::new,
                        EMPTY.with("check", ConfigCheckCommand::new)
                                .with("show", ConfigShowCommand::new)
                                .with("schema", ConfigSchemaCommand::new))
                .withSeesAll("completion", CompletionCommand::new)
                .with("help", HelpCommand::new)
                .with("version", VersionCommand::new)
                .withSeesAll("man", ManCommand::new);
    }

    /// This list with one more command at the end.
    ///
    /// @param name what the user types; must be the name in the class's `@Command` annotation
    public CommandList with(String name, Factory factory) {
        return with(new Entry(name, factory, List.of(), false));
    }

    /// This list with one more group: a command with commands below it.
    ///
    /// @param children the group's commands
    public CommandList withGroup(String name, Factory factory, CommandList children) {
        return with(new Entry(name, factory, children.entries(), false));
    }

    /// This list with one more command, for which all others are built too.
    private CommandList withSeesAll(String name, Factory factory) {
        return with(new Entry(name, factory, List.of(), true));
    }

    /// A list to start a group from.
    public static CommandList empty() {
        return EMPTY;
    }

    private CommandList with(Entry entry) {
        var more = new LinkedHashMap<>(entries);
        if (more.put(entry.name(), entry) != null) {
            throw new IllegalStateException("two commands are called " + entry.name());
        }
        return new CommandList(more);
    }

    /// What users type, in the order of the help.
    public List<String> names() {
        return List.copyOf(entries.keySet());
    }

    List<Entry> entries() {
        return List.copyOf(entries.values());
    }

    @Nullable
    Entry find(String name) {
        return entries.get(name);
    }
}
