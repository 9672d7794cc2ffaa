package dev.reprise.cli;

import dev.reprise.base.ExitStatus;
import dev.reprise.config.Schemas;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
        name = "schema",
        header = "Print the JSON Schema of reprise.yaml.",
        description = {
            "For editors that complete and check YAML. Reads no configuration. The schema cannot check names that",
            "jobs use; \"reprise config check\" does."
        },
        exitCodeList = {" 0:printed"},
        footer = {"  reprise config schema > reprise.schema.json"})
final class ConfigSchemaCommand implements Callable<Integer> {
    private final CommandContext context;

    ConfigSchemaCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        context.out().print(Schemas.text());
        context.out().flush();
        return ExitStatus.OK.code();
    }
}
