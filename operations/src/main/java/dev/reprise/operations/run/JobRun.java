package dev.reprise.operations.run;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.point.Points;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.point.RunId;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.SnapshotEdit;
import dev.reprise.sources.Facts;
import dev.reprise.sources.files.FileTree;
import dev.reprise.storage.StorageException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Captures the sources of a job into one recovery point, in one or several repositories. One instance, one run.
public final class JobRun {
    /*
     * A point exists when its manifest does, and the manifest is written last. Until every source has been captured
     * no snapshot is written either: a required source that fails in the middle must not leave snapshots of the
     * others that look like a backup. What was stored before the failure is indexed all the same, so that the next
     * run finds it and is quicker.
     *
     * Sources are read once. Repositories that have the job's newest point take part while they are read. Those that
     * missed some are caught up afterwards, by copying: what was captured is safe by then, and nothing is read twice
     * from a source because of them.
     */
    private final List<Destination> destinations;
    private final RunRequest request;
    private final RunListener listener;
    private final InstantSource clock;
    private final ZoneId zone;
    private final RunId run;
    private final Map<String, RepriseException> failures = new LinkedHashMap<>();
    private final Map<String, Integer> caughtUp = new HashMap<>();

    /// @param destinations at least one, with different names and the same chunker polynomial
    /// @param run          new; a run over repositories of several polynomials is one of this for each, with one id
    public JobRun(
            List<Destination> destinations,
            RunRequest request,
            InstantSource clock,
            ZoneId zone,
            RunId run,
            RunListener listener) {
        if (destinations.stream()
                        .map(destination -> destination.repository().config().polynomial())
                        .distinct()
                        .count()
                != 1) {
            throw new IllegalArgumentException("a run writes to repositories of one chunker polynomial");
        }
        this.destinations = List.copyOf(destinations);
        this.request = request;
        this.clock = clock;
        this.zone = zone;
        this.listener = listener;
        this.run = run;
    }

    /// @return the point, which may name optional sources that failed and items that could not be read, and what became
    /// of each repository
    /// @throws RepriseException if a required source fails or no repository can be used; then there is no point
    public RunResult run() {
        List<OpenDestination> opened = new ArrayList<>();
        try {
            openAll(upToDate(), opened);
            RecoveryPoint point = capture(opened);
            catchUp(opened);
            return new RunResult(
                    point,
                    destinations.stream()
                            .map(destination -> new RunResult.Copy(
                                    destination.name(),
                                    caughtUp.getOrDefault(destination.name(), 0),
                                    failures.get(destination.name())))
                            .toList());
        } finally {
            opened.reversed().forEach(OpenDestination::close);
        }
    }

    /// Those that have the newest point of this job; all, if none has one. Who cannot even be asked has failed.
    private List<Destination> upToDate() {
        if (destinations.size() == 1) {
            return destinations;
        }
        Map<Destination, List<RecoveryPoint>> points = new LinkedHashMap<>();
        for (Destination destination : destinations) {
            attempt(destination, () -> points.put(destination, pointsOf(destination)));
        }
        Optional<RecoveryPoint> newest =
                points.values().stream().flatMap(List::stream).max(Comparator.comparing(RecoveryPoint::started));
        List<Destination> upToDate = points.entrySet().stream()
                .filter(entry -> newest.isEmpty()
                        || entry.getValue().stream()
                                .anyMatch(
                                        point -> point.run().equals(newest.get().run())))
                .map(Map.Entry::getKey)
                .toList();
        if (upToDate.isEmpty()) {
            throw first();
        }
        return upToDate;
    }

    private List<RecoveryPoint> pointsOf(Destination destination) {
        return new Points(destination.repository())
                        .asWritten((id, reason) ->
                                listener.on(new RunEvent.Warning("repository %s: manifest %s cannot be read: %s"
                                        .formatted(destination.name(), id.hex(), String.valueOf(reason.getMessage())))))
                        .stream()
                        .filter(point -> point.job().equals(request.job()))
                        .toList();
    }

    /// If none that is up to date can be opened, those that are behind take part: better an older copy with the newest
    /// data than none.
    private void openAll(List<Destination> upToDate, List<OpenDestination> opened) {
        openEach(upToDate, opened);
        if (opened.isEmpty()) {
            openEach(
                    destinations.stream()
                            .filter(destination -> !failures.containsKey(destination.name()))
                            .toList(),
                    opened);
        }
        if (opened.isEmpty()) {
            throw first();
        }
    }

    private void openEach(List<Destination> wanted, List<OpenDestination> opened) {
        for (Destination destination : wanted) {
            attempt(destination, () -> opened.add(OpenDestination.open(destination, request.lockPatience())));
        }
    }

    /// Of several repositories one may fail without the others.
    private void attempt(Destination destination, Runnable step) {
        if (destinations.size() == 1) {
            step.run();
            return;
        }
        try {
            step.run();
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            failures.put(destination.name(), e);
            listener.on(new RunEvent.DestinationLost(destination.name(), e));
        }
    }

