package dev.reprise.cli.restic;

import dev.reprise.cli.CommandContext;
import dev.reprise.operations.repair.IndexRepair;
import dev.reprise.operations.repair.IndexRepairPlan;
import dev.reprise.repository.lock.RepositoryLock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "index", description = "Make the index say what the packs are.")
final class RepairIndexVerb implements Callable<Integer> {
    @Mixin
    private final ResticOptions global;

    @Option(names = "--read-all-packs", description = "Read the header of every pack.")
    private boolean readAllPacks;

    RepairIndexVerb(CommandContext context) {
        this.global = new ResticOptions(context);
    }

    @Override
    public Integer call() {
        try (ResticRepository opened = global.open(RepositoryLock.Kind.EXCLUSIVE, false)) {
            global.output().info("loading indexes...");
            var repair = new IndexRepair(opened.repository(), opened.held(), RepairReport.on(global.output()));
            IndexRepairPlan plan = repair.plan(readAllPacks);
            global.output().info("rebuilding index");
            repair.execute(plan);
            global.output().info("done");
        }
        return 0;
    }
}
