package dev.reprise.cli.stack;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.GlobalOptions;
import dev.reprise.cli.Output;
import dev.reprise.cli.ProbedPlaces;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.point.RunId;
import dev.reprise.operations.run.Destination;
import dev.reprise.operations.run.JobRun;
import dev.reprise.operations.run.RunRequest;
import dev.reprise.operations.run.RunResult;
import dev.reprise.operations.run.RunSource;
import dev.reprise.repository.Repository;
import dev.reprise.storage.immutability.Immutability;
import dev.reprise.storage.immutability.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "backup",
        header = "Capture the sources of a job into one recovery point.",
        description = {
            "Runs the named jobs, or all of them, one after another. Each run makes one recovery point: a snapshot per"
                    + " source and a sealed manifest. If a required source fails, no point is written; an optional one"
                    + " is recorded as failed and the run goes on.",
            "Does not remove anything, neither from the sources nor from the repository: \"reprise prune\" does.",
            ""
        },
        exitCodeList = {
            " 0:every job made a complete point",
            " 3:a point was made, but items could not be read, an optional source failed, not every repository has it, or it could not be exported or kept for long enough",
            "10:the repository does not exist",
            "11:the repository is locked",
            "12:the password is wrong",
            "20:the configuration or the command line is wrong",
            "21:a required source failed, no point was made"
        },
        footer = {"  reprise backup", "  reprise backup nightly --json", "  reprise backup --dry-run"})
public final class BackupCommand implements Callable<Integer> {
    @Mixin
    private final GlobalOptions global;

    private final CommandContext context;
    private final Stack.Factory stacks;

    @Parameters(paramLabel = "JOB", arity = "0..*", description = "Jobs to run. Default: all.")
    private List<String> jobs = new ArrayList<>();

    @Option(
            names = {"-n", "--dry-run"},
            description = "Check that every source can be reached and the repository opened; write nothing.")
    private boolean dryRun;

    @Option(
            names = "--no-extend-locks",
            description =
                    "With s3.object-lock: do not look, as often as a tenth of s3.retain-days, whether what points need"
                            + " has to be kept for longer. \"reprise extend-locks\" does it by itself.")
    private boolean noExtendLocks;

    public BackupCommand(CommandContext context, Stack.Factory stacks) {
        this.global = new GlobalOptions(context);
        this.context = context;
        this.stacks = stacks;
    }

    @Override
    public Integer call() {
        Stack stack = stacks.of(global);
        ExitStatus worst = ExitStatus.OK;
        @Nullable RepriseException first = null;
        for (Stack.Job job : Select.jobs(stack, jobs)) {
            try {
                worst = worse(worst, dryRun ? probe(stack, job) : run(stack, job));
            } catch (RepriseException e) {
                if (e.exitStatus().equals(ExitStatus.CANCELLED)) {
                    throw e; // the other jobs were not wanted either
                }
                if (first == null) {
                    first = e;
                } else {
                    global.output().warning("job %s: %s".formatted(job.name(), e.fact()), e.hint());
                }
            }
        }
        if (first != null) {
            throw first;
        }
        return worst.code();
    }

    private static ExitStatus worse(ExitStatus a, ExitStatus b) {
        return a == ExitStatus.OK ? b : a;
    }

    private ExitStatus run(Stack stack, Stack.Job job) {
        Output output = global.output();
        RunRequest request = stack.request(job);
        RunId run = RunId.random(context.random().get());
        ExitStatus worst = ExitStatus.OK;
        try (var destinations = JobDestinations.open(stack, job, output);
                var report = new RunReport(output)) {
            List<RepriseException> failed = new ArrayList<>();
            Set<String> written = new HashSet<>();
            Map<String, RepriseException> without = new LinkedHashMap<>(destinations.unopened());
            List<List<Destination>> groups = destinations.byPolynomial();
            boolean exported = stack.export(job) == null;
            for (List<Destination> group : groups) {
                try {
                    RunResult result = new JobRun(group, request, context.clock(), context.zone(), run, report).run();
                    worst = worse(worst, show(job, result));
                    result.copies().stream()
                            .filter(copy -> copy.failure() == null)
                            .forEach(copy -> written.add(copy.repository()));
                    if (!exported) {
                        exported = true;
                        worst = worse(worst, export(stack, job, group, result));
                    }
                } catch (CancelledException e) {
                    throw e;
                } catch (RepriseException e) {
                    failed.add(e);
                    group.forEach(destination -> without.put(destination.name(), e));
                }
            }
            if (failed.size() == groups.size()) {
                throw failed.getFirst();
            }
            without.forEach((repository, reason) -> copyMessage(run, repository, 0, reason));
            List<Destination> holders = groups.stream()
                    .flatMap(List::stream)
                    .filter(destination -> written.contains(destination.name()))
                    .toList();
            probe(holders);
            for (Destination holder : holders) {
                worst = worse(worst, extendLocks(stack, holder));
            }
            failed.forEach(e -> output.warning(
                    "some repositories of job %s do not have point %s: %s"
                            .formatted(job.name(), run.shortHex(), e.fact()),
                    e.hint()));
            return destinations.allOpened() && failed.isEmpty() ? worst : ExitStatus.INCOMPLETE;
        }
    }

