package dev.reprise.compat;

import dev.reprise.base.ByteSize;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.base.Secret;
import dev.reprise.operations.backup.Checkpoints;
import dev.reprise.operations.backup.FilesRequest;
import dev.reprise.operations.check.CheckListener.CheckEvent;
import dev.reprise.operations.check.CheckResult;
import dev.reprise.operations.check.RepositoryCheck;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.point.RunId;
import dev.reprise.operations.restore.FilesRestore;
import dev.reprise.operations.restore.FilesRestoreRequest;
import dev.reprise.operations.restore.RestoreEvent;
import dev.reprise.operations.restore.RestoreResult;
import dev.reprise.operations.run.Destination;
import dev.reprise.operations.run.JobRun;
import dev.reprise.operations.run.RunListener;
import dev.reprise.operations.run.RunRequest;
import dev.reprise.operations.run.RunSource;
import dev.reprise.repository.Repository;
import dev.reprise.repository.model.Compression;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.storage.Storage;
import dev.reprise.storage.local.LocalStorage;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// A repository as Reprise's own engine sees it; every call opens it anew, as a new process would.
public final class RepriseRepository {
    static final String HOST = "compat-host";
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int WORKERS = 2;

    private final Supplier<? extends Storage> place;
    private final String password;

    private final ZoneId zone;

    public RepriseRepository(Path folder, String password) {
        this(folder, password, ZoneId.systemDefault());
    }

    RepriseRepository(Path folder, String password, ZoneId zone) {
        this(() -> new LocalStorage(folder), password, zone);
    }

    /// @param place opens it, anew for every call here
    public RepriseRepository(Supplier<? extends Storage> place, String password, ZoneId zone) {
        this.place = place;
        this.password = password;
        this.zone = zone;
    }

    public void init(int version) {
        CheapRepository.create(place.get(), password, version);
    }

    public Repository open() {
        return Repository.open(place.get(), Secret.of(password), RANDOM, InstantSource.system());
    }

    /// Saves one folder by its absolute path.
    CapturedSource backup(Path target, Compression compression) {
        return backup(RawName.of(target.toString()), RawName.of("/"), compression);
    }

    /// Saves the content of a folder by the name `.`: no folder above it, whose times others change, gets into the
    /// tree.
    CapturedSource backupInside(Path folder, Compression compression) {
        return backup(RawName.of("."), RawName.of(folder.toString()), compression);
    }

    private CapturedSource backup(RawName target, RawName workingDirectory, Compression compression) {
        try (Repository repository = open()) {
            var files = new FilesRequest(
                    List.of(target),
                    workingDirectory,
                    null,
                    List.of(),
                    Map.of(),
                    false,
                    -1,
                    false,
                    false,
                    false,
                    false,
                    WORKERS);
            var request = new RunRequest(
                    "compat",
                    HOST,
                    "root",
                    0,
                    0,
                    List.of(),
                    List.of(new RunSource.Files("folder", true, files, List.of())),
                    "compat",
                    WORKERS,
                    Checkpoints.EVERY,
                    Duration.ofSeconds(30),
                    Map.of());
            var destination =
                    new Destination("main", repository, new WriterOptions(compression, ByteSize.ofMebibytes(16)));
            return new JobRun(
                            List.of(destination),
                            request,
                            InstantSource.system(),
                            zone,
                            RunId.random(RANDOM),
                            RunListener.SILENT)
                    .run()
                    .point()
                    .sources()
                    .getFirst();
        }
    }

    public List<StoredSnapshot> snapshots() {
        try (Repository repository = open()) {
            return repository.snapshots((id, reason) -> {
                throw new AssertionError("snapshot " + id, reason);
            });
        }
    }

    /// Restores a whole snapshot.
    ///
    /// @return what could not be restored
    public List<String> restore(ObjectId snapshot, Path target) {
        List<String> failed = Collections.synchronizedList(new ArrayList<>());
        try (Repository repository = open()) {
            var request = new FilesRestoreRequest(
                    repository.snapshot(snapshot).tree(),
                    target,
                    List.of(),
                    List.of(),
                    FilesRestoreRequest.Overwrite.ALWAYS,
                    false,
                    false,
                    true,
                    false,
                    WORKERS);
            RestoreResult result = new FilesRestore(
                            repository, repository.loadIndex((id, reason) -> failed.add(id + ": " + reason)), event -> {
                                switch (event) {
                                    case RestoreEvent.Failed(String path, String reason) ->
                                        failed.add(path + ": " + reason);
                                    case RestoreEvent.Warning(String fact) -> failed.add(fact);
                                    case RestoreEvent.Planned _, RestoreEvent.Progress _, RestoreEvent.ItemDone _ -> {}
                                }
                            })
                    .run(request);
            if (result.items() == 0) {
                failed.add("nothing was restored");
            }
        }
        return failed;
    }

    /// Reads everything.
    ///
    /// @return what is wrong; a check that examined nothing counts as wrong
    public List<String> check() {
        List<String> defects = Collections.synchronizedList(new ArrayList<>());
        try (Repository repository = open()) {
            CheckResult result = new RepositoryCheck(repository, event -> {
                        if (event instanceof CheckEvent.Defect(String fact)) {
                            defects.add(fact);
                        }
                    })
                    .run(true, WORKERS);
            if (result.snapshots() == 0 || result.packsRead() == 0) {
                defects.add("nothing was examined: " + result);
            }
        }
        return defects;
    }
}