    private RepriseException first() {
        return failures.values().iterator().next();
    }

    private RecoveryPoint capture(List<OpenDestination> opened) {
        Instant started = clock.instant();
        try (var writing = new Writing(opened, listener)) {
            var sourceCapture = new SourceCapture(writing, FileTree.local(), request, run, clock, zone, listener);
            List<Capture> captures = captureAll(sourceCapture, writing.writer());
            listener.on(new RunEvent.Sealing());
            writing.writer().finish();
            RecoveryPoint point = seal(started, captures, writing);
            sourceCapture.forgetProgress();
            for (OpenDestination open : opened) {
                RepriseException loss = writing.loss(open.name());
                if (loss != null) {
                    failures.put(open.name(), loss);
                }
            }
            listener.on(new RunEvent.Finished(point));
            return point;
        }
    }

    /// Copies to those that took no part because they were behind.
    private void catchUp(List<OpenDestination> opened) {
        OpenDestination from = opened.stream()
                .filter(open -> !failures.containsKey(open.name()))
                .findFirst()
                .orElseThrow();
        Set<String> tookPart = opened.stream().map(OpenDestination::name).collect(Collectors.toSet());
        for (Destination destination : destinations) {
            if (!tookPart.contains(destination.name()) && !failures.containsKey(destination.name())) {
                attempt(destination, () -> {
                    try (var to = OpenDestination.open(destination, request.lockPatience())) {
                        caughtUp.put(destination.name(), new CatchUp(from, to, request, listener).run());
                    }
                });
            }
        }
    }

    private List<Capture> captureAll(SourceCapture sourceCapture, BlobWriter writer) {
        List<Capture> captures = new ArrayList<>();
        int position = 0;
        for (RunSource source : request.sources()) {
            listener.on(new RunEvent.SourceStarted(
                    source.name(), source.kind(), ++position, request.sources().size()));
            Capture capture = captureOne(sourceCapture, source, writer);
            captures.add(capture);
        }
        return captures;
    }

    private Capture captureOne(SourceCapture sourceCapture, RunSource source, BlobWriter writer) {
        Instant started = clock.instant();
        try {
            return sourceCapture.capture(source);
        } catch (CancelledException | StorageException | RepositoryException e) {
            throw e; // not this source's fault: the run cannot go on
        } catch (RepriseException e) {
            if (source.required()) {
                writer.finish();
                throw failed(source, e);
            }
            return Capture.failed(source, started, clock.instant(), e);
        }
    }

    private static OperationException failed(RunSource source, RepriseException cause) {
        ExitStatus status = cause.exitStatus() == ExitStatus.FAILED ? ExitStatus.SOURCE_FAILED : cause.exitStatus();
        return new OperationException(
                status,
                "source %s failed, no recovery point was written: %s".formatted(source.name(), cause.fact()),
                cause.hint(),
                cause);
    }

    private RecoveryPoint seal(Instant started, List<Capture> captures, Writing writing) {
        if (captures.stream().allMatch(capture -> capture.snapshot() == null)) {
            throw new OperationException(
                    ExitStatus.SOURCE_FAILED,
                    "no source of job %s could be captured, no recovery point was written".formatted(request.job()),
                    "see the messages above for each source",
                    null);
        }
        List<CapturedSource> sources = new ArrayList<>();
        for (Capture capture : captures) {
            ObjectId id = capture.snapshot() == null ? null : save(capture.snapshot(), writing);
            sources.add(capture.captured(id));
        }
        var point = new RecoveryPoint(
                RecoveryPoint.FORMAT,
                run,
                "reprise " + request.version(),
                request.job(),
                request.host(),
                started,
                clock.instant(),
                List.copyOf(sources),
                request.configuration());
        writing.each(open -> {
            open.lock().ensureHeld();
            new Points(open.repository()).save(point);
        });
        for (CapturedSource source : sources) {
            listener.on(new RunEvent.SourceFinished(source));
        }
        return point;
    }

    /// Into every repository: the first is given the snapshot, the others what restic's copy would give them, which
    /// names the first as its original. So the manifest, which names the first, is true in all of them, and
    /// copying between them finds nothing to do.
    private static ObjectId save(Snapshot snapshot, Writing writing) {
        var saved = new AtomicReference<@Nullable ObjectId>();
        writing.each(open -> {
            open.lock().ensureHeld();
            ObjectId original = saved.get();
            boolean parentIsHere = open.equals(writing.first());
            var edit = new SnapshotEdit(snapshot);
            if (original != null) {
                edit = edit.original(original);
            }
            ObjectId id = open.repository().save((parentIsHere ? edit : edit.withoutParent()).done());
            saved.compareAndSet(null, id);
        });
        return Objects.requireNonNull(saved.get());
    }

    /// Facts of sources that know nothing but their time.
    static Facts at(Instant moment) {
        return new Facts(
                moment, Facts.NONE.versions(), Facts.NONE.positions(), Facts.NONE.counts(), Facts.NONE.digests());
    }
}
