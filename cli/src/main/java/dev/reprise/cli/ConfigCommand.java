package dev.reprise.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
        name = "config",
        header = "Check, show and describe the configuration.",
        description = {"None of these commands connects to anything or changes anything."},
        synopsisSubcommandLabel = "COMMAND",
        footer = {"  reprise config check", "  reprise config show --json"})
final class ConfigCommand implements Callable<Integer> {
    ConfigCommand(CommandContext context) {
        assert context != null;
    }

    @Override
    public Integer call() {
        throw new UsageException("config needs a command: check, show or schema", "run \"reprise config --help\"");
    }
}
