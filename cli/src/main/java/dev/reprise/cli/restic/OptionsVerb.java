package dev.reprise.cli.restic;

import dev.reprise.cli.CommandContext;
import dev.reprise.storage.url.PlaceKind.PlaceOption;
import java.util.List;
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
        List<PlaceOption> options = global.context().places().options();
        int width = options.stream()
                .mapToInt(option -> option.name().length())
                .max()
                .orElse(0);
        for (PlaceOption option : options) {
            String padded = option.name() + " ".repeat(width - option.name().length());
            global.output().result("  " + padded + "  " + option.description());
        }
        return 0;
    }
}
