package dev.reprise.cli.stack;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.Confirmation;
import dev.reprise.cli.Output;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.prune.PruneListener;
import dev.reprise.operations.prune.PruneOptions;
import dev.reprise.operations.prune.PrunePlan;
import dev.reprise.operations.prune.PrunePlanning;
import dev.reprise.operations.prune.PruneStats;
import dev.reprise.operations.prune.Pruning;
import dev.reprise.operations.retention.Forgetting;
import dev.reprise.operations.retention.RemovalPlan;
import dev.reprise.operations.retention.RemovalPlan.JobDecision;
import dev.reprise.operations.retention.RemovalPlan.JobPolicy;
import dev.reprise.repository.Repository;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.immutability.Immutability;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Applies the retention of jobs to one repository.
final class RetentionRun {
    private static final int SHOWN = 10;

    private final String name;
    private final Repository repository;
    private final Stack stack;
    private final CommandContext context;
    private final Output output;
    private final PruneOptions options;

    /// @param repository opened by the caller, who closes it
    RetentionRun(
            String name,
            Repository repository,
            Stack stack,
            CommandContext context,
            Output output,
            PruneOptions options) {
        this.name = name;
        this.repository = repository;
        this.stack = stack;
        this.context = context;
        this.output = output;
        this.options = options;
    }

    /// Amounts and costs; changes nothing and takes no lock.
    void estimate() {
        RemovalPlan removal = removal();
        lines(removal, "would go").forEach(output::result);
        try (PrunePlan data = planning(new Heard(output, false)).plan(removal.snapshots())) {
            new WhatIf(name, stack, context.clock(), output).show(repository, removal, data);
        }
    }

    /// The whole plan; changes nothing and takes no lock.
    ExitStatus preview() {
        RemovalPlan removal = removal();
        lines(removal, "would go").forEach(output::result);
        points(removal).forEach(output::result);
        try (PrunePlan data = planning(new Heard(output, false)).plan(removal.snapshots())) {
            output.result("repository %s: %s".formatted(name, words(data.stats(), "would be")));
            tell(removal, data.stats(), true);
        }
        return ExitStatus.OK;
    }

    /// Nothing is locked while somebody thinks about the question. What was agreed to is exactly what is done.
    ExitStatus run(Confirmation confirmation, Duration patience) throws IOException {
        RemovalPlan agreed = null;
        if (!confirmation.given()) {
            agreed = removal();
            if (agreed.removed() > 0) {
                List<String> plan = new ArrayList<>(lines(agreed, "go"));
                plan.addAll(points(agreed));
                confirmation.require(
                        output,
                        String.join("\n", plan),
                        "this removes %d recovery points of repository %s".formatted(agreed.removed(), name),
                        name);
            }
        }
        try (RepositoryLock lock = repository.lock(RepositoryLock.Kind.EXCLUSIVE, patience)) {
            RemovalPlan removal = removal();
            requireSame(agreed, removal);
            lines(removal, "go").forEach(output::result);
            points(removal).forEach(output::detail);
            return carryOut(removal, lock);
        }
    }

    private static void requireSame(@Nullable RemovalPlan agreed, RemovalPlan removal) {
        if (agreed != null && !agreed.runs().equals(removal.runs())) {
            throw new OperationException(
                    ExitStatus.FAILED,
                    "meanwhile other points go than those that were agreed to; nothing was changed",
                    "run it again",
                    null);
        }
    }

    /// The plan of the data is made first: what cannot be read ends it before anything is removed.
    private ExitStatus carryOut(RemovalPlan removal, RepositoryLock lock) {
        var heard = new Heard(output, true);
        try (PrunePlan data = planning(heard).plan(removal.snapshots())) {
            tell(removal, data.stats(), false);
            var forgetting = new Forgetting(repository, lock);
            Map<ObjectId, String> failed = forgetting.remove(removal);
            if (!failed.isEmpty()) {
                warn(failed, "snapshot");
                output.warning(
                        "repository %s: %d snapshots stay, and all they need".formatted(name, failed.size()),
                        "remove them with credentials that may delete, or on the server itself");
                done(removal.snapshots().size() - failed.size(), 0, null, failed.size());
                return ExitStatus.INCOMPLETE;
            }
            new Pruning(repository, lock, stack.writing(name), heard, context.clock()).run(data);
            Map<ObjectId, String> left = forgetting.removeManifests(removal);
            warn(left, "manifest");
            output.result("repository %s: %s".formatted(name, words(data.stats(), "were")));
            done(removal.snapshots().size(), removal.manifests().size() - left.size(), data.stats(), left.size());
            tellOfLocks();
            return left.isEmpty() ? ExitStatus.OK : ExitStatus.INCOMPLETE;
        }
    }

    private void warn(Map<ObjectId, String> failed, String what) {
        failed.entrySet().stream()
                .limit(SHOWN)
                .forEach(one -> output.warning(
                        "repository %s: %s %s could not be removed: %s"
                                .formatted(name, what, one.getKey().shortHex(), one.getValue()),
                        ""));
    }

    private void tellOfLocks() {
        Immutability place = repository.storage().capability(Immutability.class);
        if (place != null && place.promise() != null) {
            output.info(
                    "the store of repository %s only hides what was deleted: its bytes are freed when their retention is over and a lifecycle rule removes versions that are not current"
                            .formatted(name));
        }
    }

