package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.cli.CommandContext;
import dev.reprise.operations.copy.CopyListener;
import dev.reprise.operations.copy.CopyPlan;
import dev.reprise.operations.copy.SnapshotCopy;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.snapshot.SnapshotFilter;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "copy", description = "Copy snapshots from another repository into this one.")
final class CopyVerb implements Callable<Integer> {
    @Mixin
    private final ResticOptions global;

    @Mixin
    private final FromRepository from;

    @Mixin
    private final SnapshotChoice choice;

    @Parameters(arity = "0..*", paramLabel = "snapshot", description = "Only these; default: all the flags choose.")
    private List<String> ids = new ArrayList<>();

    CopyVerb(CommandContext context) {
        this.global = new ResticOptions(context);
        this.from = new FromRepository(context);
        this.choice = new SnapshotChoice(context);
    }

    @Override
    public Integer call() {
        boolean reversed = from.isDestination();
        try (ResticRepository source = reversed ? global.announceToRead() : openOther(true);
                ResticRepository destination =
                        reversed ? openOther(false) : global.openBlobs(RepositoryLock.Kind.SHARED, false)) {
            source.awaitLock(); // it became visible while the other repository was opened
            SnapshotFilter filter = choice.filter();
            ChosenSnapshots chosen = ChosenSnapshots.of(source.repository(), filter, ids, global.output());
            ChosenSnapshots present = ChosenSnapshots.of(destination.repository(), filter, List.of(), global.output());
            CopyPlan plan = CopyPlan.of(chosen.chosen(), present.chosen());
            plan.copied().forEach(this::skipped);
            var copy = copy(source, destination);
            copy.copy(plan.missing());
            copy.copyPoints((id, reason) -> global.output()
                    .warning("manifest %s cannot be read and is not copied: %s"
                            .formatted(id.shortHex(), reason.getMessage())));
        }
        return 0;
    }

    private ResticRepository openOther(boolean toRead) {
        Repository repository = from.open(global);
        boolean locked = false;
        try {
            RepositoryLock lock = global.noLock() && toRead ? null : lockOther(repository, toRead);
            locked = true;
            return new ResticRepository(repository, lock);
        } finally {
            if (!locked) {
                repository.close();
            }
        }
    }

    private RepositoryLock lockOther(Repository repository, boolean toRead) {
        return toRead && global.patience().isZero()
                ? repository.announceLock(RepositoryLock.Kind.SHARED)
                : repository.lockToLoadIndex(RepositoryLock.Kind.SHARED, global.patience());
    }

    private SnapshotCopy copy(ResticRepository source, ResticRepository destination) {
        BlobIndex sourceIndex = source.index();
        BlobIndex destinationIndex = destination.index();
        return new SnapshotCopy(
                source.repository(),
                sourceIndex,
                destination.repository(),
                destinationIndex,
                destination.held(),
                global.writerOptions(),
                Runtime.getRuntime().availableProcessors(),
                new Report());
    }

    private String line(StoredSnapshot snapshot) {
        return "\n" + SnapshotWords.line(snapshot, global.context().zone());
    }

    private void skipped(StoredSnapshot snapshot, ObjectId copy) {
        global.output().detail(line(snapshot));
        global.output()
                .detail("skipping source snapshot %s, was already copied to snapshot %s"
                        .formatted(snapshot.id().shortHex(), copy.shortHex()));
    }

    private final class Report implements CopyListener {
        @Override
        public void started(StoredSnapshot snapshot) {
            global.output().info(line(snapshot));
            global.output().info("  copy started, this may take a while...");
        }

        @Override
        public void counted(long blobs, long bytes, long packs) {
            global.output()
                    .detail("  copy %d blobs with disk size %d bytes in %d packfiles".formatted(blobs, bytes, packs));
        }

        @Override
        public void saved(StoredSnapshot snapshot, ObjectId copy) {
            global.output()
                    .info("snapshot %s saved, copied from source snapshot %s"
                            .formatted(copy.shortHex(), snapshot.id().shortHex()));
        }

        @Override
        public void pointCopied(String run) {
            global.output().info("recovery point %s copied: all its snapshots are here".formatted(run));
        }
    }
}
