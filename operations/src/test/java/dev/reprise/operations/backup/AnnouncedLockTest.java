package dev.reprise.operations.backup;

import static dev.reprise.operations.backup.Bench.in;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reprise.base.ByteSize;
import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.Compression;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.faults.FaultyStorage;
import dev.reprise.storage.faults.FaultyStorage.Operation;
import dev.reprise.storage.memory.MemoryStorage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A backup that reads while its lock is only announced")
class AnnouncedLockTest {
    private static final Instant TIME = Instant.parse("2026-11-21T10:00:00Z");
    private static final int FILE_BYTES = 5_000_000;
    private static final long SEED = 9;

    @TempDir
    Path folder;

    private final MemoryStorage place = new MemoryStorage();
    private final FaultyStorage storage = new FaultyStorage(place, SEED);
    private final Bench bench = new Bench(storage);
    /// Counted down by each file that is opened.
    private final CountDownLatch reading = new CountDownLatch(1);

    /// Each fills a pack, so that one is ready to be stored long before the lock is held.
    @BeforeEach
    void fill() throws IOException {
        folder = Files.createDirectory(folder.toRealPath().resolve("data"));
        byte[] content = new byte[FILE_BYTES];
        var random = new Random(SEED);
        for (int i = 0; i < 4; i++) {
            random.nextBytes(content);
            Files.write(folder.resolve("file" + i), content);
        }
    }

    @AfterEach
    void close() {
        assertThat(Threads.ofBackup()).isEmpty();
        bench.close();
    }

    private SnapshotBackup.Outcome run(RepositoryLock lock, BackupRequest.Source source) {
        var files = new WatchedTree((call, _) -> {
            if (call.equals("openFile")) {
                reading.countDown();
            }
        });
        var backup = new SnapshotBackup(
                bench.repository,
                bench.index(),
                lock,
                new WriterOptions(Compression.AUTO, ByteSize.ofMebibytes(4)),
                new BackupSnapshots("host", "root", 0, 0, "test", Bench.ZONE),
                files,
                InstantSource.fixed(TIME),
                bench.events::add,
                Duration.ofMinutes(5));
        return backup.run(new BackupRequest(source, TIME, TIME, List.of(), List.of(), false), null, List.of());
    }

    private BackupRequest.Source files() {
        return new BackupRequest.Files(in(folder).workers(2).request());
    }

    /// What happens between the announcement of a lock and the look that decides.
    private void beforeSecondLook(Runnable action) {
        storage.on(Operation.LIST).slow(Duration.ZERO, _ -> {
            if (storage.history().getLast().path().equals("locks")
                    && objects(ObjectType.LOCK).size() == 1) {
                action.run();
            }
        });
    }

    private void awaitReading() {
        try {
            assertThat(reading.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw CancelledException.interrupted("waiting for the first file");
        }
    }

    private void lockExclusively() {
        String json = "{\"time\":\"%s\",\"exclusive\":true,\"hostname\":\"elsewhere\",\"username\":\"root\",\"pid\":5}"
                .formatted(Instant.now());
        bench.repository.unpacked().save(ObjectType.LOCK, json.getBytes(US_ASCII));
    }

    private List<ObjectKey> objects(ObjectType type) {
        List<ObjectKey> keys = new ArrayList<>();
        place.list(type, object -> keys.add(object.key()));
        return keys;
    }

    private void assertNothingStored() {
        for (ObjectType type : List.of(ObjectType.PACK, ObjectType.INDEX, ObjectType.SNAPSHOT, ObjectType.PARTIAL)) {
            assertThat(objects(type)).as("%s", type).isEmpty();
        }
    }

    @Test
    void stores_nothing_when_another_took_the_exclusive_lock_meanwhile() {
        beforeSecondLook(() -> {
            awaitReading();
            lockExclusively();
        });
        try (RepositoryLock lock = bench.repository.announceLock(RepositoryLock.Kind.SHARED)) {
            RepriseException refused = catchThrowableOfType(RepriseException.class, () -> run(lock, files()));

            assertThat(refused.exitStatus()).isEqualTo(ExitStatus.LOCKED);
            assertThat(refused).hasMessageContaining("is locked exclusively by host elsewhere pid 5");
        }
        assertNothingStored();
        assertThat(objects(ObjectType.LOCK)).hasSize(1);
    }

    @Test
    void stores_nothing_when_cancelled_meanwhile() {
        try (RepositoryLock lock = bench.repository.announceLock(RepositoryLock.Kind.SHARED)) {
            Thread.currentThread().interrupt();
            RepriseException cancelled = catchThrowableOfType(RepriseException.class, () -> run(lock, files()));

            assertThat(cancelled.exitStatus()).isEqualTo(ExitStatus.CANCELLED);
        }
        assertThat(Thread.interrupted()).isTrue();
        assertNothingStored();
        assertThat(objects(ObjectType.LOCK)).isEmpty();
    }

    @Test
    void stores_all_once_it_is_held_and_nothing_before() {
        var early = new AtomicBoolean();
        beforeSecondLook(() -> {
            awaitReading();
            early.set(!objects(ObjectType.PACK).isEmpty());
        });
        try (RepositoryLock lock = bench.repository.announceLock(RepositoryLock.Kind.SHARED)) {
            assertThat(run(lock, files()).snapshot()).isNotNull();
        }
        assertThat(early).isFalse();
        assertThat(objects(ObjectType.SNAPSHOT)).hasSize(1);
        assertThat(objects(ObjectType.PACK)).hasSizeGreaterThanOrEqualTo(5);
        assertThat(objects(ObjectType.LOCK)).isEmpty();
    }

    @Test
    void does_not_begin_a_stream_that_can_be_read_once() {
        var begun = new AtomicBoolean();
        beforeSecondLook(this::lockExclusively);
        var stream = new BackupRequest.Stream(
                "dump",
                () -> {
                    begun.set(true);
                    return new ByteArrayInputStream(new byte[] {1});
                },
                1);
        try (RepositoryLock lock = bench.repository.announceLock(RepositoryLock.Kind.SHARED)) {
            RepriseException refused = catchThrowableOfType(RepriseException.class, () -> run(lock, stream));

            assertThat(refused.exitStatus()).isEqualTo(ExitStatus.LOCKED);
        }
        assertThat(begun).isFalse();
        assertNothingStored();
    }
}
