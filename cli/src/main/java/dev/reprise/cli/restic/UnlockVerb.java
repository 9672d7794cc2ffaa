package dev.reprise.cli.restic;

import dev.reprise.cli.CommandContext;
import dev.reprise.repository.Repository;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "unlock", description = "Remove locks that nobody holds any more.")
final class UnlockVerb implements Callable<Integer> {
    @Mixin
    private final ResticOptions global;

    @Option(names = "--remove-all", description = "Remove every lock, also of programs at work.")
    private boolean all;

    UnlockVerb(CommandContext context) {
        this.global = new ResticOptions(context);
    }

    @Override
    public Integer call() {
        try (Repository repository = global.open()) {
            int removed = repository.locks().removeStale(all);
            if (removed > 0) {
                global.output().info("successfully removed %d locks".formatted(removed));
            }
        }
        return 0;
    }
}
