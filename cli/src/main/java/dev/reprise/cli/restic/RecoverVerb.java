package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.cli.CommandContext;
import dev.reprise.operations.repair.IndexRepair;
import dev.reprise.operations.repair.RepairListener;
import dev.reprise.operations.repair.TreeRecovery;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "recover", description = "Make a snapshot of the directories that no snapshot holds any more.")
final class RecoverVerb implements Callable<Integer> {
    @Mixin
    private final ResticOptions global;

    RecoverVerb(CommandContext context) {
        this.global = new ResticOptions(context);
    }

    @Override
    public Integer call() {
        try (ResticRepository opened = global.openBlobs(RepositoryLock.Kind.EXCLUSIVE, false)) {
            opened.repository().readPastCopies();
            Repository repository = opened.repository();
            ResticOutput output = global.output();
            // Named by an unreadable snapshot, trees are found as if nothing named them: better twice than not at all.
            List<StoredSnapshot> snapshots = opened.snapshots(output);
            RepairListener listener = RepairReport.on(output);
            output.info("ensuring index is complete");
            var index = new IndexRepair(repository, opened.held(), listener);
            index.execute(index.plan(false));
            save(opened, snapshots, listener);
        }
        return 0;
    }

    private void save(ResticRepository opened, List<StoredSnapshot> snapshots, RepairListener listener) {
        ResticOutput output = global.output();
        output.info("load index files");
        BlobIndex index = opened.index();
        var recovery = new TreeRecovery(opened.repository(), opened.held(), listener);
        List<ObjectId> roots =
                recovery.unreferenced(index, snapshots, Runtime.getRuntime().availableProcessors());
        roots.forEach(root -> output.detail("found root tree " + root.shortHex()));
        output.result("\nfound %d unreferenced roots".formatted(roots.size()));
        if (roots.isEmpty()) {
            output.info("no snapshot to write.");
            return;
        }
        GoTime now =
                GoTime.at(global.context().clock().instant(), global.context().zone());
        ObjectId saved = recovery.save(roots, index, global.writerOptions(), now);
        output.result("saved new snapshot " + saved.shortHex());
    }
}
