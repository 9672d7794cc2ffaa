package dev.reprise.storage.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.storage.FakeWaiting;
import dev.reprise.storage.Forwarding;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.Waiting;
import dev.reprise.storage.faults.FaultyStorage;
import dev.reprise.storage.faults.FaultyStorage.Operation;
import dev.reprise.storage.memory.MemoryStorage;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RetryingStorageTest {
    private static final byte[] CONTENT = new byte[1000];
    private static final ObjectKey PACK = ObjectKey.of(ObjectType.PACK, ObjectId.hash(CONTENT));
    /// `nextDouble()` gives 0.5: every pause is exactly what is due.
    private static final RandomGenerator MIDDLE = () -> 1L << 63;

    private final MemoryStorage memory = new MemoryStorage();
    private final FaultyStorage faulty = new FaultyStorage(memory, 42);
    private final FakeWaiting waiting = new FakeWaiting();
    private final List<String> told = new ArrayList<>();
    private final Storage storage = retrying(faulty);

    private Storage retrying(Storage place) {
        RetryListener listener =
                (operation, pause, reason) -> told.add(operation + ", " + pause.toSeconds() + " s, " + reason.kind());
        return new RetryingStorage(place, RetryPolicy.DEFAULT, waiting, MIDDLE, listener);
    }

    private static StorageException failure(Runnable action) {
        try {
            action.run();
        } catch (StorageException e) {
            return e;
        }
        throw new AssertionError("should have failed");
    }

    private static List<Long> seconds(List<Duration> pauses) {
        return pauses.stream().map(Duration::toSeconds).toList();
    }

    @Test
    void pauses_double_from_a_second_to_a_minute_until_a_quarter_of_an_hour_is_over() {
        faulty.on(Operation.SIZE).fail(Kind.UNREACHABLE);
        StorageException failure = failure(() -> storage.size(PACK));
        assertThat(seconds(waiting.pauses()))
                .containsExactly(
                        1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L, 60L, 60L, 60L, 60L, 60L, 60L, 60L, 60L, 60L, 60L);
        assertThat(waiting.passed()).isLessThanOrEqualTo(Duration.ofMinutes(15));
        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure.fact()).endsWith("(given up after 20 attempts in 843 s)");
    }

    @Test
    void chance_adds_or_takes_up_to_half_of_a_pause() {
        assertThat(RetryPolicy.DEFAULT.pause(1, () -> 0)).isEqualTo(Duration.ofMillis(500));
        assertThat(RetryPolicy.DEFAULT.pause(1, () -> -1)).isBetween(Duration.ofMillis(1499), Duration.ofMillis(1500));
        assertThat(RetryPolicy.DEFAULT.pause(1_000_000, () -> -1))
                .isBetween(Duration.ofSeconds(89), Duration.ofSeconds(90));
    }

    @Test
    void an_operation_that_takes_long_itself_has_fewer_attempts() {
        faulty.on(Operation.SIZE).slow(Duration.ofMinutes(7), waiting::pause);
        faulty.on(Operation.SIZE).fail(Kind.UNREACHABLE);
        assertThat(failure(() -> storage.size(PACK)).fact()).contains("after 3 attempts");
    }

    @Test
    void what_failed_for_good_comes_out_at_once() {
        for (Kind kind : List.of(Kind.NOT_FOUND, Kind.DENIED, Kind.RANGE_TOO_SHORT, Kind.FULL, Kind.OTHER)) {
            faulty.on(Operation.READ).nth(1).fail(kind);
            assertThat(failure(() -> storage.readAll(PACK)).kind()).isEqualTo(kind);
        }
        assertThat(waiting.pauses()).isEmpty();
        assertThat(faulty.count(Operation.READ)).isEqualTo(5);
    }

    @Test
    void an_absent_object_is_absent_only_when_the_place_says_so() {
        faulty.on(Operation.SIZE).nth(1).fail(Kind.UNREACHABLE);
        memory.write(PACK, CONTENT);
        assertThat(storage.size(PACK)).isEqualTo(1000);
        assertThat(told).containsExactly("Stat(<data/541b3e9daa>), 1 s, UNREACHABLE");
    }

    @Test
    void a_body_that_breaks_in_the_middle_is_read_from_its_start_again() {
        memory.write(PACK, CONTENT);
        faulty.on(Operation.READ).nth(1).sever();
        faulty.on(Operation.READ).nth(2).cut();
        var lengths = new ArrayList<Integer>();
        byte[] read = storage.read(PACK, 100, 900, body -> {
            byte[] all = body.readNBytes(900);
            lengths.add(all.length);
            return all;
        });
        assertThat(read).hasSize(900);
        assertThat(faulty.count(Operation.READ)).isEqualTo(3);
        assertThat(lengths).last().isEqualTo(900);
    }

    @Test
    void a_body_that_is_always_too_short_is_an_error_and_not_an_end() {
        memory.write(PACK, CONTENT);
        faulty.on(Operation.READ).cut();
        StorageException failure = failure(() -> storage.read(PACK, 0, 1000, InputStream::readAllBytes));
        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure.fact()).contains("ended after", "of 1000 bytes");
    }

    @Test
    void the_readers_own_failure_is_no_reason_to_read_again() {
        memory.write(PACK, CONTENT);
        Storage blaming = retrying(new BlamingStorage(memory));
        assertThat(failure(() -> blaming.read(PACK, 0, -1, body -> {
                            throw new IOException("no space left on the reader's disk");
                        }))
                        .kind())
                .isEqualTo(Kind.OTHER);
        var others = new StorageException(Kind.UNREACHABLE, "another place", "", null);
        assertThatThrownBy(() -> blaming.read(PACK, 0, -1, body -> {
                    throw others;
                }))
                .isSameAs(others);
        assertThatThrownBy(() -> blaming.list(ObjectType.PACK, object -> {
                    throw others;
                }))
                .isSameAs(others);
        assertThat(waiting.pauses()).isEmpty();
    }

    @Test
    void a_listing_that_breaks_off_and_repeats_itself_names_every_object_once() {
        var expected = new ArrayList<ObjectKey>();
        for (int i = 0; i < 500; i++) {
            byte[] content = {(byte) i, (byte) (i >> 8)};
            expected.add(ObjectKey.of(ObjectType.INDEX, ObjectId.hash(content)));
            memory.write(expected.getLast(), content);
        }
        expected.add(new ObjectKey(ObjectType.INDEX, "0".repeat(64)));
        memory.write(expected.getLast(), CONTENT);
        faulty.on(Operation.LIST).duplicate();
        faulty.on(Operation.LIST).reorder();
        faulty.on(Operation.LIST).sometimes(0.9).breakOff();
        var found = new ArrayList<ObjectKey>();
        storage.list(ObjectType.INDEX, object -> found.add(object.key()));
        assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(faulty.count(Operation.LIST)).isGreaterThan(1);
    }

    @Test
    void a_commit_is_repeated_with_the_same_content() {
        faulty.on(Operation.COMMIT).nth(1).fail(Kind.THROTTLED);
        faulty.on(Operation.COMMIT).nth(1).fail(Kind.UNREACHABLE);
        storage.write(PACK, CONTENT);
        assertThat(memory.readAll(PACK)).isEqualTo(CONTENT);
        assertThat(told)
                .containsExactly(
                        "Save(<data/541b3e9daa>), 1 s, THROTTLED", "Save(<data/541b3e9daa>), 2 s, UNREACHABLE");
    }

    /// The answer of the first commit was lost; the place refuses the second as it never
    /// overwrites.
    @Test
    void a_refused_repetition_is_a_success_if_the_whole_object_is_there() {
        Storage strict = retrying(new StrictStorage(memory, CONTENT));
        strict.write(PACK, CONTENT);
        assertThat(memory.size(PACK)).isEqualTo(1000);
        strict.write(ObjectKey.CONFIG, CONTENT);
        assertThat(memory.readAll(ObjectKey.CONFIG)).isEqualTo(CONTENT);
    }

    @Test
    void a_refused_repetition_is_a_failure_if_something_else_is_there() {
        Storage shorter = retrying(new StrictStorage(memory, new byte[999]));
        assertThat(failure(() -> shorter.write(PACK, CONTENT)).kind()).isEqualTo(Kind.DENIED);
        byte[] other = new byte[1000];
        other[7] = 1;
        Storage different = retrying(new StrictStorage(memory, other));
        assertThat(failure(() -> different.write(ObjectKey.CONFIG, CONTENT)).kind())
                .isEqualTo(Kind.DENIED);
    }

    @Test
    void a_first_commit_that_is_refused_is_a_failure_whatever_is_there() {
        memory.write(PACK, CONTENT);
        faulty.on(Operation.COMMIT).fail(Kind.DENIED);
        assertThat(failure(() -> storage.write(PACK, CONTENT)).kind()).isEqualTo(Kind.DENIED);
    }

    @Test
    void an_interrupted_thread_waits_no_longer_and_stays_interrupted() {
        faulty.on(Operation.DELETE).fail(Kind.UNREACHABLE);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> storage.delete(PACK)).isInstanceOf(CancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(faulty.count(Operation.DELETE)).isEqualTo(1);
    }

    @Test
    void real_waiting_ends_at_once_when_interrupted() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Waiting.REAL.pause(Duration.ofHours(1))).isInstanceOf(CancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    /// Takes every failure of a reader or consumer for one of its connection.
    private record BlamingStorage(Storage place) implements Forwarding {
        @Override
        public <T extends @Nullable Object> T read(ObjectKey key, long offset, long length, BodyReader<T> reader) {
            return place.read(key, offset, length, body -> {
                try {
                    return reader.read(body);
                } catch (IOException e) {
                    throw new StorageException(Kind.UNREACHABLE, "connection: " + e.getMessage(), "", e);
                }
            });
        }
    }

    /// Never overwrites, and loses the answer of every first commit, after which `stored` is there.
    private record StrictStorage(Storage place, byte[] stored) implements Forwarding {
        @Override
        public Draft draft(ObjectType type) {
            return new Draft() {
                private boolean committed;

                @Override
                public void append(byte[] bytes, int offset, int length) {}

                @Override
                public void commit(String name) {
                    if (committed) {
                        throw new StorageException(Kind.DENIED, name + " exists", "", null);
                    }
                    committed = true;
                    place.write(new ObjectKey(type, name), stored);
                    throw new StorageException(Kind.UNREACHABLE, "answer lost", "", null);
                }

                @Override
                public void close() {}
            };
        }
    }
}
