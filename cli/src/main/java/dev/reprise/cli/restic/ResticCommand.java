package dev.reprise.cli.restic;

import dev.reprise.cli.CommandContext;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// Stands for the toolbox in the list of commands; what follows the word is not picocli's to read.
@Command(
        name = "restic",
        header = "The repository toolbox: restic's own verbs, flags, messages and exit statuses.",
        description = {
            "Understands what restic 0.19 understands, including the RESTIC_* variables and --json, so that scripts and"
                    + " wrappers made for restic run unchanged. A link named restic to this program does the same.",
            ""
        },
        footer = {"  reprise restic -r /srv/backup snapshots", "  reprise restic help"})
public final class ResticCommand implements Callable<Integer> {
    private final CommandContext context;

    public ResticCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        return new ResticCli(ResticVerbs.standard(), context).run(List.of());
    }
}
