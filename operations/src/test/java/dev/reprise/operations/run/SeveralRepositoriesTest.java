package dev.reprise.operations.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ByteSize;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.RawName;
import dev.reprise.base.RepriseException;
import dev.reprise.base.Secret;
import dev.reprise.operations.backup.FilesRequest;
import dev.reprise.operations.check.CheckListener;
import dev.reprise.operations.check.RepositoryCheck;
import dev.reprise.operations.copy.CopyPlan;
import dev.reprise.operations.point.Points;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RunId;
import dev.reprise.repository.Repository;
import dev.reprise.repository.chunk.Polynomial;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.Compression;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.faults.FaultyStorage;
import dev.reprise.storage.faults.FaultyStorage.Operation;
import dev.reprise.storage.memory.MemoryStorage;
import java.io.IOException;
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
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One run into three repositories, each of which may fail.
class SeveralRepositoriesTest {
    private static final Instant NOW = Instant.parse("2026-11-21T03:00:00Z");
    private static final Polynomial POLYNOMIAL = Polynomial.parse("3da3358b4dc173");

    private final FaultyStorage near = new FaultyStorage(new MemoryStorage(), 1);
    private final FaultyStorage far = new FaultyStorage(new MemoryStorage(), 2);
    private final FaultyStorage vault = new FaultyStorage(new MemoryStorage(), 3);
    private final AtomicLong seconds = new AtomicLong();
    private final InstantSource clock = () -> NOW.plusSeconds(seconds.getAndIncrement());
    private final List<RunEvent> events = Collections.synchronizedList(new ArrayList<>());
    private final List<Repository> opened = new ArrayList<>();

    @TempDir
    private Path folder;

    private List<Destination> destinations = List.of();

    @BeforeEach
    void create() throws IOException {
        destinations = List.of(init("near", near), init("far", far), init("vault", vault));
        byte[] content = new byte[3_000_000];
        new Random(7).nextBytes(content);
        Files.write(Files.createDirectory(folder.resolve("uploads")).resolve("big"), content);
        Files.writeString(folder.resolve("uploads/small"), "first");
    }

    private Destination init(String name, FaultyStorage storage) {
        var repository = Repository.init(
                storage,
                Secret.of(name),
                new Repository.InitOptions(2, POLYNOMIAL, new ScryptParameters(2, 8, 1)),
                new SecureRandom(),
                InstantSource.fixed(NOW));
        opened.add(repository);
        return new Destination(name, repository, new WriterOptions(Compression.AUTO, ByteSize.ofMebibytes(4)));
    }

    @AfterEach
    void close() {
        opened.forEach(Repository::close);
    }

    @Test
    void one_reading_makes_the_same_point_in_every_repository() {
        RunResult result = run();
        assertThat(result.everywhere()).isTrue();
        assertThat(result.copies()).extracting(RunResult.Copy::repository).containsExactly("near", "far", "vault");
        for (Destination destination : destinations) {
            assertThat(points(destination)).containsExactly(result.point());
            assertSound(destination);
        }
        List<StoredSnapshot> there = snapshots(destinations.get(2));
        assertThat(CopyPlan.of(snapshots(destinations.getFirst()), there).missing())
                .isEmpty();
        assertThat(there.getFirst().snapshot().original())
                .isEqualTo(snapshots(destinations.getFirst()).getFirst().id());
    }

    @Test
    void an_unchanged_tree_is_not_read_again_for_any_of_them() {
        run();
        events.clear();
        RunResult second = run();
        // Directories above the source are others' too and may have changed; three megabytes have not.
        assertThat(second.point().sources().getFirst().addedBytes()).isLessThan(10_000);
        assertThat(second.everywhere()).isTrue();
    }

