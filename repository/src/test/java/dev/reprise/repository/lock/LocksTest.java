package dev.reprise.repository.lock;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.repository.crypto.KeySet;
import dev.reprise.repository.lock.RepositoryLock.Kind;
import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.model.ProcessIdentity;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.unpacked.SealedDocuments;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.faults.FaultyStorage;
import dev.reprise.storage.faults.FaultyStorage.Operation;
import dev.reprise.storage.memory.MemoryStorage;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LocksTest {
    private static final ProcessIdentity SELF = new ProcessIdentity("db1", "backup", 4711, 1000, 1001);
    private static final long LIVING = 100;

    private final FakeTime time = new FakeTime();
    private final FaultyStorage storage = new FaultyStorage(new MemoryStorage(), 1);
    private final SealedDocuments documents = new SealedDocuments(storage, someKeys(), 2, new SecureRandom());
    private final List<String> remarks = new ArrayList<>();
    private final Locks locks = locks(SELF);

    private static KeySet someKeys() {
        byte[] bytes = new byte[KeySet.BYTES];
        Arrays.fill(bytes, (byte) 7);
        return KeySet.of(bytes);
    }

    private Locks locks(ProcessIdentity self) {
        return new Locks(storage, documents, self, time, time, pid -> pid == LIVING, remarks::add);
    }

    private HeldLock take(Kind kind) {
        return (HeldLock) locks.acquire(kind, Duration.ZERO);
    }

    private List<ObjectId> files() {
        List<ObjectId> ids = new ArrayList<>();
        storage.list(
                ObjectType.LOCK, object -> ids.add(ObjectId.parse(object.key().name())));
        return ids;
    }

    private ObjectId foreign(Instant written, boolean exclusive, String host, long pid) {
        GoTime when = new GoTime(written.getEpochSecond(), written.getNano(), 0);
        ProcessIdentity holder = new ProcessIdentity(host, "root", pid, 0, 0);
        return documents.save(ObjectType.LOCK, new LockRecord(when, exclusive, holder).json());
    }

    private ObjectId foreign(boolean exclusive) {
        return foreign(FakeTime.START, exclusive, "other", 5);
    }

    private void delete(ObjectId id) {
        storage.delete(ObjectKey.of(ObjectType.LOCK, id));
    }

    private LockRecord content(ObjectId id) {
        return LockRecord.parse(documents.load(ObjectType.LOCK, id));
    }

    @Test
    void a_lock_is_written_as_restic_writes_it() {
        GoTime when = GoTime.parse("2026-01-15T11:00:00.5+01:00");
        assertThat(new String(new LockRecord(when, true, SELF).json(), UTF_8))
                .isEqualTo("{\"time\":\"2026-01-15T11:00:00.5+01:00\",\"exclusive\":true,\"hostname\":\"db1\","
                        + "\"username\":\"backup\",\"pid\":4711,\"uid\":1000,\"gid\":1001}");
        assertThat(new String(new LockRecord(when, false, new ProcessIdentity("h", "root", 1, 0, 0)).json(), UTF_8))
                .isEqualTo("{\"time\":\"2026-01-15T11:00:00.5+01:00\",\"exclusive\":false,\"hostname\":\"h\","
                        + "\"username\":\"root\",\"pid\":1}");
    }

    @Test
    void a_lock_names_this_process_and_goes_when_closed() {
        try (HeldLock lock = take(Kind.SHARED)) {
            LockRecord written = content(lock.id());
            assertThat(written.holder()).isEqualTo(SELF);
            assertThat(written.exclusive()).isFalse();
            assertThat(written.age(FakeTime.START)).isZero();
            assertThat(time.pauses).containsExactly(Duration.ofMillis(200));
            assertThat(lock.kind()).isEqualTo(Kind.SHARED);
            lock.ensureHeld();
        }
        assertThat(files()).isEmpty();
        assertThat(time.repeats()).isFalse();
    }

    @Test
    void what_is_done_meanwhile_counts_as_waiting() {
        var seen = new ArrayList<ObjectId>();
        try (RepositoryLock _ = locks.acquire(Kind.SHARED, Duration.ZERO, _ -> {
            seen.addAll(files());
            time.pass(Duration.ofMillis(150));
        })) {
            assertThat(time.pauses).containsExactly(Duration.ofMillis(50));
            assertThat(seen).hasSize(1);
        }
        time.pauses.clear();
        try (RepositoryLock _ = locks.acquire(Kind.SHARED, Duration.ZERO, _ -> time.pass(Duration.ofMillis(201)))) {
            assertThat(time.pauses).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_lock_is_kept_fresh_also_while_an_index_is_read_before_it_is_held(Kind kind) {
        var oldest = new ArrayList<Duration>();
        try (RepositoryLock lock = locks.acquire(kind, Duration.ZERO, _ -> {
            for (int minute = 0; minute < 45; minute++) {
                time.minutes(1);
                files().forEach(file -> oldest.add(content(file).age(time.instant())));
            }
        })) {
            assertThat(oldest).hasSize(45).allMatch(age -> age.compareTo(Duration.ofMinutes(5)) <= 0);
            assertThat(files()).hasSize(1);
            lock.ensureHeld();
        }
        assertThat(files()).isEmpty();
        assertThat(time.repeats()).isFalse();
    }

    @Test
    void a_lock_removed_while_an_index_is_read_before_it_is_held_is_not_given_out() {
        assertThatThrownBy(() -> locks.acquire(Kind.EXCLUSIVE, Duration.ZERO, _ -> {
                    time.minutes(3);
                    files().forEach(this::delete);
                }))
                .isInstanceOfSatisfying(
                        RepriseException.class, e -> assertThat(e.exitStatus()).isEqualTo(ExitStatus.LOCKED))
                .hasMessageContaining("removed by somebody else");
        assertThat(files()).isEmpty();
        assertThat(time.repeats()).isFalse();
    }

    @Test
    void an_announced_lock_is_held_when_it_was_first_asked_for() {
        var held = new ArrayList<ObjectId>();
        RepositoryLock lock = locks.announce(Kind.SHARED, () -> held.addAll(files()));
        assertThat(files()).hasSize(1);
        assertThat(time.pauses).isEmpty();
        time.pass(Duration.ofMillis(150));
        lock.ensureHeld();
        lock.ensureHeld();
        assertThat(time.pauses).containsExactly(Duration.ofMillis(50));
        assertThat(held).hasSize(1);
        lock.close();
        assertThat(files()).isEmpty();
        assertThat(time.repeats()).isFalse();
    }

    @Test
    void an_announced_lock_is_refused_by_one_that_came_before_it_is_held_and_stays_so() {
        var reasons = new ArrayList<Throwable>();
        RepositoryLock lock = locks.announce(Kind.SHARED, () -> reasons.add(new AssertionError("called")));
        ObjectId other = foreign(true);
        time.pass(Duration.ofMinutes(1));
        for (int i = 0; i < 2; i++) {
            reasons.add(catchThrowable(lock::ensureHeld));
            assertThat(files()).containsExactly(other);
            delete(other);
            other = foreign(false);
        }
        assertThat(reasons)
                .hasSize(2)
                .allSatisfy(reason -> assertThat(reason)
                        .hasMessageContaining("is locked exclusively by host other")
                        .isInstanceOfSatisfying(
                                RepriseException.class,
                                e -> assertThat(e.exitStatus()).isEqualTo(ExitStatus.LOCKED)));
        lock.close();
        assertThat(files()).containsExactly(other);
        assertThat(time.repeats()).isFalse();
    }

    @Test
    void an_announced_lock_is_refused_when_what_was_read_before_is_no_longer_true() {
        RepositoryLock lock = locks.announce(Kind.SHARED, () -> {
            throw RepositoryException.overtaken("memory:");
        });
        assertThatThrownBy(lock::ensureHeld)
                .hasMessage("repository memory: was pruned or repaired at the moment it was locked; nothing was"
                        + " written");
        assertThat(files()).isEmpty();
    }

    @Test
    void an_announced_lock_that_was_never_asked_for_goes_without_waiting() {
        locks.announce(Kind.EXCLUSIVE, () -> {}).close();
        assertThat(time.pauses).isEmpty();
        assertThat(files()).isEmpty();
        assertThat(time.repeats()).isFalse();
    }

    @Test
    void threads_that_ask_for_an_announced_lock_together_look_once() throws InterruptedException {
        RepositoryLock lock = locks.announce(Kind.SHARED, () -> {});
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(lock::ensureHeld));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(storage.count(Operation.LIST)).isEqualTo(2);
        assertThat(time.pauses).containsExactly(Duration.ofMillis(200));
        lock.close();
    }

    @Test
    void a_lock_whose_writing_failed_after_it_had_happened_is_not_left_behind() {
        ObjectId other = foreign(false);
        storage.on(Operation.COMMIT).nth(1).failAfterwards(StorageException.Kind.UNREACHABLE);

        assertThatThrownBy(() -> take(Kind.SHARED)).isInstanceOf(StorageException.class);

        assertThat(files()).containsExactly(other);
    }

    @Test
    void any_number_of_shared_locks_may_be_held() {
        foreign(false);
        try (HeldLock one = take(Kind.SHARED);
                HeldLock two = take(Kind.SHARED)) {
            assertThat(files()).hasSize(3).contains(one.id(), two.id());
        }
    }

    @ParameterizedTest
    @CsvSource({"SHARED, true", "EXCLUSIVE, true", "EXCLUSIVE, false"})
    void a_conflicting_lock_is_exit_status_11_and_names_its_holder(Kind wanted, boolean held) {
        ObjectId other = foreign(held);
        time.pass(Duration.ofMinutes(12));
        assertThatThrownBy(() -> take(wanted))
                .isInstanceOfSatisfying(
                        RepriseException.class, e -> assertThat(e.exitStatus()).isEqualTo(ExitStatus.LOCKED))
                .hasMessage("repository memory: is locked%s by host other pid 5, 12 minutes old"
                        .formatted(held ? " exclusively" : ""));
        assertThat(files()).containsExactly(other);
        assertThat(storage.count(Operation.COMMIT)).isEqualTo(1);
    }

    @Test
    void a_stale_lock_blocks_until_somebody_removes_it() {
        foreign(FakeTime.START.minus(Duration.ofMinutes(31)), true, "other", 5);
        assertThatThrownBy(() -> take(Kind.SHARED)).hasMessageEndingWith("31 minutes old");
        assertThat(locks.removeStale(false)).isEqualTo(1);
        take(Kind.SHARED).close();
    }

    @Test
    void a_lock_that_appears_while_ours_settles_wins_and_ours_goes() {
        List<ObjectId> other = new ArrayList<>();
        time.at(Duration.ofMillis(200), () -> other.add(foreign(true)));
        assertThatThrownBy(() -> take(Kind.SHARED)).hasMessageContaining("is locked exclusively by host other");
        assertThat(files()).isEqualTo(other);
        assertThat(time.repeats()).isFalse();
    }

    @Test
    void our_file_goes_when_the_second_look_fails() {
        storage.on(Operation.LIST).nth(2).fail(StorageException.Kind.UNREACHABLE);
        assertThatThrownBy(() -> take(Kind.SHARED)).isInstanceOf(StorageException.class);
        assertThat(files()).isEmpty();
    }

    @Test
    void an_interrupt_while_waiting_removes_our_file_and_is_kept() {
        Waiting interrupted = new Waiting() {
            @Override
            public long nanoTime() {
                return time.nanoTime();
            }

            @Override
            public void pause(Duration duration) throws InterruptedException {
                throw new InterruptedException();
            }

            @Override
            public Repetition repeat(Duration period, Runnable task) {
                return () -> {};
            }
        };
        Locks impatient = new Locks(storage, documents, SELF, time, interrupted, pid -> true, remarks::add);
        assertThatThrownBy(() -> impatient.acquire(Kind.SHARED, Duration.ZERO))
                .isInstanceOf(CancelledException.class)
                .hasMessage("interrupted while waiting for a lock of the repository");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(files()).isEmpty();

        RepositoryLock announced = impatient.announce(Kind.SHARED, () -> {});
        assertThatThrownBy(announced::ensureHeld).isInstanceOf(CancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
        announced.close();
        assertThat(files()).isEmpty();
    }

    @Test
    void an_empty_lock_file_is_ignored() {
        ObjectKey empty = ObjectKey.of(ObjectType.LOCK, ObjectId.hash(new byte[0]));
        storage.write(empty, new byte[0]);
        take(Kind.EXCLUSIVE).close();
        assertThat(storage.size(empty)).isZero();
    }

    @Test
    void a_lock_that_cannot_be_read_blocks_and_is_named() {
        byte[] garbage = "garbage".getBytes(UTF_8);
        ObjectId id = ObjectId.hash(garbage);
        storage.write(ObjectKey.of(ObjectType.LOCK, id), garbage);
        assertThatThrownBy(() -> take(Kind.SHARED))
                .isInstanceOfSatisfying(RepriseException.class, e -> {
                    assertThat(e.exitStatus()).isEqualTo(ExitStatus.FAILED);
                    assertThat(e.hint()).contains("reprise unlock --remove-all");
                })
                .hasMessage("lock " + id.hex() + " is damaged: a sealed unit has at least 32 bytes, this one 7;"
                        + " so nobody knows whether it is held");
        assertThat(time.pauses).containsExactly(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(20));
        assertThat(locks.removeStale(false)).isZero();
        assertThat(locks.removeStale(true)).isEqualTo(1);
    }

    @Test
    void a_lock_that_is_gone_when_it_is_read_again_does_not_block() {
        byte[] garbage = "half an upload".getBytes(UTF_8);
        ObjectId id = ObjectId.hash(garbage);
        storage.write(ObjectKey.of(ObjectType.LOCK, id), garbage);
        time.at(Duration.ofSeconds(15), () -> delete(id));
        take(Kind.SHARED).close();
        assertThat(Duration.between(FakeTime.START, time.instant())).isEqualTo(Duration.ofMillis(15_200));
    }

    @Test
    void a_sealed_lock_with_nonsense_inside_blocks_and_is_named() {
        ObjectId id = documents.save(ObjectType.LOCK, "{\"time\":\"yesterday\"}".getBytes(UTF_8));
        assertThatThrownBy(() -> take(Kind.SHARED))
                .hasMessage("lock " + id.hex() + " is damaged: not a time (expected like"
                        + " 2024-01-15T10:00:00.5+01:00): yesterday; so nobody knows whether it is held");
    }

    @Test
    void any_flipped_bit_of_a_lock_is_noticed_and_named() {
        ObjectId id = foreign(false);
        ObjectKey key = ObjectKey.of(ObjectType.LOCK, id);
        byte[] good = storage.readAll(key);
        for (int bit = 0; bit < good.length * 8; bit += 5) {
            byte[] changed = good.clone();
            changed[bit / 8] ^= (byte) (1 << (bit % 8));
            storage.delete(key);
            storage.write(key, changed);
            assertThatThrownBy(() -> take(Kind.SHARED))
                    .as("bit %d", bit)
                    .hasMessage("lock " + id.hex() + " is damaged: its " + good.length
                            + " bytes do not hash to its name; so nobody knows whether it is held");
        }
    }

    @Test
    void patience_tries_again_after_5_then_10_seconds() {
        ObjectId other = foreign(true);
        time.at(Duration.ofSeconds(7), () -> delete(other));
        locks.acquire(Kind.SHARED, Duration.ofMinutes(1)).close();
        assertThat(time.pauses).containsExactly(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofMillis(200));
    }

    @Test
    void patience_ends_on_time_with_the_lock_that_is_in_the_way() {
        foreign(true);
        assertThatThrownBy(() -> locks.acquire(Kind.SHARED, Duration.ofMinutes(4)))
                .hasMessageContaining("is locked exclusively by host other pid 5, 4 minutes old");
        assertThat(time.pauses).extracting(Duration::toSeconds).containsExactly(5L, 10L, 20L, 40L, 60L, 60L, 45L);
    }

    @Test
    void a_lock_is_replaced_every_5_minutes_and_never_missing() {
        HeldLock lock = take(Kind.EXCLUSIVE);
        ObjectId first = lock.id();
        time.minutes(4);
        assertThat(lock.id()).isEqualTo(first);
        int before = storage.history().size();
        time.minutes(1);
        assertThat(lock.id()).isNotEqualTo(first);
        assertThat(files()).containsExactly(lock.id());
        assertThat(content(lock.id()).exclusive()).isTrue();
        assertThat(content(lock.id()).age(time.instant())).isLessThan(Duration.ofSeconds(1));
        List<Operation> steps = storage.history().stream()
                .skip(before)
                .map(FaultyStorage.Event::operation)
                .filter(step -> step == Operation.COMMIT || step == Operation.DELETE)
                .limit(2)
                .toList();
        assertThat(steps).containsExactly(Operation.COMMIT, Operation.DELETE);
        time.minutes(60);
        lock.ensureHeld();
        lock.close();
        assertThat(files()).isEmpty();
    }

    @Test
    void a_refresh_that_fails_is_tried_again_a_minute_later() {
        HeldLock lock = take(Kind.SHARED);
        ObjectId first = lock.id();
        storage.on(Operation.COMMIT).fail(StorageException.Kind.UNREACHABLE);
        time.minutes(8);
        assertThat(lock.id()).isEqualTo(first);
        lock.ensureHeld();
        storage.heal();
        time.minutes(1);
        assertThat(lock.id()).isNotEqualTo(first);
        lock.close();
    }

    @Test
    void an_old_file_that_could_not_be_removed_is_removed_later() {
        HeldLock lock = take(Kind.SHARED);
        storage.on(Operation.DELETE).nth(1).fail(StorageException.Kind.UNREACHABLE);
        time.minutes(5);
        assertThat(files()).hasSize(2).contains(lock.id());
        lock.close();
        assertThat(files()).isEmpty();
    }

    @Test
    void without_a_refresh_work_ends_after_22_and_a_half_minutes() {
        HeldLock lock = take(Kind.SHARED);
        storage.on(Operation.COMMIT).fail(StorageException.Kind.UNREACHABLE);
        time.minutes(22);
        lock.ensureHeld();
        time.pass(Duration.ofSeconds(30));
        assertThatThrownBy(lock::ensureHeld)
                .isInstanceOfSatisfying(
                        RepriseException.class, e -> assertThat(e.exitStatus()).isEqualTo(ExitStatus.LOCKED))
                .hasMessageStartingWith("the lock of the repository could not be refreshed for 22 minutes");
    }

    @Test
    void after_a_standstill_work_goes_on_if_the_old_lock_is_still_there() {
        HeldLock lock = take(Kind.EXCLUSIVE);
        ObjectId first = lock.id();
        time.pauses.clear();
        time.pass(Duration.ofMinutes(25));
        lock.ensureHeld();
        assertThat(time.pauses).containsExactly(Duration.ofMillis(200));
        assertThat(files()).containsExactly(lock.id()).doesNotContain(first);
        lock.close();
    }

    @Test
    void after_a_standstill_work_ends_if_the_old_lock_was_removed() {
        HeldLock lock = take(Kind.EXCLUSIVE);
        time.pass(Duration.ofMinutes(25));
        delete(lock.id());
        assertThatThrownBy(lock::ensureHeld)
                .isInstanceOfSatisfying(
                        RepositoryException.class,
                        failure -> assertThat(failure.exitStatus()).isEqualTo(ExitStatus.LOCKED))
                .hasMessageStartingWith("the lock of the repository was removed by somebody else");
        assertThat(files()).isEmpty();
    }

    @Test
    void a_lock_removed_while_its_successor_settles_ends_work_and_leaves_no_file() {
        HeldLock lock = take(Kind.EXCLUSIVE);
        ObjectId first = lock.id();
        time.pass(Duration.ofMinutes(25));
        time.at(Duration.ofMinutes(25).plusMillis(400), () -> delete(first));
        assertThatThrownBy(lock::ensureHeld).isInstanceOf(RepositoryException.class);
        assertThat(files()).isEmpty();
        time.minutes(10);
        assertThat(files()).isEmpty();
        assertThatThrownBy(lock::ensureHeld).isInstanceOf(RepositoryException.class);
    }

    @Test
    void a_lock_removed_by_others_is_noticed_within_seconds() {
        HeldLock lock = take(Kind.SHARED);
        delete(lock.id());
        time.pass(Duration.ofSeconds(5));
        assertThatThrownBy(lock::ensureHeld)
                .hasMessageStartingWith("the lock of the repository was removed by somebody else");
        lock.close();
    }

    @Test
    void a_storage_that_does_not_answer_is_no_proof_that_the_lock_is_gone() {
        HeldLock lock = take(Kind.SHARED);
        storage.on(Operation.SIZE).fail(StorageException.Kind.UNREACHABLE);
        time.minutes(10);
        lock.ensureHeld();
        storage.heal();
        lock.close();
    }

    @Test
    void closing_an_interrupted_thread_removes_the_lock_and_keeps_the_interrupt() {
        HeldLock lock = take(Kind.SHARED);
        Thread.currentThread().interrupt();
        lock.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(files()).isEmpty();
    }

    @Test
    void a_lock_that_cannot_be_removed_says_so_once() {
        HeldLock lock = take(Kind.SHARED);
        storage.on(Operation.DELETE).nth(1).fail(StorageException.Kind.OTHER);
        assertThatThrownBy(lock::close)
                .isInstanceOf(RepriseException.class)
                .hasMessageStartingWith("lock " + lock.id().hex() + " could not be removed: ");
        lock.close();
        assertThat(remarks).isEmpty();
    }

    @Test
    void where_nothing_may_be_deleted_locks_stay_and_nothing_fails() {
        refuseDeletions();
        HeldLock lock = take(Kind.SHARED);
        time.minutes(11);
        lock.ensureHeld();
        lock.close();
        assertThat(files()).hasSize(3);
        assertThat(remarks).singleElement().asString().startsWith("3 lock files may not be removed and stay");
    }

    @Test
    void a_lock_that_may_not_be_removed_expires() {
        foreign(FakeTime.START.minus(Duration.ofMinutes(29)), true, "other", 5);
        refuseDeletions();
        assertThatThrownBy(() -> take(Kind.SHARED)).hasMessageContaining("is locked exclusively by host other");
        time.minutes(2);
        take(Kind.SHARED).ensureHeld();
    }

    @ParameterizedTest
    @CsvSource({"5, true", "100, false"})
    void a_lock_of_this_host_that_may_not_be_removed_ends_with_its_process(long pid, boolean expired) {
        foreign(FakeTime.START, true, SELF.hostname(), pid);
        refuseDeletions();
        if (expired) {
            take(Kind.EXCLUSIVE).ensureHeld();
        } else {
            assertThatThrownBy(() -> take(Kind.SHARED)).hasMessageContaining("is locked exclusively");
        }
    }

    @Test
    void a_storage_that_does_not_answer_lets_no_lock_expire() {
        foreign(FakeTime.START.minus(Duration.ofHours(2)), true, "other", 5);
        storage.on(Operation.DELETE).from(1).fail(StorageException.Kind.UNREACHABLE);
        assertThatThrownBy(() -> take(Kind.SHARED)).hasMessageContaining("is locked exclusively by host other");
    }

    private void refuseDeletions() {
        storage.on(Operation.DELETE).from(1).fail(StorageException.Kind.DENIED);
    }

    @Test
    void a_lock_given_back_is_no_lock() {
        HeldLock lock = take(Kind.SHARED);
        lock.close();
        assertThatThrownBy(lock::ensureHeld).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "-31, other, 100, true",
        "-30, other, 100, false",
        "-29, other, 5, false",
        "-31, db1, 100, true",
        "-1, db1, 100, false",
        "-1, db1, 5, true",
        "-1, other, 0, true",
        "600, other, 5, false",
    })
    void unlock_removes_what_nobody_can_hold_any_more(int minutes, String host, long pid, boolean removed) {
        foreign(FakeTime.START.plus(Duration.ofMinutes(minutes)), true, host, pid);
        assertThat(locks.removeStale(false)).isEqualTo(removed ? 1 : 0);
        assertThat(files()).hasSize(removed ? 0 : 1);
    }

    @Test
    void a_lock_without_time_is_stale() {
        documents.save(ObjectType.LOCK, "{\"pid\":5,\"hostname\":\"other\"}".getBytes(UTF_8));
        assertThat(locks.removeStale(false)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void removing_all_also_removes_ours_which_then_ends_work(Kind kind) {
        HeldLock lock = take(kind);
        assertThat(locks.removeStale(true)).isEqualTo(1);
        time.minutes(5);
        assertThatThrownBy(lock::ensureHeld).isInstanceOf(RepositoryException.class);
        assertThat(files()).isEmpty();
        lock.close();
    }

    @Test
    void random_bytes_are_a_lock_or_refused() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] good = new LockRecord(GoTime.parse("2026-01-15T11:00:00Z"), true, SELF).json();
        for (int i = 0; i < 5_000; i++) {
            byte[] changed = good.clone();
            for (int changes = random.nextInt(1, 6); changes > 0; changes--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(LockRecord.parse(changed).json()).isNotEmpty();
            } catch (IllegalArgumentException refused) {
                assertThat(refused).as("seed %d", seed).message().isNotBlank();
            }
        }
    }
}
