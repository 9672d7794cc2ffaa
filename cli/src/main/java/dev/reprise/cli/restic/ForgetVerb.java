package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.cli.CommandContext;
import dev.reprise.operations.prune.PruneOptions;
import dev.reprise.operations.retention.ForgetPlan;
import dev.reprise.operations.retention.Forgetting;
import dev.reprise.operations.retention.Retention;
import dev.reprise.operations.retention.RetentionPolicy;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.snapshot.SnapshotFilter;
import dev.reprise.repository.snapshot.SnapshotGroup.Criterion;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.storage.ObjectType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "forget", description = "Remove snapshots by a policy, or those that are named.")
final class ForgetVerb implements Callable<Integer> {
    private static final int SOME_FAILED = 3;

    @Mixin
    private final ResticOptions global;

    @Mixin
    private final KeepFlags keep = new KeepFlags();

    @Option(names = "--unsafe-allow-remove-all", description = "Allow a filter without any policy.")
    private boolean allowRemoveAll;

    @Option(
            names = {"--host", "--hostname"},
            paramLabel = "host",
            description = "Only snapshots of this host; repeatable (default: $RESTIC_HOST).")
    private @Nullable List<String> hosts;

    @Option(names = "--tag", paramLabel = "tag[,tag…]", description = "Only snapshots with all these tags; repeatable.")
    private List<String> tags = new ArrayList<>();

    @Option(names = "--path", paramLabel = "path", description = "Only snapshots that include this path; repeatable.")
    private List<String> paths = new ArrayList<>();

    @Option(
            names = {"-c", "--compact"},
            description = "Print less of each snapshot.")
    private boolean compact;

    @Option(
            names = {"-g", "--group-by"},
            paramLabel = "group",
            description = "Apply the policy to groups of the same host, paths or tags; '' for one group.")
    private String groupBy = "host,paths";

    @Option(
            names = {"-n", "--dry-run"},
            description = "Change nothing, print what would be done.")
    private boolean dryRun;

    @Option(names = "--prune", description = "Prune if snapshots were removed.")
    private boolean prune;

    @Mixin
    private final PruneFlags pruneFlags;

    @Parameters(paramLabel = "snapshot", description = "Remove exactly these; no policy is applied.")
    private List<String> named = new ArrayList<>();

    ForgetVerb(CommandContext context) {
        this.global = new ResticOptions(context);
        this.pruneFlags = new PruneFlags(global);
    }

    @Override
    public Integer call() {
        RetentionPolicy policy = keep.policy();
        PruneOptions pruning = pruneFlags.options(false);
        Set<Criterion> criteria = GroupBy.parse(groupBy);
        if (global.noLock() && !dryRun) {
            throw new FatalException("--no-lock is only applicable in combination with --dry-run for forget command");
        }
        try (ResticRepository opened = global.openSnapshots(RepositoryLock.Kind.EXCLUSIVE, dryRun)) {
            ForgetPlan plan = plan(opened, policy, criteria);
            new PointWarning(opened.repository(), global.output()).warn(plan.remove());
            Map<ObjectId, String> failed = carryOut(opened, plan);
            if (global.json() && !plan.groups().isEmpty()) {
                global.output().json(ForgetReport.json(plan));
            }
            if (!failed.isEmpty()) {
                global.output().exitError(SOME_FAILED, "failed to remove one or more snapshots");
                return SOME_FAILED;
            }
            if (prune && !plan.remove().isEmpty()) {
                global.output()
                        .info(
                                dryRun
                                        ? "%d snapshots would be removed, running prune dry run"
                                                .formatted(plan.remove().size())
                                        : "%d snapshots have been removed, running prune"
                                                .formatted(plan.remove().size()));
                // restic 0.19 prints no summary here, and scripts take the array for all there is.
                PruneVerb.prune(opened, global, pruning, dryRun, plan.remove(), false);
            }
        }
        return 0;
    }

    private ForgetPlan plan(ResticRepository opened, RetentionPolicy policy, Set<Criterion> criteria) {
        SnapshotFilter filter = SnapshotChoice.filter(global.context(), hosts, tags, paths);
        List<StoredSnapshot> all = opened.snapshots(global.output());
        if (!named.isEmpty()) {
            return ForgetPlan.ofSnapshots(SnapshotArgument.findAll(all, filter, named, global.output()));
        }
        if (policy.isEmpty() && !allowRemoveAll) {
            throw new FatalException("no policy was specified, no snapshots will be removed");
        }
        if (policy.isEmpty() && filter.equals(SnapshotFilter.ALL)) {
            throw new FatalException(
                    "--unsafe-allow-remove-all is not allowed unless a snapshot filter option is specified");
        }
        global.output().info("Applying Policy: " + policy);
        var retention =
                new Retention(policy, global.context().clock(), global.context().zone());
        ForgetPlan plan = ForgetPlan.byPolicy(filter.select(all), criteria, policy, retention);
        new ForgetReport(global, compact).print(plan);
        return plan;
    }

    private Map<ObjectId, String> carryOut(ResticRepository opened, ForgetPlan plan) {
        if (plan.remove().isEmpty()) {
            return Map.of();
        }
        if (dryRun) {
            global.output()
                    .info("Would have removed the following snapshots:\n{%s}\n"
                            .formatted(String.join(
                                    " ",
                                    plan.remove().stream()
                                            .map(ObjectId::shortHex)
                                            .toList())));
            return Map.of();
        }
        Optional<Instant> kept = new KeptAfterwards(opened.repository()).latest(ObjectType.SNAPSHOT, plan.remove());
        Map<ObjectId, String> failed = new Forgetting(opened.repository(), opened.held()).remove(plan);
        failed.forEach((id, reason) ->
                global.output().warning("unable to remove snapshot/" + id.hex() + " from the repository: " + reason));
        if (!failed.isEmpty()) {
            global.output()
                    .warning(
                            "%d snapshots stay, and all they need: remove them with credentials that may delete, or on the server itself"
                                    .formatted(failed.size()));
        } else {
            kept.ifPresent(until -> global.output()
                    .info("the store only hides these snapshots; it keeps them, and can bring them back, until "
                            + until));
        }
        return failed;
    }
}
