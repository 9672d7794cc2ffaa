package dev.reprise.cli;

import dev.reprise.base.ExitStatus;
import dev.reprise.config.RepriseConfig;
import dev.reprise.config.SecretReference;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "check",
        header = "Tell whether the configuration is right.",
        description = {
            "Reports every error with file, line and column, and what is allowed there.",
            "Does not fetch secrets and connects to nothing: a password may still be wrong, a server away."
        },
        exitCodeList = {" 0:right, perhaps with warnings", "20:wrong, or there is no configuration"},
        footer = {"  reprise config check", "  reprise config check --config /etc/reprise/reprise.yaml"})
final class ConfigCheckCommand implements Callable<Integer> {
    @Mixin
    private final GlobalOptions global;

    ConfigCheckCommand(CommandContext context) {
        this.global = new GlobalOptions(context);
    }

    @Override
    public Integer call() {
        RepriseConfig config = Configurations.loadAndWarn(global);
        requireKnownPlaces(config);
        int repositories = config.repositories().size();
        int sources = config.sources().size();
        int jobs = config.jobs().size();
        Output output = global.output();
        output.result(config.origin() + " is right: " + counted(repositories, "repository", "repositories") + ", "
                + counted(sources, "source", "sources") + ", " + counted(jobs, "job", "jobs"));
        output.message(
                "config_checked",
                fields -> fields.put("origin", config.origin())
                        .put("repositories", repositories)
                        .put("sources", sources)
                        .put("jobs", jobs)
                        .putAll("warnings", config.warnings()));
        return ExitStatus.OK.code();
    }

    /// A location that stands in the file is looked at; one that a variable or program tells is not asked for here.
    private void requireKnownPlaces(RepriseConfig config) {
        var places = new Repositories(config, global.context());
        config.repositories().values().stream()
                .filter(settings -> settings.location() instanceof SecretReference.Value)
                .forEach(places::location);
    }

    private static String counted(int count, String one, String many) {
        return count + " " + (count == 1 ? one : many);
    }
}
