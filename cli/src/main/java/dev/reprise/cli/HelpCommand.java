package dev.reprise.cli;

import dev.reprise.base.ExitStatus;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Stands in the list of commands; [Invocation] answers it before any command is built.
@Command(
        name = "help",
        header = "Explain a command, or list them all.",
        description = {"The same as \"reprise COMMAND --help\"."},
        exitCodeList = {" 0:printed", "20:there is no such command"},
        footer = {"  reprise help", "  reprise help config check"})
final class HelpCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "The command, and the one below it if any.")
    private List<String> path = List.of();

    HelpCommand(CommandContext context) {
        assert context != null;
    }

    @Override
    public Integer call() {
        assert path.isEmpty() : path;
        return ExitStatus.OK.code();
    }
}
