package dev.reprise.cli;

import dev.reprise.base.ExitStatus;
import dev.reprise.config.RepriseConfig;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "show",
        header = "Print the values in effect, defaults included.",
        description = {
            "Prints YAML, or one JSON object with --json. Passwords are shown as (secret), also those in URLs, so",
            "the output is for reading and not for use as a configuration."
        },
        exitCodeList = {" 0:printed", "20:the configuration is wrong, or there is none"},
        footer = {"  reprise config show", "  reprise config show --json"})
final class ConfigShowCommand implements Callable<Integer> {
    @Mixin
    private final GlobalOptions global;

    ConfigShowCommand(CommandContext context) {
        this.global = new GlobalOptions(context);
    }

    @Override
    public Integer call() {
        RepriseConfig config = Configurations.load(global);
        Output output = global.output();
        output.result("# " + config.origin() + "\n" + config.effectiveYaml().stripTrailing());
        output.message("config", fields -> fields.put("origin", config.origin()).putTree("config", config.effective()));
        return ExitStatus.OK.code();
    }
}
