package dev.reprise.cli.stack;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.CoverageFlags;
import dev.reprise.cli.GlobalOptions;
import dev.reprise.cli.Output;
import dev.reprise.cli.ProbedPlaces;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.check.Coverage;
import dev.reprise.operations.check.Presence;
import dev.reprise.operations.point.Points;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RunId;
import dev.reprise.operations.retention.RemovalPlan.JobPolicy;
import dev.reprise.recovery.status.SourceStatus;
import dev.reprise.repository.Repository;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "status",
        header = "Tell for every source whether it can be recovered, to when, and what would be lost.",
        description = {
            "Looks at the recovery points of each job's repository. \"Would lose\" is the age of what the newest whole"
                    + " capture stands for: the RPO if the source died now.",
            "Tells also how much of each repository was read and found good lately, by \"reprise check --read-data\" or by"
                    + " \"reprise restic check\" on any host.",
            "Names a store that was found, at the last probe by this machine, not to keep what it promises.",
            "Does not read data itself. Does not estimate how long a recovery takes: a restore"
                    + " reports how long it took.",
            ""
        },
        exitCodeList = {
            " 0:every source can be recovered",
            " 3:a source cannot, its newest capture needs attention, a repository of the job is behind, or a point cannot be read, or data it needs is missing, or a store does not keep what it promises, or not for long enough",
            "10:the repository does not exist",
            "12:the password is wrong",
            "20:the configuration is wrong"
        },
        footer = {"  reprise status", "  reprise status --max-age 7d --json"})
public final class StatusCommand implements Callable<Integer> {
    @Mixin
    private final GlobalOptions global;

    private static final int MOST_DEFECTS = 10;

    @Option(
            names = "--max-age",
            paramLabel = "AGE",
            description = "Data counts as read if that was not longer ago. Default: 30d.")
    private String maxAge = "30d";

    private final CommandContext context;

    private final Stack.Factory stacks;
    private final Map<String, Coverage> coverages = new TreeMap<>();
    private final Map<String, PlaceStatus> places = new TreeMap<>();
    private final List<CopyStatus> copies = new ArrayList<>();
    private final Map<String, CopyStatus.Held> held = new LinkedHashMap<>();
    private boolean unreadable;

    public StatusCommand(CommandContext context, Stack.Factory stacks) {
        this.global = new GlobalOptions(context);
        this.context = context;
        this.stacks = stacks;
    }

    @Override
    public Integer call() {
        Duration age = CoverageFlags.age(maxAge);
        Stack stack = stacks.of(global);
        Map<String, List<RecoveryPoint>> points = new HashMap<>();
        List<SourceStatus> all = new ArrayList<>();
        var exports = new ExportStatus(stack, context, global.output());
        for (Stack.Job job : jobs(stack, points, age)) {
            List<RecoveryPoint> known = known(stack, job, points, age);
            exports.look(job, known);
            job.sources().forEach(source -> all.add(SourceStatus.of(job.name(), source, known, context.clock())));
        }
        show(all);
        copies.forEach(this::show);
        exports.show();
        coverages.forEach((repository, covered) -> show(repository, covered, age));
        places.forEach((repository, place) -> place.show(repository, global.output(), context));
        boolean holds = places.values().stream()
                .allMatch(place -> place.isSound(context.clock().instant()));
        boolean everywhere = copies.stream().allMatch(copy -> copy.missing() == 0);
        return !unreadable
                        && everywhere
                        && holds
                        && exports.allThere()
                        && all.stream().allMatch(status -> status.attention().isEmpty())
                ? ExitStatus.OK.code()
                : ExitStatus.INCOMPLETE.code();
    }

