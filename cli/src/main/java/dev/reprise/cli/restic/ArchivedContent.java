package dev.reprise.cli.restic;

import dev.reprise.base.ExitStatus;
import dev.reprise.cli.stack.Show;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.cold.ThawPlan;
import dev.reprise.operations.cold.ThawPlanning;
import dev.reprise.operations.cold.Thawing;
import dev.reprise.operations.restore.FilesRestore;
import dev.reprise.operations.restore.FilesRestoreRequest;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.storage.Storage;
import dev.reprise.storage.Waiting;
import dev.reprise.storage.classes.StorageClasses;
import dev.reprise.storage.classes.StorageClasses.Thaw;
import java.time.Duration;

/// Packs that a restore reads and that lie in an archive: all are asked for before the first is
/// read, as restic does where its options allow it; otherwise nothing is restored.
record ArchivedContent(ResticOptions global, Repository repository, BlobIndex index) {
    /// The slowest archive takes two days.
    private static final Duration PATIENCE = Duration.ofDays(5);

    /// Returns when every pack can be read.
    ///
    /// @throws OperationException if that was not asked for
    void bringBack(FilesRestoreRequest request) {
        Storage storage = repository.storage();
        StorageClasses classes = storage.capability(StorageClasses.class);
        if (classes == null) {
            return;
        }
        ThawPlan plan = new ThawPlanning(storage)
                .plan(
                        () -> FilesRestore.packs(repository, index, request, false),
                        () -> FilesRestore.packs(repository, index, request, true),
                        index.size());
        if (plan.isEmpty()) {
            return;
        }
        Thaw how = classes.wantedThaw();
        String what =
                "%d packs (%s) lie in an archive class".formatted(plan.frozen().size(), Show.size(plan.bytes()));
        if (request.dryRun()) {
            global.output().info(what + " and would have to be brought back first");
        } else if (how == null) {
            throw new OperationException(
                    ExitStatus.ARCHIVED,
                    what + "; nothing was restored",
                    "add -o s3.enable-restore=true to have them brought back first, which takes hours and costs money;"
                            + " -o s3.restore-tier chooses how fast",
                    null);
        } else {
            global.output().info(what + ", having them brought back");
            var thawing = new Thawing(storage, Waiting.REAL, (_, _) -> {});
            thawing.ask(plan, how);
            thawing.await(plan, how, PATIENCE);
        }
    }
}
