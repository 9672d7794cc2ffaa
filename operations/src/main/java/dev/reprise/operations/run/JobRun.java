package dev.reprise.operations.run;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.base.Prefetch;
import dev.reprise.base.RepriseException;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.point.Points;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.point.RunId;
import dev.reprise.operations.retention.RemovalPlan.JobPolicy;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
    /// Points of this job by repository, oldest first, as they were written; asked for only where there are several.
    private final Map<String, List<RecoveryPoint>> written = new ConcurrentHashMap<>();

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
            RecoveryPoint point = captureOrElse(opened);
            catchUp(point, opened);
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
        attemptEach(
                "reading points", destinations, destination -> written.put(destination.name(), pointsOf(destination)));
        Optional<RecoveryPoint> newest =
                written.values().stream().flatMap(List::stream).max(Comparator.comparing(RecoveryPoint::started));
        List<Destination> upToDate = destinations.stream()
                .filter(destination -> written.containsKey(destination.name()))
                .filter(destination -> newest.isEmpty() || has(destination.name(), newest.get()))
                .toList();
        if (upToDate.isEmpty()) {
            throw first();
        }
        return upToDate;
    }

    private boolean has(String repository, RecoveryPoint point) {
        return writtenIn(repository).stream().anyMatch(known -> known.run().equals(point.run()));
    }

    private List<RecoveryPoint> writtenIn(String repository) {
        return written.getOrDefault(repository, List.of());
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

    /// All at the same time: what takes long is to wait, for a place to answer and for locks of others to show.
    private void openEach(List<Destination> wanted, List<OpenDestination> opened) {
        Map<String, OpenDestination> ready = new ConcurrentHashMap<>();
        try {
            attemptEach(
                    "opening repositories",
                    wanted,
                    destination ->
                            ready.put(destination.name(), OpenDestination.open(destination, request.lockPatience())));
        } finally { // what was locked before the run ended will be let go by the caller
            wanted.stream()
                    .map(destination -> ready.get(destination.name()))
                    .filter(Objects::nonNull)
                    .forEach(opened::add);
        }
    }

    /// Does the same in each at the same time; those that fail are told of in their order.
    private void attemptEach(String activity, List<Destination> wanted, Consumer<Destination> step) {
        record Tried(Destination destination, @Nullable RepriseException failure) {}
        Prefetch.run(
                activity,
                wanted.size(),
                wanted,
                destination -> new Tried(destination, attempted(() -> step.accept(destination))),
                (Tried tried) -> {
                    if (tried.failure != null) {
                        lose(tried.destination, tried.failure);
                    }
                });
    }

    private void attempt(Destination destination, Runnable step) {
        RepriseException failure = attempted(step);
        if (failure != null) {
            lose(destination, failure);
        }
    }

    /// Of several repositories one may fail without the others.
    ///
    /// @return why it failed; null if it did not
    private @Nullable RepriseException attempted(Runnable step) {
        try {
            step.run();
            return null;
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            if (destinations.size() == 1) {
                throw e;
            }
            return e;
        }
    }

    private void lose(Destination destination, RepriseException failure) {
        failures.put(destination.name(), failure);
        listener.on(new RunEvent.DestinationLost(destination.name(), failure));
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

    /// If all that took part fail, those that were behind are the last way out.
    private RecoveryPoint captureOrElse(List<OpenDestination> opened) {
        try {
            return capture(opened);
        } catch (StorageException | RepositoryException e) {
            if (opened.size() == destinations.size()) {
                throw e;
            }
            for (OpenDestination open : opened) {
                if (failures.putIfAbsent(open.name(), e) == null) {
                    listener.on(new RunEvent.DestinationLost(open.name(), e));
                }
            }
            openEach(
                    destinations.stream()
                            .filter(destination -> !failures.containsKey(destination.name()))
                            .toList(),
                    opened);
            List<OpenDestination> others = opened.stream()
                    .filter(open -> !failures.containsKey(open.name()))
                    .toList();
            if (others.isEmpty()) {
                throw e;
            }
            return capture(others);
        }
    }

    /// Gives every repository what it lacks and another one has: the point of this run, if it took no part, and those
    /// it missed before. Which points it had and forgot, its manifests still tell.
    private void catchUp(RecoveryPoint point, List<OpenDestination> opened) {
        if (destinations.size() == 1) {
            return;
        }
        List<OpenDestination> tookPart = opened.stream()
                .filter(open -> !failures.containsKey(open.name()))
                .toList();
        List<OpenDestination> all = new ArrayList<>(tookPart);
        for (Destination destination : destinations) {
            boolean isOpen = opened.stream().anyMatch(open -> open.name().equals(destination.name()));
            if (!isOpen && !failures.containsKey(destination.name())) {
                attempt(destination, () -> {
                    var behind = OpenDestination.open(destination, request.lockPatience());
                    opened.add(behind);
                    all.add(behind);
                });
            }
        }
        for (OpenDestination to : all) {
            if (tookPart.contains(to)) {
                fillHoles(point, to, all);
            } else {
                attempt(to.destination(), () -> give(point, to, all, false));
            }
        }
    }

    /// It has the point of this run, so what goes wrong here is no failure of its.
    private void fillHoles(RecoveryPoint point, OpenDestination to, List<OpenDestination> all) {
        try {
            give(point, to, all, true);
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            listener.on(
                    new RunEvent.Warning("repository %s still lacks older points: %s".formatted(to.name(), e.fact())));
        }
    }

    /// From each of the others: one may have what another lacks or cannot read.
    private void give(RecoveryPoint point, OpenDestination to, List<OpenDestination> all, boolean hasPoint) {
        Set<RunId> known = new HashSet<>();
        writtenIn(to.name()).forEach(own -> known.add(own.run()));
        if (hasPoint) {
            known.add(point.run());
        }
        Set<RunId> spent = spent();
        RepriseException first = null;
        int given = 0;
        for (OpenDestination from : all) {
            // Whoever does not have this run's point yet is found not to hold it whole.
            List<RecoveryPoint> missing = Stream.concat(writtenIn(from.name()).stream(), Stream.of(point))
                    .filter(candidate -> !known.contains(candidate.run()) && !spent.contains(candidate.run()))
                    .toList();
            if (!from.equals(to) && !missing.isEmpty()) {
                try {
                    given += new CatchUp(from, to, request, listener).run(missing);
                    new Points(to.repository()).asWritten((_, _) -> {}).forEach(own -> known.add(own.run()));
                } catch (CancelledException e) {
                    throw e;
                } catch (RepriseException e) {
                    first = first == null ? e : first;
                }
            }
        }
        if (given > 0) {
            caughtUp.put(to.name(), given);
        }
        if (first != null) {
            throw first;
        }
        if (!known.contains(point.run())) {
            throw new OperationException(
                    ExitStatus.INCOMPLETE,
                    "point %s could not be copied to it".formatted(point.run().shortHex()),
                    "see the warnings above, then run \"reprise check\"",
                    null);
        }
    }

    /// What the policy would remove again. A prune of one repository lets go what another, not pruned yet, still has.
    private Set<RunId> spent() {
        JobPolicy policy = request.policy();
        if (policy == null) {
            return Set.of();
        }
        Map<RunId, RecoveryPoint> union = new LinkedHashMap<>();
        written.values().forEach(points -> points.forEach(known -> union.putIfAbsent(known.run(), known)));
        return policy.removed(List.copyOf(union.values()), clock, zone).stream()
                .map(RecoveryPoint::run)
                .collect(Collectors.toSet());
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
