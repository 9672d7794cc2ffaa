package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.cli.CommandContext;
import dev.reprise.operations.repair.SnapshotRepair;
import dev.reprise.operations.rewrite.Replacement;
import dev.reprise.operations.rewrite.TreeStore;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.pack.BlobReader;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "snapshots",
        description = "Save damaged snapshots anew without what is lost. Run \"repair index\" first.")
final class RepairSnapshotsVerb implements Callable<Integer> {
    @Mixin
    private final ResticOptions global;

    @Mixin
    private final SnapshotChoice choice;

    @Option(
            names = {"-n", "--dry-run"},
            description = "Only print what would be done.")
    private boolean dryRun;

    @Option(names = "--forget", description = "Remove the damaged snapshots.")
    private boolean forget;

    @Parameters(arity = "0..*", paramLabel = "snapshot", description = "Only these; default: all the flags choose.")
    private List<String> ids = new ArrayList<>();

    RepairSnapshotsVerb(CommandContext context) {
        this.global = new ResticOptions(context);
        this.choice = new SnapshotChoice(context);
    }

    @Override
    public Integer call() {
        try (ResticRepository opened =
                dryRun ? global.openUnlocked() : global.openBlobs(RepositoryLock.Kind.EXCLUSIVE, false)) {
            opened.repository().readPastCopies();
            Repository repository = opened.repository();
            ChosenSnapshots snapshots = ChosenSnapshots.quietly(repository, choice.filter(), ids, global.output());
            BlobIndex index = opened.index();
            List<Replacement> plan = TreeRun.plan(
                    opened,
                    index,
                    dryRun,
                    global.writerOptions(),
                    (reader, store) -> plan(reader, index, store, snapshots));
            var report = new RewriteReport(global.output(), dryRun);
            plan.forEach(replacement -> report.done(replacement, execute(opened, replacement)));
            int removed = unreadable(opened, snapshots);
            report.summary(plan.size() + removed);
            refuseUnreadable(snapshots, removed);
        }
        return 0;
    }

    private List<Replacement> plan(BlobReader reader, BlobIndex index, TreeStore store, ChosenSnapshots snapshots) {
        List<Replacement> plan = new ArrayList<>();
        var repair =
                new SnapshotRepair(reader, index, store, forget, snapshots.all(), RepairReport.on(global.output()));
        for (StoredSnapshot snapshot : snapshots.chosen()) {
            global.output()
                    .info("\n" + SnapshotWords.line(snapshot, global.context().zone()));
            Replacement replacement = repair.plan(snapshot);
            if (replacement != null) {
                plan.add(replacement);
            }
        }
        return plan;
    }

    private @Nullable ObjectId execute(ResticRepository opened, Replacement replacement) {
        return dryRun ? null : replacement.execute(opened.repository(), opened.held());
    }

    /// Snapshot files that cannot be read are removed only if they are named.
    private int unreadable(ResticRepository opened, ChosenSnapshots snapshots) {
        if (!forget || ids.isEmpty()) {
            return 0;
        }
        for (ObjectId id : snapshots.unreadable().keySet()) {
            if (dryRun) {
                global.output().info("would remove unreadable snapshot " + id.hex());
                continue;
            }
            opened.held().ensureHeld();
            opened.repository().storage().delete(ObjectKey.of(ObjectType.SNAPSHOT, id));
            global.output().info("removed unreadable snapshot " + id.hex());
        }
        return snapshots.unreadable().size();
    }

    private static void refuseUnreadable(ChosenSnapshots snapshots, int removed) {
        if (removed == 0 && !snapshots.unreadable().isEmpty()) {
            var first = snapshots.unreadable().entrySet().iterator().next();
            throw new FatalException("snapshot file %1$s is unreadable, use `restic repair snapshots --forget %1$s`"
                            .formatted(first.getKey().hex())
                    + " to remove it. Original error: " + first.getValue().getMessage());
        }
    }
}
