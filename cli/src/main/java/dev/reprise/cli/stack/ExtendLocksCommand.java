package dev.reprise.cli.stack;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.GlobalOptions;
import dev.reprise.cli.MemoryFlag;
import dev.reprise.cli.Output;
import dev.reprise.cli.ProbedPlaces;
import dev.reprise.cli.Progress;
import dev.reprise.cli.UsageException;
import dev.reprise.operations.OperationException;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "extend-locks",
        header = "Keep for longer what recovery points still need.",
        description = {
            "For repositories with s3.object-lock: a pack is kept for s3.retain-days from its upload, but newer points go"
                    + " on using it. Finds everything that snapshots need (packs, index, snapshots, manifests, keys,"
                    + " configuration) and has it kept for s3.retain-days from now on, if its time is more than half"
                    + " over. Deletes nothing, and shortens nothing.",
            "Run it as often as a tenth of s3.retain-days. Broken off, it goes on where it was. Remembers until when each"
                    + " point is kept, for \"reprise points\" and \"reprise status\".",
            ""
        },
        exitCodeList = {
            " 0:all that is needed is kept for long enough",
            " 3:some objects could not be kept for longer, or some are missing or damaged; they are named",
            "10:the repository does not exist",
            "11:the repository is locked",
            "12:the password is wrong",
            "20:no repository asks for Object Lock, or the command line is wrong"
        },
        footer = {"  reprise extend-locks --dry-run", "  reprise extend-locks --json"})
public final class ExtendLocksCommand implements Callable<Integer> {
    private static final int SHOWN = 10;

    @Mixin
    private final GlobalOptions global;

    private final CommandContext context;
    private final Stack.Factory stacks;

    @Option(names = "--repository", paramLabel = "NAME", description = "Default: every one with s3.object-lock.")
    private String repository = "";

    @Option(
            names = {"-n", "--dry-run"},
            description = "Say what would be kept for longer, and change nothing. --verbose names every object.")
    private boolean dryRun;

    @Option(
            names = "--margin",
            paramLabel = "PERCENT",
            description = "Extend what is kept for less than this share of s3.retain-days. Default: 50.")
    private int margin = 50;

    @Option(
            names = "--lock-wait",
            paramLabel = "SECONDS",
            description = "Wait this long for a lock held by another program. Default: 0.")
    private int lockWaitSeconds;

    private volatile @Nullable Progress showing;

    public ExtendLocksCommand(CommandContext context, Stack.Factory stacks) {
        this.global = new GlobalOptions(context);
        this.context = context;
        this.stacks = stacks;
    }

    @Override
    public Integer call() {
        if (margin < 1 || margin > 100) {
            throw new UsageException("--margin is %d".formatted(margin), "give a share from 1 to 100 percent");
        }
        Stack stack = stacks.of(global);
        List<String> names =
                repository.isEmpty() ? stack.repositories() : List.of(Select.repository(stack, repository));
        int extended = 0;
        ExitStatus worst = ExitStatus.OK;
        RepriseException first = null;
        for (String name : names) {
            try (Repository opened = stack.open(name)) {
                Immutability place = opened.storage().capability(Immutability.class);
                Promise promise = place == null ? null : place.promise();
                if (place != null && promise != null) {
                    extended++;
                    ExitStatus status = extend(name, opened, place, promise, stack.workers());
                    worst = status == ExitStatus.OK ? worst : status;
                }
            } catch (CancelledException e) {
                throw e;
            } catch (RepriseException e) {
                if (names.size() == 1) {
                    throw e;
                }
                first = first == null ? e : first;
                global.output().warning("repository %s: %s".formatted(name, e.fact()), e.hint());
            }
        }
        if (first != null) {
            return extended == 0 ? first.exitStatus().code() : ExitStatus.INCOMPLETE.code();
        }
        if (extended == 0) {
            throw new OperationException(
                    ExitStatus.BAD_CONFIGURATION,
                    "no repository asks for its objects to be kept: " + String.join(", ", names),
                    "set the options s3.object-lock and s3.retain-days of a repository in a bucket with Object Lock",
                    null);
        }
        return worst.code();
    }

    private ExitStatus extend(String name, Repository opened, Immutability place, Promise promise, int workers) {
        Instant now = context.clock().instant();
        try (RepositoryLock lock =
                        opened.lockToLoadIndex(RepositoryLock.Kind.SHARED, Duration.ofSeconds(lockWaitSeconds));
                LockSurvey survey = shown(
                        () -> LockSurvey.of(opened, place, workers, MemoryFlag.temporary(context), this::progress))) {
            survey.damages()
                    .forEach(fact -> global.output()
                            .warning("repository %s: %s".formatted(name, fact), "run \"reprise check\""));
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
        try (Progress progress = global.output().progress("looking")) {
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
        Output output = global.output();
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
        Output output = global.output();
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
        Output output = global.output();
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