    @Test
    void a_repository_that_fails_on_the_way_is_behind_and_caught_up_by_the_next_run() throws IOException {
        run();
        Files.writeString(folder.resolve("uploads/small"), "second");
        far.on(Operation.COMMIT).from(2).fail(StorageException.Kind.UNREACHABLE); // the lock is still written

        RunResult second = run();
        assertThat(failed(second)).containsExactly("far");
        assertThat(lost()).containsExactly("far");
        assertThat(points(destinations.get(0))).hasSize(2).contains(second.point());
        assertThat(points(destinations.get(2))).hasSize(2).contains(second.point());

        far.heal();
        assertThat(points(destinations.get(1))).hasSize(1);
        RunResult third = run();
        assertThat(third.everywhere()).isTrue();
        assertThat(third.copies().get(1).caughtUp()).isEqualTo(2);
        assertThat(points(destinations.get(1)))
                .extracting(RecoveryPoint::run)
                .containsExactlyElementsOf(points(destinations.getFirst()).stream()
                        .map(RecoveryPoint::run)
                        .toList());
        destinations.forEach(this::assertSound);

        RunResult fourth = run();
        assertThat(fourth.copies().get(1).caughtUp()).isZero();
    }

    @Test
    void the_first_of_them_may_be_the_one_that_fails() throws IOException {
        run();
        Files.writeString(folder.resolve("uploads/small"), "second");
        near.on(Operation.COMMIT).from(2).fail(StorageException.Kind.OTHER);
        RunResult second = run();
        assertThat(failed(second)).containsExactly("near");
        near.heal();
        assertThat(points(destinations.get(1))).contains(second.point());
        assertThat(points(destinations.get(2))).contains(second.point());
        assertThat(run().copies().getFirst().caughtUp()).isEqualTo(2);
        destinations.forEach(this::assertSound);
    }

    @Test
    void one_that_cannot_even_be_listed_does_not_keep_the_others_from_their_point() {
        vault.on(Operation.LIST).from(1).fail(StorageException.Kind.UNREACHABLE);
        RunResult result = run();
        assertThat(failed(result)).containsExactly("vault");
        assertThat(points(destinations.getFirst())).containsExactly(result.point());
    }

    @Test
    void when_the_first_vanishes_everything_is_read_anew_and_nothing_counts_as_unreadable() throws IOException {
        for (int i = 0; i < 30; i++) {
            Files.writeString(
                    Files.createDirectories(folder.resolve("uploads/d" + i)).resolve("f"), "content " + i);
        }
        run();
        near.on(Operation.READ).from(4).fail(StorageException.Kind.UNREACHABLE);
        RunResult second = run();
        near.heal();
        assertThat(second.point().complete()).isTrue();
        assertThat(second.point().sources().getFirst().unreadable()).isZero();
        destinations.forEach(this::assertSound);
    }

    @Test
    void points_missed_in_between_are_filled_in_from_whoever_has_them() throws IOException {
        run();
        far.on(Operation.LIST).from(1).fail(StorageException.Kind.UNREACHABLE);
        vault.on(Operation.LIST).from(1).fail(StorageException.Kind.UNREACHABLE);
        RunResult onlyNear = run();
        assertThat(failed(onlyNear)).containsExactly("far", "vault");
        far.heal();
        vault.heal();
        near.on(Operation.LIST).from(1).fail(StorageException.Kind.UNREACHABLE);
        RunResult withoutNear = run();
        assertThat(failed(withoutNear)).containsExactly("near");
        near.heal();

        run();
        for (Destination destination : destinations) {
            assertThat(points(destination))
                    .extracting(RecoveryPoint::run)
                    .hasSize(4)
                    .contains(onlyNear.point().run(), withoutNear.point().run());
            assertSound(destination);
        }
    }

    @Test
    void what_a_repository_has_forgotten_is_not_given_back() {
        RunResult first = run();
        run();
        Destination forgetful = destinations.get(1);
        snapshots(forgetful).stream()
                .filter(stored -> stored.snapshot()
                        .tags()
                        .contains("run:" + first.point().run().hex()))
                .forEach(stored -> far.delete(ObjectKey.of(ObjectType.SNAPSHOT, stored.id())));
        RunResult third = run();
        assertThat(third.copies().get(1).caughtUp()).isZero();
        assertThat(snapshots(forgetful)).hasSize(2);
    }

    @Test
    void those_behind_take_over_when_all_that_are_not_fail() {
        destinations = destinations.subList(0, 2);
        run();
        far.on(Operation.LIST).from(1).fail(StorageException.Kind.UNREACHABLE);
        run();
        far.heal();
        near.on(Operation.COMMIT).from(2).fail(StorageException.Kind.FULL);
        RunResult third = run();
        assertThat(failed(third)).containsExactly("near");
        assertThat(points(destinations.get(1))).contains(third.point());
        near.heal();
        run();
        destinations.forEach(this::assertSound);
        assertThat(points(destinations.getFirst())).hasSize(4);
    }