    /// The points of a job, whichever of its repositories has them: what one copy lost, another may still hold.
    private List<RecoveryPoint> known(
            Stack stack, Stack.Job job, Map<String, List<RecoveryPoint>> points, Duration age) {
        if (job.repositories().size() == 1) {
            return points.computeIfAbsent(job.repository(), name -> read(stack, name, age));
        }
        Map<String, List<RecoveryPoint>> answered = new LinkedHashMap<>();
        RepriseException first = null;
        for (String name : job.repositories()) {
            try {
                answered.put(name, points.computeIfAbsent(name, _ -> read(stack, name, age)));
            } catch (CancelledException e) {
                throw e;
            } catch (RepriseException e) {
                first = first == null ? e : first;
                unreadable = true;
                global.output().warning("repository %s cannot be read: %s".formatted(name, e.fact()), e.hint());
            }
        }
        if (answered.isEmpty() && first != null) {
            throw first;
        }
        Map<String, CopyStatus.Held> ofJob = new LinkedHashMap<>(held);
        ofJob.keySet().retainAll(answered.keySet());
        JobPolicy policy = stack.policy(job);
        copies.addAll(
                CopyStatus.of(job.name(), ofJob, known -> policy.removed(known, context.clock(), context.zone())));
        Map<RunId, RecoveryPoint> union = new LinkedHashMap<>();
        answered.values()
                .forEach(list -> list.forEach(point -> union.merge(point.run(), point, StatusCommand::fuller)));
        return union.values().stream()
                .sorted(Comparator.comparing(RecoveryPoint::started))
                .toList();
    }

    /// Of two copies of one point the one of which more is left.
    private static RecoveryPoint fuller(RecoveryPoint a, RecoveryPoint b) {
        return b.captured().size() > a.captured().size() ? b : a;
    }

    private void show(CopyStatus copy) {
        String newest = copy.newest()
                .map(point -> Show.time(point.consistentAt(), context.zone()))
                .orElse("none");
        global.output()
                .result("job %s in repository %s: %d points, newest %s%s"
                        .formatted(
                                copy.job(),
                                copy.repository(),
                                copy.points(),
                                newest,
                                copy.missing() == 0 ? "" : ", behind by %d points".formatted(copy.missing())));
        if (copy.missing() > 0) {
            global.output()
                    .warning(
                            "repository %s is behind: it lacks %d points of job %s"
                                    .formatted(copy.repository(), copy.missing(), copy.job()),
                            "run \"reprise backup %s\", which gives it what it missed".formatted(copy.job()));
        }
        global.output()
                .message(
                        "copy_status",
                        fields -> fields.put("job", copy.job())
                                .put("repository", copy.repository())
                                .put("points", copy.points())
                                .put("missing", copy.missing())
                                .put(
                                        "newest",
                                        copy.newest()
                                                .map(point -> point.run().hex())
                                                .orElse(null))
                                .put(
                                        "newest_age_seconds",
                                        copy.newest()
                                                .map(point -> Duration.between(
                                                                point.consistentAt(),
                                                                context.clock().instant())
                                                        .toSeconds())
                                                .orElse(-1L)));
    }

    /// The jobs of the configuration; on a machine that has none, those the points tell of.
    private List<Stack.Job> jobs(Stack stack, Map<String, List<RecoveryPoint>> points, Duration age) {
        if (!stack.jobs().isEmpty()) {
            return stack.jobs();
        }
        String repository = Select.repository(stack, "");
        List<RecoveryPoint> known = points.computeIfAbsent(repository, name -> read(stack, name, age));
        Map<String, Set<String>> sources = new TreeMap<>();
        for (RecoveryPoint point : known) {
            Set<String> ofJob = sources.computeIfAbsent(point.job(), _ -> new TreeSet<>());
            point.sources().forEach(source -> ofJob.add(source.name()));
        }
        if (sources.isEmpty()) {
            throw new OperationException(
                    ExitStatus.INCOMPLETE,
                    "no job is configured and repository %s holds no recovery point".formatted(repository),
                    "configure jobs and run \"reprise backup\"",
                    null);
        }
        return sources.entrySet().stream()
                .map(job -> new Stack.Job(job.getKey(), List.of(repository), List.copyOf(job.getValue())))
                .toList();
    }