    /// The point is safe whatever comes of this.
    private ExitStatus export(Stack stack, Stack.Job job, List<Destination> group, RunResult result) {
        Stack.ExportChoice choice = stack.export(job);
        if (choice == null) {
            return ExitStatus.OK;
        }
        try {
            return new PointExport(job, choice, context, global.output())
                    .run(holder(group, result).repository(), result.point(), false);
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            global.output()
                    .warning(
                            "point %s is saved, but it was not exported: %s"
                                    .formatted(result.point().run().shortHex(), e.fact()),
                            e.hint() + (e.hint().isEmpty() ? "" : "; ") + "then run \"reprise export " + job.name()
                                    + "\"");
            return ExitStatus.INCOMPLETE;
        }
    }

    /// The first repository that has the point.
    private static Destination holder(List<Destination> group, RunResult result) {
        List<String> failed = result.copies().stream()
                .filter(copy -> copy.failure() != null)
                .map(RunResult.Copy::repository)
                .toList();
        return group.stream()
                .filter(destination -> !failed.contains(destination.name()))
                .findFirst()
                .orElse(group.getFirst());
    }

    /// When everything is saved: stores that promise something are asked whether they hold it.
    private void probe(List<Destination> written) {
        var places = new ProbedPlaces(context, global.output());
        written.forEach(destination -> places.weekly(destination.name(), destination.repository()));
    }

    /// The newest point may need packs that were stored long ago, and that are kept for not much longer.
    private ExitStatus extendLocks(Stack stack, Destination holder) {
        Repository repository = holder.repository();
        Immutability place = repository.storage().capability(Immutability.class);
        Promise promise = place == null ? null : place.promise();
        var keeping = new LockKeeping(context, global.output(), LockKeeping.USUAL_MARGIN, false);
        if (place == null || promise == null || noExtendLocks || !keeping.isDue(repository, promise)) {
            return ExitStatus.OK;
        }
        try {
            return keeping.extend(holder.name(), repository, place, promise, stack.workers(), Duration.ZERO);
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            global.output()
                    .warning(
                            "repository %s has the point, but how long its objects are kept could not be looked up or extended: %s"
                                    .formatted(holder.name(), e.fact()),
                            e.hint() + (e.hint().isEmpty() ? "" : "; ") + "then run \"reprise extend-locks\"");
            return ExitStatus.INCOMPLETE;
        }
    }

    private ExitStatus show(Stack.Job job, RunResult result) {
        Output output = global.output();
        RecoveryPoint point = result.point();
        Duration took = Duration.between(point.started(), point.finished());
        long bytes = point.sources().stream().mapToLong(CapturedSource::bytes).sum();
        long added =
                point.sources().stream().mapToLong(CapturedSource::addedBytes).sum();
        output.result("recovery point %s of job %s: %s, %s read, %s added, %s"
                .formatted(
                        point.run().shortHex(),
                        job.name(),
                        point.complete() ? "complete" : "incomplete",
                        Show.size(bytes),
                        Show.size(added),
                        Show.duration(took)));
        output.message(
                "point",
                fields -> fields.put("point", point.run().hex())
                        .put("job", job.name())
                        .put("complete", point.complete())
                        .put("bytes", bytes)
                        .put("added_bytes", added)
                        .put("seconds", took.toMillis() / 1000.0));
        if (job.repositories().size() > 1) {
            result.copies().forEach(copy -> show(copy, point));
        }
        return point.complete() && result.everywhere() ? ExitStatus.OK : ExitStatus.INCOMPLETE;
    }

    private void show(RunResult.Copy copy, RecoveryPoint point) {
        RepriseException failure = copy.failure();
        if (failure != null) {
            global.output()
                    .warning(
                            "repository %s does not have point %s: %s"
                                    .formatted(copy.repository(), point.run().shortHex(), failure.fact()),
                            "the next run gives it what it missed; " + failure.hint());
        } else {
            global.output()
                    .result("  in repository %s%s"
                            .formatted(
                                    copy.repository(),
                                    copy.caughtUp() == 0 ? "" : ", caught up on %d points".formatted(copy.caughtUp())));
        }
        copyMessage(point.run(), copy.repository(), copy.caughtUp(), failure);
    }

    /// One for every repository of a job with several, also for one that could not be opened.
    private void copyMessage(RunId run, String repository, int caughtUp, @Nullable RepriseException failure) {
        global.output()
                .message(
                        "copy",
                        fields -> fields.put("point", run.hex())
                                .put("repository", repository)
                                .put("caught_up", caughtUp)
                                .put("error", failure == null ? null : failure.fact()));
    }

    private ExitStatus probe(Stack stack, Stack.Job job) {
        Output output = global.output();
        ExitStatus worst = ExitStatus.OK;
        try (var destinations = JobDestinations.open(stack, job, output)) {
            destinations.byPolynomial().stream()
                    .flatMap(List::stream)
                    .forEach(destination -> output.result("job %s writes to %s"
                            .formatted(
                                    job.name(),
                                    destination.repository().storage().location())));
            worst = destinations.allOpened() ? ExitStatus.OK : ExitStatus.INCOMPLETE;
        }
        for (RunSource source : stack.request(job).sources()) {
            try {
                stack.probe(source);
                output.result("  %s (%s): ready".formatted(source.name(), source.kind()));
                output.message(
                        "ready",
                        fields -> fields.put("job", job.name())
                                .put("source", source.name())
                                .put("kind", source.kind()));
            } catch (RepriseException e) {
                if (source.required()) {
                    throw e;
                }
                output.warning("optional source %s: %s".formatted(source.name(), e.fact()), e.hint());
                worst = ExitStatus.INCOMPLETE;
            }
        }
        return worst;
    }
}