    private RemovalPlan removal() {
        List<JobPolicy> policies = stack.jobs().stream()
                .filter(job -> job.repositories().contains(name))
                .map(stack::policy)
                .toList();
        return RemovalPlan.of(
                repository,
                policies,
                context.clock(),
                context.zone(),
                (id, reason) -> output.warning(
                        "point %s cannot be read and is taken to stay: %s"
                                .formatted(id.shortHex(), reason.getMessage()),
                        "run \"reprise check\""));
    }

    private PrunePlanning planning(PruneListener listener) {
        return new PrunePlanning(repository, options, listener, context.clock());
    }

    private List<String> lines(RemovalPlan removal, String go) {
        List<String> lines = new ArrayList<>();
        for (JobDecision decision : removal.jobs()) {
            JobPolicy policy = decision.policy();
            lines.add(
                    policy.policy() == null
                            ? "repository %s: all %d points of job %s stay: it has no retention"
                                    .formatted(name, decision.points().size(), policy.job())
                            : "repository %s: %d of %d points of job %s %s (%s)"
                                    .formatted(
                                            name,
                                            decision.removed().size(),
                                            decision.points().size(),
                                            policy.job(),
                                            go,
                                            policy.policy()));
            if (policy.policy() != null && decision.hosts() > 1) {
                lines.add(
                        "  they are of %d hosts, and each has its own kept; if that is one machine under many names, give it one with \"host\""
                                .formatted(decision.hosts()));
            }
        }
        removal.others()
                .forEach((job, points) ->
                        lines.add("repository %s: all %d points of job %s stay: it is not configured here"
                                .formatted(name, points, job)));
        return lines;
    }

    private List<String> points(RemovalPlan removal) {
        return removal.jobs().stream()
                .flatMap(decision -> decision.removed().stream())
                .map(point -> "  point %s of job %s, %s, host %s"
                        .formatted(
                                point.run().shortHex(),
                                point.job(),
                                Show.time(point.started(), context.zone()),
                                point.host()))
                .toList();
    }

    private static String words(PruneStats stats, String were) {
        return "%d packs %s deleted and %d packed again, which frees %s; %s stay, %s of it unused"
                .formatted(
                        stats.packs().removeTotal(),
                        were,
                        stats.packs().repack(),
                        Show.size(stats.bytes().removeTotal()),
                        Show.size(stats.bytes().remaining()),
                        Show.size(stats.bytes().remainingUnused()));
    }

    private void tell(RemovalPlan removal, PruneStats stats, boolean dryRun) {
        removal.jobs().stream()
                .flatMap(decision -> decision.removed().stream())
                .forEach(point -> output.message(
                        "point_removal",
                        fields -> fields.put("repository", name)
                                .put("job", point.job())
                                .put("point", point.run().hex())
                                .put("host", point.host())
                                .put("started", point.started().toString())
                                .putAll("snapshots", snapshots(point))));
        output.message(
                "prune_plan",
                fields -> fields.put("repository", name)
                        .put("dry_run", dryRun)
                        .put("points", removal.points())
                        .put("points_removed", removal.removed())
                        .put("snapshots_removed", removal.snapshots().size())
                        .put("manifests_removed", removal.manifests().size())
                        .put("packs_removed", stats.packs().removeTotal())
                        .put("packs_repacked", stats.packs().repack())
                        .put("bytes_removed", stats.bytes().removeTotal())
                        .put("bytes_left", stats.bytes().remaining())
                        .putObjects(
                                "jobs",
                                removal.jobs(),
                                (json, decision) -> json.put(
                                                "job", decision.policy().job())
                                        .put(
                                                "policy",
                                                decision.policy().policy() == null
                                                        ? null
                                                        : String.valueOf(decision.policy()
                                                                .policy()))
                                        .put("points", decision.points().size())
                                        .put(
                                                "points_removed",
                                                decision.removed().size())
                                        .put("hosts", decision.hosts())));
    }

    private static List<String> snapshots(RecoveryPoint point) {
        return point.captured().stream()
                .map(CapturedSource::snapshot)
                .filter(Objects::nonNull)
                .map(ObjectId::hex)
                .toList();
    }

    /// @param stats null if no data was removed
    private void done(int snapshots, int manifests, @Nullable PruneStats stats, int failed) {
        output.message(
                "pruned",
                fields -> fields.put("repository", name)
                        .put("snapshots_removed", snapshots)
                        .put("manifests_removed", manifests)
                        .put("packs_removed", stats == null ? 0 : stats.packs().removeTotal())
                        .put("packs_repacked", stats == null ? 0 : stats.packs().repack())
                        .put("bytes_removed", stats == null ? 0 : stats.bytes().removeTotal())
                        .put("failed", failed));
    }

    /// @param removes whether anything may be
    private record Heard(Output output, boolean removes) implements PruneListener {
        @Override
        public void phase(String text) {
            output.detail(text);
        }

        @Override
        public void warning(String text) {
            output.warning(text, "");
        }

        @Override
        public void removed(ObjectType type, ObjectId id) {
            if (!removes) {
                throw new IllegalStateException("an estimate removed " + id.hex());
            }
        }
    }
}
