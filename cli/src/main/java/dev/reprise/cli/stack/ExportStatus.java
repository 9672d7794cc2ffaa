package dev.reprise.cli.stack;

import dev.reprise.base.CancelledException;
import dev.reprise.base.RepriseException;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.Output;
import dev.reprise.operations.export.Exports;
import dev.reprise.operations.export.Exports.StoredExport;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.storage.Storage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The last export of every job that has some, looked up where they lie.
final class ExportStatus {
    private final Stack stack;
    private final CommandContext context;
    private final Output output;
    private final List<Line> lines = new ArrayList<>();

    ExportStatus(Stack stack, CommandContext context, Output output) {
        this.stack = stack;
        this.context = context;
        this.output = output;
    }

    /// @param last    null if there is none
    /// @param behind  whether the newest point was not exported
    /// @param failure why it could not be looked up
    private record Line(
            String job,
            String location,
            @Nullable StoredExport last,
            boolean behind,
            @Nullable RepriseException failure) {}

    /// @param points of the job, in any order
    void look(Stack.Job job, List<RecoveryPoint> points) {
        Stack.ExportChoice choice = stack.export(job);
        if (choice == null) {
            return;
        }
        try (Storage place = choice.open().get()) {
            List<StoredExport> exports = new Exports(PointExport.files(place))
                    .look((_, _) -> {}) // told when the next export is written
                    .of(job.name());
            StoredExport last = exports.isEmpty() ? null : exports.getLast();
            Optional<RecoveryPoint> newest = points.stream()
                    .filter(point -> point.job().equals(job.name()))
                    .max(Comparator.comparing(RecoveryPoint::started));
            boolean behind = newest.isPresent()
                    && exports.stream()
                            .noneMatch(export ->
                                    export.manifest().run().equals(newest.get().run()));
            lines.add(new Line(job.name(), place.location(), last, behind, null));
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            lines.add(new Line(job.name(), "", null, false, e));
        }
    }

    boolean allThere() {
        return lines.stream().noneMatch(line -> line.behind() || line.failure() != null);
    }

    void show() {
        lines.forEach(this::show);
    }

    private void show(Line line) {
        RepriseException failure = line.failure();
        if (failure != null) {
            output.warning(
                    "the exports of job %s cannot be seen: %s".formatted(line.job(), failure.fact()), failure.hint());
            return;
        }
        StoredExport last = line.last();
        output.result(
                last == null
                        ? "job %s: no export in %s".formatted(line.job(), line.location())
                        : "job %s: last export %s/%s of point %s, %s old"
                                .formatted(
                                        line.job(),
                                        line.location(),
                                        last.folder(),
                                        last.manifest().run().shortHex(),
                                        Show.duration(age(last))));
        output.message(
                "export_status",
                fields -> fields.put("job", line.job())
                        .put("location", line.location())
                        .put("folder", last == null ? null : last.folder())
                        .put(
                                "point",
                                last == null ? null : last.manifest().run().hex())
                        .put("age_seconds", last == null ? -1 : age(last).toSeconds())
                        .put("behind", line.behind()));
        if (line.behind()) {
            output.warning(
                    "the newest point of job %s was not exported".formatted(line.job()),
                    "run \"reprise export %s\"".formatted(line.job()));
        }
    }

    private Duration age(StoredExport export) {
        return Duration.between(export.manifest().captured(), context.clock().instant());
    }
}