    @Test
    void a_new_repository_is_given_what_the_others_have() {
        destinations = destinations.subList(0, 2);
        run();
        run();
        destinations = List.of(
                destinations.get(0), destinations.get(1), init("new", new FaultyStorage(new MemoryStorage(), 4)));
        RunResult third = run();
        assertThat(third.copies().get(2).caughtUp()).isEqualTo(3);
        assertThat(points(destinations.get(2))).hasSize(3);
        assertSound(destinations.get(2));
    }

    @Test
    void when_none_is_left_there_is_no_point() {
        for (FaultyStorage storage : List.of(near, far, vault)) {
            storage.on(Operation.COMMIT).from(2).fail(StorageException.Kind.FULL);
        }
        assertThatThrownBy(this::run).isInstanceOf(StorageException.class);
        for (FaultyStorage storage : List.of(near, far, vault)) {
            storage.heal();
        }
        for (Destination destination : destinations) {
            assertThat(points(destination)).isEmpty();
        }
    }

    @Test
    void a_lock_of_somebody_else_leaves_only_that_repository_behind() {
        try (var held = destinations.get(1).repository().lock(RepositoryLock.Kind.EXCLUSIVE, Duration.ZERO)) {
            RunResult result = run();
            assertThat(failed(result)).containsExactly("far");
            assertThat(result.copies().get(1).failure())
                    .isInstanceOfSatisfying(
                            RepriseException.class,
                            failure -> assertThat(failure.exitStatus()).isEqualTo(ExitStatus.LOCKED));
            held.ensureHeld();
        }
        assertThat(run().copies().get(1).caughtUp()).isEqualTo(2);
    }

    @Test
    void one_that_is_behind_takes_part_if_nobody_who_is_not_can_be_opened() {
        destinations = destinations.subList(0, 2);
        run();
        far.on(Operation.LIST).from(1).fail(StorageException.Kind.UNREACHABLE);
        assertThat(failed(run())).containsExactly("far");
        far.heal();
        try (var held = destinations.getFirst().repository().lock(RepositoryLock.Kind.EXCLUSIVE, Duration.ZERO)) {
            RunResult third = run();
            assertThat(failed(third)).containsExactly("near");
            assertThat(points(destinations.get(1))).contains(third.point());
            held.ensureHeld();
        }
        destinations.forEach(this::assertSound);
    }

    private static List<String> failed(RunResult result) {
        return result.copies().stream()
                .filter(copy -> copy.failure() != null)
                .map(RunResult.Copy::repository)
                .toList();
    }

    private List<String> lost() {
        return events.stream()
                .filter(RunEvent.DestinationLost.class::isInstance)
                .map(event -> ((RunEvent.DestinationLost) event).repository())
                .toList();
    }

    private RunResult run() {
        var source = new RunSource.Files(
                "uploads",
                true,
                new FilesRequest(
                        List.of(RawName.of(folder.resolve("uploads").toString())),
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
        var request = new RunRequest(
                "nightly",
                "app1",
                "root",
                0,
                0,
                List.of(),
                List.of(source),
                "1.2.3",
                2,
                Duration.ofHours(1),
                Duration.ZERO,
                Map.of("job", "nightly"));
        return new JobRun(destinations, request, clock, ZoneOffset.UTC, RunId.random(new SecureRandom()), events::add)
                .run();
    }

    private static List<RecoveryPoint> points(Destination destination) {
        return new Points(destination.repository()).asWritten((id, reason) -> {
            throw new AssertionError("point " + id, reason);
        });
    }

    private static List<StoredSnapshot> snapshots(Destination destination) {
        return destination.repository().snapshots((id, reason) -> {
            throw new AssertionError("snapshot " + id, reason);
        });
    }

    /// Everything is read, and every point can be restored whole.
    private void assertSound(Destination destination) {
        var points = new Points(destination.repository());
        assertThat(points.whole(points(destination))).hasSameSizeAs(points(destination));
        List<CheckListener.CheckEvent> found = Collections.synchronizedList(new ArrayList<>());
        assertThat(new RepositoryCheck(destination.repository(), found::add)
                        .run(true, 2)
                        .defects())
                .as("%s", found)
                .isZero();
    }
}