    private List<RecoveryPoint> read(Stack stack, String repository, Duration age) {
        try (Repository opened = stack.open(repository)) {
            Presence presence = Presence.of(opened);
            cover(opened, repository, presence, age);
            PlaceStatus.of(ProbedPlaces.memory(context, opened), opened)
                    .ifPresent(place -> places.put(repository, place));
            List<String> defects = presence.defects();
            defects.stream().limit(MOST_DEFECTS).forEach(fact -> global.output().warning(fact, ""));
            if (!defects.isEmpty()) {
                unreadable = true;
                global.output()
                        .warning(
                                "repository %s has %d defects: what is shown below may not be recoverable"
                                        .formatted(repository, defects.size()),
                                "run \"reprise check\" to see which snapshots are affected");
            }
            var points = new Points(opened);
            List<RecoveryPoint> written = points.asWritten((_, reason) -> {
                unreadable = true;
                global.output()
                        .warning(
                                String.valueOf(reason.getMessage()),
                                "run \"reprise check\" to see what else is affected");
            });
            List<RecoveryPoint> left = points.left(written);
            places.computeIfPresent(repository, (_, place) -> place.with(left));
            held.put(repository, new CopyStatus.Held(left, runs(written), runs(points.whole(written))));
            return left;
        }
    }

    private static Set<RunId> runs(List<RecoveryPoint> points) {
        return points.stream().map(RecoveryPoint::run).collect(Collectors.toSet());
    }

    /// Where it cannot be told, everything else still can.
    private void cover(Repository opened, String repository, Presence presence, Duration age) {
        try {
            coverages.put(
                    repository, presence.coverage(opened, age, context.clock().instant()));
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            global.output().warning("what was read of %s cannot be told: %s".formatted(repository, e.fact()), e.hint());
        }
    }

    private void show(List<SourceStatus> all) {
        Output output = global.output();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("JOB", "SOURCE", "RECOVERABLE TO", "WOULD LOSE", "CAPTURE TOOK", "POINT"));
        for (SourceStatus status : all) {
            rows.add(row(status));
            output.message(
                    "source_status",
                    fields -> fields.put("job", status.job())
                            .put("source", status.source())
                            .put("recoverable", status.restorable().isPresent())
                            .put(
                                    "point",
                                    status.restorable().map(p -> p.run().hex()).orElse(null))
                            .put(
                                    "rpo_seconds",
                                    status.exposure()
                                            .map(d -> d.toMillis() / 1000.0)
                                            .orElse(-1.0))
                            .putAll("attention", status.attention()));
        }
        Show.table(rows).forEach(output::result);
        for (SourceStatus status : all) {
            status.attention()
                    .forEach(fact -> output.warning(
                            "%s/%s: %s".formatted(status.job(), status.source(), fact),
                            "run \"reprise backup %s\"".formatted(status.job())));
        }
    }

    private void show(String repository, Coverage covered, Duration age) {
        Duration oldest = covered.oldest();
        global.output()
                .message(
                        "coverage",
                        fields -> fields.put("repository", repository)
                                .put("max_age_seconds", age.toSeconds())
                                .put("percent", covered.percent())
                                .put("bytes", covered.bytes())
                                .put("bytes_read", covered.coveredBytes())
                                .put("packs", covered.packs())
                                .put("packs_read", covered.coveredPacks())
                                .put("packs_never_read", covered.neverRead())
                                .put("oldest_reading_age_seconds", oldest == null ? -1 : oldest.toSeconds()));
        global.output().result("repository %s: %s".formatted(repository, words(covered, oldest, age)));
    }

    private static String words(Coverage covered, @Nullable Duration oldest, Duration age) {
        if (covered.packs() == 0) {
            return "holds no data";
        }
        if (oldest == null) {
            return "its data was never read; run \"reprise check --read-data\"";
        }
        return String.format(
                Locale.ROOT,
                "%.1f%% of its data was read and found good within %s; %s",
                covered.percent(),
                Show.duration(age),
                covered.neverRead() > 0
                        ? "%d of %d packs were never read".formatted(covered.neverRead(), covered.packs())
                        : "the oldest reading is %s ago".formatted(Show.duration(oldest)));
    }

    private List<String> row(SourceStatus status) {
        return List.of(
                status.job(),
                status.source(),
                status.restorable()
                        .flatMap(point -> point.source(status.source()))
                        .map(captured -> Show.time(captured.facts().consistentAt(), context.zone()))
                        .orElse("never"),
                status.exposure().map(Show::duration).orElse("everything"),
                status.captureTook().map(Show::duration).orElse("-"),
                status.restorable().map(point -> point.run().shortHex()).orElse("-"));
    }
}
