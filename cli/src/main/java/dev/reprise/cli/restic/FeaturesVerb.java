package dev.reprise.cli.restic;

import dev.reprise.cli.CommandContext;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "features", description = "List feature flags, which $RESTIC_FEATURES may name.")
final class FeaturesVerb implements Callable<Integer> {
    @Mixin
    private final ResticOptions global;

    FeaturesVerb(CommandContext context) {
        this.global = new ResticOptions(context);
    }

    @Override
    public Integer call() {
        var table = new TextTable(List.of("Name", "Type", "Default", "Description"));
        FeatureFlags.ALL.forEach(flag ->
                table.add(List.of(flag.name(), flag.type(), String.valueOf(flag.enabled()), flag.description())));
        global.output().result("All Feature Flags:");
        table.lines(false).forEach(global.output()::result);
        return 0;
    }
}
