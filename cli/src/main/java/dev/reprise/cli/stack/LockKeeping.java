package dev.reprise.cli.stack;

import dev.reprise.base.ExitStatus;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.MemoryFlag;
import dev.reprise.cli.Output;
import dev.reprise.cli.ProbedPlaces;
import dev.reprise.cli.Progress;
import dev.reprise.operations.immutability.ImmutabilityMemory;
import dev.reprise.operations.immutability.ImmutabilityMemory.PointEnd;
import dev.reprise.operations.immutability.LockExtension;
import dev.reprise.operations.immutability.LockPlan;
import dev.reprise.operations.immutability.LockSurvey;
import dev.reprise.operations.point.RunId;
import dev.reprise.repository.Repository;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.storage.immutability.Immutability;
import dev.reprise.storage.immutability.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Has what points need kept for longer, where a repository asks for it, and says what it does.
final class LockKeeping {
    /// What is kept for less than this share of the time asked for is due, in percent.
    static final int USUAL_MARGIN = 50;

    /// With less than one part of so many of the time left, what extends locks has failed, or does not run: it
    /// begins when half of it is over.
    static final int PARTS = 4;

    private static final int SHOWN = 10;
    private static final int LOOKS_WITHIN_RETENTION = 10;

    private final CommandContext context;
    private final Output output;
    private final int margin;
    private final boolean dryRun;
    private volatile @Nullable Progress showing;

    /// @param margin percent of the time asked for, 1 to 100
    LockKeeping(CommandContext context, Output output, int margin, boolean dryRun) {
        this.context = context;
        this.output = output;
        this.margin = margin;
        this.dryRun = dryRun;
    }

    /// Whether this machine has not looked for a tenth of the time asked for, or remembers nothing, or found then
    /// that little is left.
    boolean isDue(Repository opened, Promise promise) {
        ImmutabilityMemory memory = ProbedPlaces.memory(context, opened);
        Instant looked = memory.looked();
        Instant end = memory.firstEnd();
        Instant now = context.clock().instant();
        return looked == null
                || end == null
                || looked.isAfter(now)
                || !looked.plus(promise.time().dividedBy(LOOKS_WITHIN_RETENTION))
                        .isAfter(now)
                || end.isBefore(now.plus(promise.time().dividedBy(PARTS)));
    }

    /// @return incomplete if something could not be kept for longer, or is missing or damaged; it was named
    /// @throws dev.reprise.base.RepriseException if the place did not answer, or lets nobody look
    ExitStatus extend(
            String name, Repository opened, Immutability place, Promise promise, int workers, Duration patience) {
        Instant now = context.clock().instant();
        try (RepositoryLock lock = opened.lockToLoadIndex(RepositoryLock.Kind.SHARED, patience);
                LockSurvey survey = shown(
                        () -> LockSurvey.of(opened, place, workers, MemoryFlag.temporary(context), this::progress))) {
            survey.damages()
                    .forEach(
                            fact -> output.warning("repository %s: %s".formatted(name, fact), "run \"reprise check\""));
            LockPlan plan = survey.plan(now, promise.time(), margin);
            show(name, survey, plan);
            boolean complete = survey.damages().isEmpty();
            if (!dryRun && plan.size() > 0) {
                LockExtension.Result result =
                        shown(() -> new LockExtension(opened, place, lock, this::progress).run(plan));
                show(name, result);
                complete &= result.isComplete();
            }
            remember(name, opened, survey.points(now), now);
            return complete ? ExitStatus.OK : ExitStatus.INCOMPLETE;
        }
    }

    private <T> T shown(Supplier<T> work) {
        try (Progress progress = output.progress("looking")) {
            showing = progress;
            return work.get();
        } finally {
            showing = null;
        }
    }

    private void progress(String doing, long done, long of) {
        Progress progress = showing;
        if (progress != null) {
            progress.update(new Progress.State(done, of, 0, 0, doing));
        }
    }

    private void show(String name, LockSurvey survey, LockPlan plan) {
        for (int number = 0; number < plan.size(); number++) {
            LockPlan.Step step = plan.step(number);
            output.detail(
                    "%s is %s".formatted(step.key(), step.end() == null ? "not kept" : "free from " + step.end()));
            if (dryRun) {
                output.message(
                        "lock",
                        fields -> fields.put("repository", name)
                                .put("object", step.key().path())
                                .put(
                                        "end",
                                        step.end() == null ? null : step.end().toString())
                                .put("until", plan.until().toString()));
            }
        }
        String kinds = plan.counts().entrySet().stream()
                .map(count -> "%d %s"
                        .formatted(
                                count.getValue(),
                                count.getKey().folder().isEmpty()
                                        ? "config"
                                        : count.getKey().folder()))
                .collect(Collectors.joining(", "));
        output.result("repository %s: %d objects are needed, %d %s until %s%s"
                .formatted(
                        name,
                        survey.objects(),
                        plan.size(),
                        dryRun ? "would be kept" : "to be kept",
                        plan.until(),
                        kinds.isEmpty() ? "" : " (" + kinds + ")"));
        output.message(
                "lock_plan",
                fields -> fields.put("repository", name)
                        .put("objects", survey.objects())
                        .put("due", plan.size())
                        .put("until", plan.until().toString())
                        .put("dry_run", dryRun)
                        .putAll("damages", survey.damages()));
    }

    private void show(String name, LockExtension.Result result) {
        result.failed().entrySet().stream()
                .limit(SHOWN)
                .forEach(failure -> output.warning(
                        "%s could not be kept for longer: %s".formatted(failure.getKey(), failure.getValue()), ""));
        if (!result.isComplete()) {
            output.warning(
                    "repository %s: %d objects could not be kept for longer, %d were not tried after that"
                            .formatted(name, result.failed().size(), result.untried()),
                    "give these credentials s3:PutObjectRetention and s3:GetObjectRetention, and run it again");
        }
        output.result("repository %s: %d objects are kept for longer now".formatted(name, result.extended()));
        output.message(
                "locks_extended",
                fields -> fields.put("repository", name)
                        .put("extended", result.extended())
                        .put("failed", result.failed().size())
                        .put("untried", result.untried())
                        .putObjects(
                                "failures",
                                result.failed().entrySet(),
                                (one, failure) ->
                                        one.put("object", failure.getKey()).put("reason", failure.getValue())));
    }

    private void remember(String name, Repository opened, Map<RunId, PointEnd> points, Instant now) {
        points.forEach((run, end) -> output.message(
                "point_kept",
                fields -> fields.put("repository", name)
                        .put("point", run.hex())
                        .put("until", end.until() == null ? null : end.until().toString())));
        if (!points.isEmpty()) {
            output.result("repository %s: %s".formatted(name, words(points, now)));
        }
        ImmutabilityMemory memory = ProbedPlaces.memory(context, opened);
        String trouble = memory.remember(points, now);
        if (!trouble.isEmpty()) {
            output.info("until when points are kept cannot be remembered: " + trouble);
        }
    }

    private String words(Map<RunId, PointEnd> points, Instant now) {
        return KeptPoints.of(points.values(), now).words(context.zone());
    }
}
