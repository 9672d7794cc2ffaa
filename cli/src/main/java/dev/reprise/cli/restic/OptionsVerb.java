package dev.reprise.cli.restic;

import dev.reprise.cli.CommandContext;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "options", description = "List extended options, which -o may set.")
final class OptionsVerb implements Callable<Integer> {
    @Mixin
    private final ResticOptions global;

    OptionsVerb(CommandContext context) {
        this.global = new ResticOptions(context);
    }

    @Override
    public Integer call() {
        global.output().result("All Extended Options:");
        global.output().result("  local.connections  set a limit for the number of concurrent operations (default: 2)");
        return 0;
    }
}
