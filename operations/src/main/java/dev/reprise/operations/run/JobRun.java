package dev.reprise.operations.run;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.check.Presence;
import dev.reprise.operations.point.Points;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.point.RunId;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.sources.Facts;
import dev.reprise.sources.files.FileTree;
import dev.reprise.storage.StorageException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/// Captures the sources of a job into one recovery point. One instance, one run.
public final class JobRun {
    /*
     * A point exists when its manifest does, and the manifest is written last. Until every source has been captured
     * no snapshot is written either: a required source that fails in the middle must not leave snapshots of the
     * others that look like a backup. What was stored before the failure is indexed all the same, so that the next
     * run finds it and is quicker.
     */
    private final Repository repository;
    private final RunRequest request;
    private final RunListener listener;
    private final InstantSource clock;
    private final ZoneId zone;
    private final RunId run;

    public JobRun(
            Repository repository,
            RunRequest request,
            InstantSource clock,
            ZoneId zone,
            SecureRandom random,
            RunListener listener) {
        this.repository = repository;
        this.request = request;
        this.clock = clock;
        this.zone = zone;
        this.listener = listener;
        this.run = RunId.random(random);
    }

    /// @return the point, which may name optional sources that failed and items that could not be read
    /// @throws RepriseException if a required source fails or the repository cannot be used; then there is no
    /// point
    public RecoveryPoint run() {
        Instant started = clock.instant();
        try (RepositoryLock lock = repository.lockToLoadIndex(RepositoryLock.Kind.SHARED, request.lockPatience())) {
            List<StoredSnapshot> snapshots = repository.snapshots((_, _) -> {});
            BlobIndex index = repository.loadIndex(JobRun::refuse);
            Presence.requirePacks(repository, index);
            try (BlobWriter writer = repository.writer(index, lock, request.writing())) {
                var sourceCapture = new SourceCapture(
                        repository,
                        lock,
                        index,
                        writer,
                        snapshots,
                        FileTree.local(),
                        request,
                        run,
                        clock,
                        zone,
                        listener);
                List<Capture> captures = captureAll(sourceCapture, writer);
                listener.on(new RunEvent.Sealing());
                writer.finish();
                lock.ensureHeld();
                RecoveryPoint point = seal(started, captures, lock);
                sourceCapture.forgetProgress();
                listener.on(new RunEvent.Finished(point));
                return point;
            }
        }
    }

    private static void refuse(ObjectId index, RuntimeException reason) {
        throw RepositoryException.refused(
                reason.getMessage() + "; a backup would save again what it names",
                "run \"restic repair index\", which makes it anew from the packs; restores work meanwhile");
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

    private RecoveryPoint seal(Instant started, List<Capture> captures, RepositoryLock lock) {
        if (captures.stream().allMatch(capture -> capture.snapshot() == null)) {
            throw new OperationException(
                    ExitStatus.SOURCE_FAILED,
                    "no source of job %s could be captured, no recovery point was written".formatted(request.job()),
                    "see the messages above for each source",
                    null);
        }
        List<CapturedSource> sources = new ArrayList<>();
        for (Capture capture : captures) {
            ObjectId id = capture.snapshot() == null ? null : repository.save(capture.snapshot());
            sources.add(capture.captured(id));
        }
        lock.ensureHeld();
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
        new Points(repository).save(point);
        for (CapturedSource source : sources) {
            listener.on(new RunEvent.SourceFinished(source));
        }
        return point;
    }

    /// Facts of sources that know nothing but their time.
    static Facts at(Instant moment) {
        return new Facts(
                moment, Facts.NONE.versions(), Facts.NONE.positions(), Facts.NONE.counts(), Facts.NONE.digests());
    }
}
