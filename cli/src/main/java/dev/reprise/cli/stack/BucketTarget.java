package dev.reprise.cli.stack;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.Confirmation;
import dev.reprise.cli.Output;
import dev.reprise.cli.Progress;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.bucket.BucketRestore;
import dev.reprise.operations.bucket.BucketRestore.Done;
import dev.reprise.operations.bucket.BucketRestore.Verified;
import dev.reprise.operations.bucket.BucketRestoreListener;
import dev.reprise.operations.bucket.BucketRestorePlan;
import dev.reprise.operations.bucket.BucketRestorePlan.Action;
import dev.reprise.operations.bucket.BucketRestorePlan.Sum;
import dev.reprise.operations.bucket.ObjectSelection;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.point.RecoveryPoint.Outcome;
import dev.reprise.operations.restore.SnapshotStreams;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.storage.bucket.Bucket;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Brings a captured bucket back into a bucket.
final class BucketTarget {
    private static final String PREFIX = "prefix";
    private static final String OBJECT = "object";

    private final Stack stack;
    private final Repository repository;
    private final BlobIndex index;
    private final RecoveryPoint point;
    private final CommandContext context;
    private final Output output;
    private final Confirmation confirmation;

    /// @param replace whether objects that differ may be replaced
    /// @param delete  whether objects that the point does not have are removed
    /// @param verify  whether every object is read back
    /// @param options `prefix` or `object`, and those of the kind of place
    record Choice(
            String url, boolean replace, boolean delete, boolean verify, boolean dryRun, Map<String, String> options) {
        ObjectSelection selection() {
            String prefix = options.get(PREFIX);
            String object = options.get(OBJECT);
            if (prefix != null && object != null) {
                throw new OperationException(
                        ExitStatus.BAD_CONFIGURATION,
                        "the options prefix and object cannot be combined",
                        "use one of them",
                        null);
            }
            return object != null
                    ? new ObjectSelection(object, true)
                    : new ObjectSelection(prefix == null ? "" : prefix, false);
        }

        /// All others belong to the place.
        Map<String, String> placeOptions() {
            var others = new HashMap<>(options);
            others.remove(PREFIX);
            others.remove(OBJECT);
            return others;
        }
    }

    BucketTarget(
            Stack stack,
            Repository repository,
            BlobIndex index,
            RecoveryPoint point,
            CommandContext context,
            Output output,
            Confirmation confirmation) {
        this.stack = stack;
        this.repository = repository;
        this.index = index;
        this.point = point;
        this.context = context;
        this.output = output;
        this.confirmation = confirmation;
    }

    ExitStatus restore(CapturedSource source, Choice choice) throws IOException {
        try (Bucket bucket = stack.target(source.name(), choice.url(), choice.placeOptions());
                Progress progress = output.progress("restoring")) {
            refuseRepository(bucket.location());
            ObjectId folder;
            try (var reader = new TreeReader(repository, index)) {
                folder = BucketRestore.folder(reader, SnapshotStreams.treeOf(source), source.name());
            }
            var restore = new BucketRestore(
                    repository,
                    index,
                    folder,
                    choice.selection(),
                    bucket,
                    stack.temporaryFolder(),
                    new Report(output, progress));
            try (BucketRestorePlan plan = restore.plan(choice.delete())) {
                show(source, bucket, plan, choice);
                return choice.dryRun() ? dryRun(plan, choice) : carryOut(source, bucket, restore, plan, choice);
            }
        }
    }

    /// A restore over the repository would destroy what it restores from.
    private void refuseRepository(String target) {
        String ours = repository.storage().location() + "/";
        String theirs = target + "/";
        if (ours.startsWith(theirs) || theirs.startsWith(ours)) {
            throw new OperationException(
                    ExitStatus.TARGET_REFUSED,
                    "the target %s and the repository %s lie in each other; nothing was changed"
                            .formatted(target, repository.storage().location()),
                    "restore into another bucket, or below another prefix",
                    null);
        }
    }

    private void show(CapturedSource source, Bucket bucket, BucketRestorePlan plan, Choice choice) {
        String word = choice.dryRun() ? "would: " : "will: ";
        steps(plan).forEach(step -> output.result(word + step));
        output.message(
                "plan",
                fields -> fields.put("source", source.name())
                        .put("target", bucket.location())
                        .put("destructive", plan.destructive())
                        .put("create", plan.sum(Action.CREATE).objects())
                        .put("create_bytes", plan.sum(Action.CREATE).bytes())
                        .put("keep", plan.sum(Action.KEEP).objects())
                        .put("replace", plan.sum(Action.REPLACE).objects())
                        .put("replace_bytes", plan.sum(Action.REPLACE).bytes())
                        .put("delete", plan.sum(Action.DELETE).objects())
                        .putAll("steps", steps(plan)));
    }

