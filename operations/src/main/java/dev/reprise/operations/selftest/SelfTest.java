package dev.reprise.operations.selftest;

import dev.reprise.base.ByteSize;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.base.Secret;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.backup.BackupListener;
import dev.reprise.operations.backup.BackupSnapshots;
import dev.reprise.operations.backup.FilesBackup;
import dev.reprise.operations.backup.FilesRequest;
import dev.reprise.operations.backup.SavedTree;
import dev.reprise.operations.check.CheckListener.CheckEvent;
import dev.reprise.operations.check.CheckResult;
import dev.reprise.operations.check.RepositoryCheck;
import dev.reprise.operations.restore.FilesRestore;
import dev.reprise.operations.restore.FilesRestoreRequest;
import dev.reprise.operations.restore.RestoreListener;
import dev.reprise.operations.restore.RestoreResult;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.Compression;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.sources.files.FileTree;
import dev.reprise.storage.local.LocalStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/// Makes a repository, saves a folder made for the purpose, checks all of it, restores it and compares. Uses the same
/// engine as every verb. Belongs to one thread.
public final class SelfTest {
    private static final int FILES = 200;
    private static final int LARGE_BYTES = 12 << 20;

    private final Path folder;
    private final SecureRandom random;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final int workers;

    /// @param folder   empty; the caller removes it afterwards
    /// @param nanoTime a clock that never goes back, for measuring
    public SelfTest(Path folder, SecureRandom random, InstantSource clock, LongSupplier nanoTime, int workers) {
        this.folder = folder;
        this.random = random;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.workers = workers;
    }

    /// What was done, when all of it was right.
    ///
    /// @param bytes  saved and restored
    /// @param stored what they took in the repository
    /// @param packs  read and verified by the check
    public record Result(
            long files,
            long bytes,
            long stored,
            long packs,
            Duration backup,
            Duration check,
            Duration restore,
            Throughput throughput) {}

    /// @throws OperationException saying what was wrong
    public Result run() throws IOException {
        Path source = Files.createDirectory(folder.resolve("source"));
        fill(source);
        Map<String, ObjectId> saved = hashes(source);
        try (Secret password = Secret.of("self-test");
                Repository repository = Repository.init(
                        new LocalStorage(folder.resolve("repository")),
                        password,
                        Repository.InitOptions.DEFAULT,
                        random,
                        clock)) {
            long start = nanoTime.getAsLong();
            var stats = new BlobWriter.Stats[1];
            ObjectId tree = backup(repository, source, stats);
            long backedUp = nanoTime.getAsLong();
            CheckResult check = check(repository);
            long checked = nanoTime.getAsLong();
            Path target = folder.resolve("restored");
            restore(repository, tree, target);
            long restored = nanoTime.getAsLong();
            compare(saved, hashes(target));
            return new Result(
                    saved.size(),
                    size(source),
                    stats[0].storedBytes(),
                    check.packsRead(),
                    Duration.ofNanos(backedUp - start),
                    Duration.ofNanos(checked - backedUp),
                    Duration.ofNanos(restored - checked),
                    Throughput.measure(random, nanoTime));
        }
    }

    private void fill(Path source) throws IOException {
        byte[] noise = new byte[LARGE_BYTES];
        random.nextBytes(noise);
        Files.write(source.resolve("noise.bin"), noise);
        Files.writeString(source.resolve("text.txt"), "the same line again and again\n".repeat(LARGE_BYTES / 30));
        Files.createFile(source.resolve("empty"));
        Path many = Files.createDirectories(source.resolve("many/small/files"));
        for (int i = 0; i < FILES; i++) {
            Files.write(many.resolve("file-" + i), Arrays.copyOfRange(noise, i * 100, i * 100 + 37 * i));
        }
        Files.createSymbolicLink(source.resolve("link"), Path.of("many"));
    }

    private ObjectId backup(Repository repository, Path source, BlobWriter.Stats[] stats) {
        try (RepositoryLock lock = repository.lock(RepositoryLock.Kind.SHARED, Duration.ZERO)) {
            BlobIndex index = repository.loadIndex((id, reason) -> {
                throw failed("index " + id.hex() + ": " + reason.getMessage());
            });
            var options = new WriterOptions(Compression.AUTO, ByteSize.ofMebibytes(16));
            Instant start = clock.instant();
            try (BlobWriter writer = repository.writer(index, lock, options)) {
                var files = new FilesBackup(
                        repository, index, writer, FileTree.local(), ZoneId.systemDefault(), BackupListener.SILENT);
                SavedTree saved = files.run(request(source));
                writer.finish();
                stats[0] = writer.stats();
                if (saved.unreadable() > 0) {
                    throw failed(saved.unreadable() + " items could not be read");
                }
                repository.save(new BackupSnapshots("self-test", "", 0, 0, "self-test", ZoneId.systemDefault())
                        .snapshot(start, null, saved, List.of(), List.of(), writer.stats(), start, clock.instant()));
                return saved.tree();
            }
        }
    }

    private FilesRequest request(Path source) {
        return new FilesRequest(
                List.of(RawName.of(".")),
                RawName.of(source.toString()),
                null,
                List.of(),
                Map.of(),
                false,
                -1,
                false,
                false,
                false,
                false,
                workers);
    }

    private CheckResult check(Repository repository) {
        var defects = new ArrayList<String>();
        CheckResult result = new RepositoryCheck(repository, event -> {
                    if (event instanceof CheckEvent.Defect(String fact)) {
                        synchronized (defects) {
                            defects.add(fact);
                        }
                    }
                })
                .run(true, workers);
        if (result.defects() > 0 || result.snapshots() != 1) {
            throw failed("the check found %d snapshots and %s".formatted(result.snapshots(), defects));
        }
        return result;
    }

    private void restore(Repository repository, ObjectId tree, Path target) {
        BlobIndex index = repository.loadIndex((id, reason) -> {
            throw failed("index " + id.hex() + ": " + reason.getMessage());
        });
        RestoreResult result = new FilesRestore(repository, index, RestoreListener.SILENT)
                .run(new FilesRestoreRequest(
                        tree,
                        target,
                        List.of(),
                        List.of(),
                        FilesRestoreRequest.Overwrite.ALWAYS,
                        false,
                        false,
                        true,
                        false,
                        workers));
        if (result.failed() > 0) {
            throw failed("%d items were not restored: %s".formatted(result.failed(), result.failures()));
        }
    }

    private static void compare(Map<String, ObjectId> saved, Map<String, ObjectId> restored) {
        if (!saved.equals(restored)) {
            var missing = new TreeMap<>(saved);
            missing.entrySet().removeAll(restored.entrySet());
            throw failed("what was restored differs from what was saved: " + missing.keySet());
        }
    }

    private static OperationException failed(String fact) {
        return new OperationException(
                ExitStatus.FAILED, "the self-test failed: " + fact, "test the memory and disks of this machine", null);
    }

    /// Content of files and targets of links, by path below the folder.
    private static Map<String, ObjectId> hashes(Path folder) throws IOException {
        var hashes = new TreeMap<String, ObjectId>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .toList()) {
                byte[] content = Files.isSymbolicLink(file)
                        ? Files.readSymbolicLink(file).toString().getBytes(StandardCharsets.UTF_8)
                        : Files.readAllBytes(file);
                hashes.put(folder.relativize(file).toString(), ObjectId.hash(content));
            }
        }
        return hashes;
    }

    private static long size(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                    .mapToLong(path -> path.toFile().length())
                    .sum();
        }
    }
}
