package dev.reprise.cli.stack;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.GlobalOptions;
import dev.reprise.cli.JsonFields;
import dev.reprise.cli.Output;
import dev.reprise.cli.ProbedPlaces;
import dev.reprise.operations.immutability.ImmutabilityMemory;
import dev.reprise.operations.immutability.ImmutabilityMemory.PointEnd;
import dev.reprise.operations.point.Points;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.repository.Repository;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "points",
        header = "List recovery points, or show one with everything recorded about it.",
        description = {
            "Without arguments: every point of the repository, oldest first. With the first digits of a point (or"
                    + " \"latest\"): its sources with snapshots, versions, positions, counts and digests.",
            "Reads manifests only; \"reprise check\" tells whether the data behind them is whole. Until when points are"
                    + " immutable is what \"reprise extend-locks\" found last on this machine.",
            ""
        },
        exitCodeList = {
            " 0:printed",
            " 1:a manifest is damaged, or no point fits",
            "10:the repository does not exist",
            "12:the password is wrong"
        },
        footer = {"  reprise points", "  reprise points latest", "  reprise points 3f2a91c0 --json"})
public final class PointsCommand implements Callable<Integer> {
    @Mixin
    private final GlobalOptions global;

    private final CommandContext context;
    private final Stack.Factory stacks;

    @Parameters(paramLabel = "POINT", arity = "0..1", description = "One point: its first digits, or latest.")
    private String point = "";

    @Option(
            names = "--repository",
            paramLabel = "NAME",
            description = "Which repository. Default: the first one of every job, or of --job, else the only one.")
    private String repository = "";

    @Option(names = "--job", paramLabel = "NAME", description = "Only points of this job.")
    private String job = "";

    /// Until when points are kept, as far as this machine knows.
    private ImmutabilityMemory memory = ImmutabilityMemory.of(null, "");

    public PointsCommand(CommandContext context, Stack.Factory stacks) {
        this.global = new GlobalOptions(context);
        this.context = context;
        this.stacks = stacks;
    }

    @Override
    public Integer call() {
        Stack stack = stacks.of(global);
        try (Repository opened = stack.open(Select.firstRepository(stack, repository, job))) {
            var points = new Points(opened);
            memory = ProbedPlaces.memory(context, opened);
            if (!point.isEmpty()) {
                show(points.find(point, candidate -> ofJob(candidate), this::unreadable));
                return ExitStatus.OK.code();
            }
            return list(points).code();
        }
    }

    private void unreadable(ObjectId id, RuntimeException reason) {
        global.output()
                .warning(String.valueOf(reason.getMessage()), "run \"reprise check\" to see what else is affected");
    }

    private boolean ofJob(RecoveryPoint candidate) {
        return job.isEmpty() || candidate.job().equals(job);
    }

    private ExitStatus list(Points points) {
        Output output = global.output();
        List<String> damaged = new ArrayList<>();
        List<RecoveryPoint> all = points.list((id, reason) -> damaged.add(reason.getMessage() + ""));
        List<List<String>> rows = new ArrayList<>();
        boolean kept = all.stream().anyMatch(each -> memory.point(each.run()).isPresent());
        List<String> titles = List.of("POINT", "TIME", "JOB", "HOST", "SOURCES", "SIZE", "STATE");
        rows.add(kept ? with(titles, "IMMUTABLE UNTIL") : titles);
        for (RecoveryPoint each : all) {
            if (ofJob(each)) {
                rows.add(kept ? with(row(each), until(each)) : row(each));
                output.message("point", fields -> {
                    PointJson.summary(fields, each);
                    kept(fields, each);
                });
            }
        }
        if (rows.size() == 1) {
            output.info("no recovery point yet; \"reprise backup\" makes one");
        } else {
            Show.table(rows).forEach(output::result);
        }
        damaged.forEach(fact -> output.warning(fact, "run \"reprise check\" to see what else is affected"));
        return damaged.isEmpty() ? ExitStatus.OK : ExitStatus.FAILED;
    }

    private static List<String> with(List<String> row, String last) {
        return Stream.concat(row.stream(), Stream.of(last)).toList();
    }

    /// `-` for a point nobody has looked at yet.
    private String until(RecoveryPoint each) {
        return memory.point(each.run())
                .map(end -> end.until() == null ? "not kept" : Show.time(end.until(), context.zone()))
                .orElse("-");
    }

    private void kept(JsonFields fields, RecoveryPoint each) {
        Optional<PointEnd> end = memory.point(each.run());
        fields.put(
                        "immutable_until",
                        end.map(PointEnd::until).map(Instant::toString).orElse(null))
                .put(
                        "immutable_looked",
                        end.map(known -> known.looked().toString()).orElse(null));
    }

    private List<String> row(RecoveryPoint each) {
        return List.of(
                each.run().shortHex(),
                Show.time(each.started(), context.zone()),
                each.job(),
                each.host(),
                String.join(
                        ",", each.sources().stream().map(CapturedSource::name).toList()),
                Show.size(
                        each.sources().stream().mapToLong(CapturedSource::bytes).sum()),
                each.complete() ? "complete" : "incomplete");
    }

    private void show(RecoveryPoint shown) {
        Output output = global.output();
        output.message("point", fields -> {
            PointJson.all(fields, shown);
            kept(fields, shown);
        });
        output.result("recovery point %s of job %s on %s, by %s"
                .formatted(shown.run().hex(), shown.job(), shown.host(), shown.program()));
        output.result("  started %s, took %s, stands for %s"
                .formatted(
                        Show.time(shown.started(), context.zone()),
                        Show.duration(Duration.between(shown.started(), shown.finished())),
                        Show.time(shown.consistentAt(), context.zone())));
        memory.point(shown.run())
                .ifPresent(end -> output.result("  immutable until: %s, looked up %s"
                        .formatted(until(shown), Show.time(end.looked(), context.zone()))));
        for (CapturedSource source : shown.sources()) {
            output.result("");
            output.result("%s (%s): %s%s"
                    .formatted(
                            source.name(),
                            source.kind(),
                            source.outcome().name().toLowerCase(Locale.ROOT),
                            source.snapshot() == null
                                    ? ""
                                    : ", snapshot " + source.snapshot().shortHex()));
            source.problems().forEach(problem -> output.result("  ! " + problem));
            source.streams()
                    .forEach(stream ->
                            output.result("  stream %s, %s".formatted(stream.path(), Show.size(stream.bytes()))));
            source.facts().versions().forEach((name, value) -> output.result("  version " + name + ": " + value));
            source.facts().positions().forEach((name, value) -> output.result("  position " + name + ": " + value));
            source.facts().counts().forEach((name, value) -> output.result("  count " + name + ": " + value));
            source.facts().digests().forEach((name, value) -> output.detail("  digest " + name + ": " + value));
        }
    }
}
