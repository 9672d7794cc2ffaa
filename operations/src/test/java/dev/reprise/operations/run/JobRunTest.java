package dev.reprise.operations.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reprise.base.ByteSize;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.base.RepriseException;
import dev.reprise.base.Secret;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.backup.BackupEvent;
import dev.reprise.operations.backup.FilesRequest;
import dev.reprise.operations.check.CheckListener.CheckEvent;
import dev.reprise.operations.check.PointCheck;
import dev.reprise.operations.point.Points;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.point.RecoveryPoint.Outcome;
import dev.reprise.operations.point.RunId;
import dev.reprise.repository.Repository;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.repository.model.Compression;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.sources.Facts;
import dev.reprise.sources.RestorePlan;
import dev.reprise.sources.RestoreRequest;
import dev.reprise.sources.SourceException;
import dev.reprise.sources.SourceListener;
import dev.reprise.sources.StreamSource;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.faults.FaultyStorage;
import dev.reprise.storage.faults.FaultyStorage.Operation;
import dev.reprise.storage.local.LocalStorage;
import dev.reprise.storage.memory.MemoryStorage;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobRunTest {
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final Instant NOW = Instant.parse("2026-11-21T03:00:00Z");

    @TempDir
    private Path folder;

    private final FaultyStorage storage = new FaultyStorage(new MemoryStorage(), 1);
    private Repository repository = init(storage);
    private final AtomicLong seconds = new AtomicLong();
    private final InstantSource clock = () -> NOW.plusSeconds(seconds.getAndIncrement());
    private final List<RunEvent> events = Collections.synchronizedList(new ArrayList<>());
    private RunListener listener = events::add;

    private static Repository init(Storage storage) {
        return Repository.init(
                storage,
                Secret.of("test"),
                new Repository.InitOptions(2, null, new ScryptParameters(2, 8, 1)),
                new SecureRandom(),
                InstantSource.fixed(NOW));
    }

    @AfterEach
    void close() {
        repository.close();
    }

    /// A database that delivers two streams and may fail after the first, or after both.
    private static final class Database implements StreamSource {
        private final String name;
        private final int failingAfter;
        private final int cutAt;

        Database(String name, int failingAfter) {
            this(name, failingAfter, 0);
        }

        /// @param cutAt the second stream breaks off after so many bytes; 0 for never
        Database(String name, int failingAfter, int cutAt) {
            this.name = name;
            this.failingAfter = cutAt > 0 ? -1 : failingAfter;
            this.cutAt = cutAt;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String kind() {
            return "postgres";
        }

        @Override
        public void probe() {}

        @Override
        public Facts capture(StreamSink sink, SourceListener listener) {
            for (int i = 0; i < 2; i++) {
                failIf(i);
                byte[] content = (name + " stream " + i).getBytes(StandardCharsets.UTF_8);
                try {
                    boolean cut = i == 1 && cutAt > 0;
                    sink.store("part-" + i, cut ? new BreakingStream(cutAt) : new ByteArrayInputStream(content));
                } catch (IOException e) {
                    throw new SourceException(name + " broke off", "look at it", e);
                }
            }
            failIf(2);
            return new Facts(NOW, new TreeMap<>(), new TreeMap<>(), new TreeMap<>(Map.of("t", 5L)), new TreeMap<>());
        }

        private void failIf(int streams) {
            if (streams == failingAfter) {
                throw new SourceException(name + " went away", "start it", null);
            }
        }

        @Override
        public RestorePlan plan(StoredStreams stored, RestoreRequest request) {
            throw new AssertionError("not restored here");
        }

        @Override
        public Facts restore(StoredStreams stored, RestorePlan plan, SourceListener listener) {
            throw new AssertionError("not restored here");
        }
    }

    /// Random bytes, then the end of the connection.
    private static final class BreakingStream extends InputStream {
        private final Random random = new Random();
        private int left;

        BreakingStream(int left) {
            this.left = left;
        }

        @Override
        public int read() {
            throw new AssertionError("read in blocks");
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0) {
                throw new EOFException("the connection was closed");
            }
            byte[] some = new byte[Math.min(left, length)];
            random.nextBytes(some);
            System.arraycopy(some, 0, bytes, offset, some.length);
            left -= some.length;
            return some.length;
        }
    }

    private static RunSource whole(String name) {
        return new RunSource.Streams(new Database(name, -1), true);
    }

    private static RunSource failing(String name, int after, boolean required) {
        return new RunSource.Streams(new Database(name, after), required);
    }

    private RunSource files() throws IOException {
        Files.writeString(folder.resolve("file"), "content");
        return new RunSource.Files(
                "uploads",
                true,
                new FilesRequest(
                        List.of(RawName.of(folder.toString())),
                        RawName.of("/"),
                        null,
                        List.of(),
                        Map.of(),
                        false,
                        -1,
                        false,
                        false,
                        false,
                        false,
                        2),
                List.of());
    }

    private RecoveryPoint run(RunSource... sources) {
        var request = new RunRequest(
                "nightly",
                "app1",
                "root",
                0,
                0,
                List.of("production"),
                List.of(sources),
                "1.2.3",
                2,
                Duration.ZERO,
                Duration.ZERO,
                Map.of("job", "nightly"));
        var writing = new WriterOptions(Compression.AUTO, ByteSize.ofMebibytes(4));
        var destination = new Destination("main", repository, writing);
        return new JobRun(
                        List.of(destination),
                        request,
                        clock,
                        ZoneOffset.UTC,
                        RunId.random(new SecureRandom()),
                        listener)
                .run()
                .point();
    }

    private List<RecoveryPoint> points() {
        return new Points(repository).list((id, reason) -> {
            throw new AssertionError("point " + id, reason);
        });
    }

    private List<StoredSnapshot> snapshots() {
        return repository.snapshots((id, reason) -> {
            throw new AssertionError("snapshot " + id, reason);
        });
    }

    private int count(ObjectType type) {
        var names = new ArrayList<String>();
        storage.list(type, object -> names.add(object.key().name()));
        return names.size();
    }

    @Test
    void one_run_makes_a_snapshot_per_source_and_one_point_that_names_them() throws IOException {
        RecoveryPoint point = run(whole("db"), files());

        assertThat(points()).containsExactly(point);
        assertThat(point.complete()).isTrue();
        assertThat(point.program()).isEqualTo("reprise 1.2.3");
        assertThat(point.sources()).extracting(CapturedSource::name).containsExactly("db", "uploads");
        assertThat(snapshots()).hasSize(2);
        for (CapturedSource source : point.sources()) {
            assertThat(repository
                            .snapshot(Objects.requireNonNull(source.snapshot()))
                            .tags())
                    .contains(
                            "production",
                            "job:nightly",
                            "source:" + source.name(),
                            "run:" + point.run().hex());
        }
        CapturedSource db = point.source("db").orElseThrow();
        assertThat(db.facts().counts()).containsEntry("t", 5L);
        assertThat(db.streams()).extracting(RecoveryPoint.CapturedStream::path).containsExactly("part-0", "part-1");
        assertThat(point.source("uploads").orElseThrow().facts().counts()).containsEntry("files", 1L);
        assertThat(count(ObjectType.LOCK)).isZero();
    }

    @Test
    void a_required_source_that_fails_half_way_leaves_neither_point_nor_snapshot() throws IOException {
        var failure = catchThrowableOfType(
                OperationException.class, () -> run(files(), failing("db", 1, true), whole("later")));

        assertThat(failure.exitStatus()).isEqualTo(ExitStatus.SOURCE_FAILED);
        assertThat(failure.fact()).contains("source db failed, no recovery point was written: db went away");
        assertThat(failure.hint()).isEqualTo("start it");
        assertThat(points()).isEmpty();
        assertThat(snapshots()).isEmpty();
        assertThat(count(ObjectType.LOCK)).isZero();
    }

    @Test
    void what_a_failed_run_had_stored_is_found_again_by_the_next_one() {
        assertThatThrownBy(() -> run(whole("db"), failing("other", 0, true))).isInstanceOf(OperationException.class);
        int packs = count(ObjectType.PACK);
        assertThat(count(ObjectType.INDEX)).isPositive();

        RecoveryPoint point = run(whole("db"));

        assertThat(point.sources().getFirst().addedBytes())
                .as("only trees are new")
                .isLessThan(1000);
        assertThat(count(ObjectType.PACK)).isBetween(packs, packs + 1);
    }

    @Test
    void the_last_word_of_a_source_decides_after_all_its_streams_arrived() {
        assertThatThrownBy(() -> run(failing("db", 2, true))).isInstanceOf(OperationException.class);
        assertThat(points()).isEmpty();
        assertThat(snapshots()).isEmpty();
    }

    @Test
    void an_optional_source_that_fails_is_recorded_without_what_it_had_delivered() {
        RecoveryPoint point = run(failing("cache", 1, false), whole("db"));

        assertThat(point.complete()).isFalse();
        CapturedSource cache = point.source("cache").orElseThrow();
        assertThat(cache.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(cache.snapshot()).isNull();
        assertThat(cache.problems()).anyMatch(problem -> problem.contains("cache went away"));
        assertThat(snapshots()).hasSize(1);
        assertThat(points()).containsExactly(point);
    }

    /// Threads are storing chunks when the stream ends; real channels react to interrupts.
    @RepeatedTest(5)
    void a_long_stream_that_breaks_off_costs_only_its_own_source() {
        repository.close();
        repository = init(new LocalStorage(folder.resolve("repository")));

        RecoveryPoint point = run(new RunSource.Streams(new Database("cache", 1, 24 << 20), false), whole("db"));

        assertThat(point.source("cache").orElseThrow().outcome()).isEqualTo(Outcome.FAILED);
        assertThat(point.source("db").orElseThrow().outcome()).isEqualTo(Outcome.CAPTURED);
        var failure = catchThrowableOfType(
                OperationException.class, () -> run(new RunSource.Streams(new Database("other", 1, 24 << 20), true)));
        assertThat(failure.exitStatus()).isEqualTo(ExitStatus.SOURCE_FAILED);
    }

    @Test
    void the_newest_point_must_keep_its_snapshots_and_older_ones_may_lose_them() {
        RecoveryPoint first = run(whole("db"), whole("other"));
        RecoveryPoint second = run(whole("db"), whole("other"));
        delete(first, "db");
        var told = new ArrayList<String>();
        assertThat(check(told)).isEqualTo(new PointCheck.Result(2, 1, 0));
        assertThat(told).singleElement().asString().contains(first.run().shortHex(), "source db", "forgotten");

        delete(second, "other");
        told.clear();
        assertThat(check(told)).isEqualTo(new PointCheck.Result(2, 1, 1));
        assertThat(told).anyMatch(fact -> fact.contains("source other, although it is the newest point"));

        delete(second, "db");
        assertThat(check(told).defects()).as("a point that lost everything").isEqualTo(2);
    }

    private void delete(RecoveryPoint point, String source) {
        ObjectId snapshot =
                Objects.requireNonNull(point.source(source).orElseThrow().snapshot());
        storage.delete(ObjectKey.of(ObjectType.SNAPSHOT, snapshot));
    }

    private PointCheck.Result check(List<String> told) {
        return new PointCheck(repository, event -> {
                    switch (event) {
                        case CheckEvent.Defect(String fact) -> told.add(fact);
                        case CheckEvent.Hint(String fact) -> told.add(fact);
                        default -> throw new AssertionError(event);
                    }
                })
                .run();
    }

    @Test
    void problems_are_told_up_to_a_bound() {
        var problems = new Problems();
        for (int i = 0; i < Problems.MOST + 7; i++) {
            problems.add("file " + i);
        }
        assertThat(problems.told()).hasSize(Problems.MOST + 1).endsWith("file 999", "and 7 more");
    }

    @Test
    void a_run_in_which_every_optional_source_failed_is_no_point() {
        var failure = catchThrowableOfType(
                OperationException.class, () -> run(failing("a", 0, false), failing("b", 2, false)));
        assertThat(failure.exitStatus()).isEqualTo(ExitStatus.SOURCE_FAILED);
        assertThat(points()).isEmpty();
    }

    @Test
    void a_storage_that_fails_is_never_taken_for_an_optional_source() {
        storage.on(Operation.COMMIT).from(2).fail(StorageException.Kind.UNREACHABLE); // the first is the lock
        var failure = catchThrowableOfType(RepriseException.class, () -> run(failing("cache", 1, false), whole("db")));
        storage.heal();
        assertThat(failure).isInstanceOf(StorageException.class);
        assertThat(points()).isEmpty();
        assertThat(snapshots()).isEmpty();
    }

    @Test
    void an_unchanged_folder_is_not_read_again() throws IOException {
        byte[] noise = new byte[1 << 20];
        new Random(1).nextBytes(noise);
        Files.write(folder.resolve("noise"), noise);
        RunSource files = files();
        run(files);
        RecoveryPoint second = run(files);
        // The directories above belong to others, and may change meanwhile.
        assertThat(second.sources().getFirst().addedBytes()).isLessThan(10_000);
        assertThat(snapshots().getLast().snapshot().parent())
                .isEqualTo(snapshots().getFirst().id());
    }

    private void awaitCheckpoint() {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (count(ObjectType.PARTIAL) == 0) {
            assertThat(System.nanoTime()).as("waiting for a checkpoint").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void a_failed_run_leaves_what_it_had_finished_and_the_next_one_goes_on_and_removes_it() throws Exception {
        for (int i = 10; i < 30; i++) {
            Files.writeString(Files.createDirectory(folder.resolve("d" + i)).resolve("f"), "content " + i);
        }
        RunSource files = files();
        listener = event -> {
            events.add(event);
            if (event instanceof RunEvent.FromBackup(String _, BackupEvent.ItemDone done)
                    && done.path().endsWith("/d29/f")) {
                awaitCheckpoint();
            }
        };

        assertThatThrownBy(() -> run(files, failing("db", 0, true))).isInstanceOf(OperationException.class);
        assertThat(count(ObjectType.PARTIAL)).isEqualTo(1);
        assertThat(snapshots()).isEmpty();

        listener = events::add;
        RecoveryPoint point = run(files);

        assertThat(count(ObjectType.PARTIAL)).isZero();
        assertThat(snapshots()).hasSize(1);
        assertThat(point.sources().getFirst().outcome()).isEqualTo(Outcome.CAPTURED);
    }
}