    private static List<String> steps(BucketRestorePlan plan) {
        List<String> steps = new ArrayList<>();
        add(steps, "leave %d objects (%s) that are there already", plan.sum(Action.KEEP), false);
        add(steps, "write %d objects (%s)", plan.sum(Action.CREATE), false);
        add(steps, "replace %d objects that differ (%s)", plan.sum(Action.REPLACE), true);
        add(steps, "remove %d objects (%s) that the point does not have", plan.sum(Action.DELETE), true);
        if (steps.isEmpty()) {
            steps.add("do nothing: there are no such objects");
        }
        return steps;
    }

    private static void add(List<String> steps, String text, Sum sum, boolean named) {
        if (sum.objects() > 0) {
            String some = String.join(", ", sum.examples());
            String names = named ? ": " + some + (sum.objects() > sum.examples().size() ? ", …" : "") : "";
            steps.add(text.formatted(sum.objects(), Show.size(sum.bytes())) + names);
        }
    }

    private static ExitStatus dryRun(BucketRestorePlan plan, Choice choice) {
        requireSomething(plan, choice);
        return ExitStatus.OK;
    }

    private static void requireSomething(BucketRestorePlan plan, Choice choice) {
        boolean nothing = plan.sum(Action.CREATE).objects()
                        + plan.sum(Action.KEEP).objects()
                        + plan.sum(Action.REPLACE).objects()
                == 0;
        if (nothing && !choice.selection().equals(ObjectSelection.ALL)) {
            throw new OperationException(
                    ExitStatus.FAILED,
                    "the point has no object \"%s\": nothing was restored"
                            .formatted(choice.selection().text()
                                    + (choice.selection().whole() ? "" : "…")),
                    "keys begin below the saved bucket or prefix, without a slash; list them with \"reprise restic"
                            + " ls\"",
                    null);
        }
    }

    private ExitStatus carryOut(
            CapturedSource source, Bucket bucket, BucketRestore restore, BucketRestorePlan plan, Choice choice)
            throws IOException {
        requireSomething(plan, choice);
        Sum replaced = plan.sum(Action.REPLACE);
        if (replaced.objects() > 0 && !choice.replace()) {
            throw new OperationException(
                    ExitStatus.TARGET_REFUSED,
                    "%d objects in %s are others than in the point, such as %s; nothing was changed"
                            .formatted(
                                    replaced.objects(),
                                    bucket.location(),
                                    replaced.examples().getFirst()),
                    "choose an empty bucket or prefix, or add --replace",
                    null);
        }
        if (plan.destructive()) {
            confirmation.require(
                    output,
                    "this replaces %d and removes %d objects in %s"
                            .formatted(
                                    replaced.objects(), plan.sum(Action.DELETE).objects(), bucket.location()),
                    source.name());
        }
        Instant begun = context.clock().instant();
        Done done = restore.carryOut(plan);
        Verified verified = restore.verify(choice.verify(), choice.delete() && done.failed() == 0);
        return conclude(
                source,
                bucket,
                choice,
                done,
                verified,
                Duration.between(begun, context.clock().instant()));
    }

    private ExitStatus conclude(
            CapturedSource source, Bucket bucket, Choice choice, Done done, Verified verified, Duration took) {
        output.message(
                "restored",
                fields -> fields.put("source", source.name())
                        .put("point", point.run().hex())
                        .put("target", bucket.location())
                        .put("items", done.written())
                        .put("bytes", done.bytes())
                        .put("deleted", done.deleted())
                        .put("failed", done.failed())
                        .put("compared", verified.objects())
                        .put("verified", choice.verify())
                        .put("different", verified.different())
                        .put("seconds", took.toMillis() / 1000.0));
        output.result("%s restored to %s: %d objects, %s, %d removed, %d failed, %s"
                .formatted(
                        source.name(),
                        bucket.location(),
                        done.written(),
                        Show.size(done.bytes()),
                        done.deleted(),
                        done.failed(),
                        Show.duration(took)));
        if (source.outcome() == Outcome.INCOMPLETE) {
            Show.warnIncomplete(output, source, point);
        }
        if (done.failed() > 0) {
            return ExitStatus.FAILED;
        }
        if (verified.different() > 0) {
            output.result("%d of %d objects differ from the point".formatted(verified.different(), verified.objects()));
            return ExitStatus.DIFFERS;
        }
        output.result("all %d objects of the point are there, %s"
                .formatted(
                        verified.objects(),
                        choice.verify()
                                ? "equal in bytes, metadata and tags"
                                : "by the target's own listing; --verify reads them"));
        return ExitStatus.OK;
    }

    private record Report(Output output, Progress progress) implements BucketRestoreListener {
        @Override
        public void progress(long objects, long bytes) {
            progress.update(new Progress.State(objects, 0, bytes, 0, ""));
        }

        @Override
        public void failed(String key, String reason) {
            output.warning(key.isEmpty() ? reason : key + ": " + reason, "");
        }

        @Override
        public void differs(String key, String difference) {
            output.warning(key + ": " + difference, "");
        }
    }
}
