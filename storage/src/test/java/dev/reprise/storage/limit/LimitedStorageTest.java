package dev.reprise.storage.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.faults.FaultyStorage;
import dev.reprise.storage.faults.FaultyStorage.Operation;
import dev.reprise.storage.faults.Freeze;
import dev.reprise.storage.memory.MemoryStorage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Memory serves four at a time.
class LimitedStorageTest {
    private static final byte[] CONTENT = new byte[100];
    private static final ObjectKey PACK = ObjectKey.of(ObjectType.PACK, ObjectId.hash(CONTENT));

    private final FaultyStorage faulty = new FaultyStorage(new MemoryStorage(), 1);
    private final LimitedStorage storage = new LimitedStorage(faulty);

    @Test
    void no_more_readers_than_connections_are_let_in() throws Exception {
        storage.write(PACK, CONTENT);
        var within = new AtomicInteger();
        var most = new AtomicInteger();
        try (var executor = Executors.newFixedThreadPool(16)) {
            List<Future<Object>> running = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                running.add(executor.submit(() -> storage.read(PACK, 0, -1, body -> {
                    most.accumulateAndGet(within.incrementAndGet(), Math::max);
                    Thread.onSpinWait();
                    within.decrementAndGet();
                    return "";
                })));
            }
            for (Future<Object> one : running) {
                one.get();
            }
        }
        assertThat(most.get()).isBetween(1, 4);
    }

    /// As readers that wait for an upload, and as a lock that must be refreshed meanwhile.
    @Test
    void one_may_write_while_readers_have_every_turn() {
        storage.write(PACK, CONTENT);
        Freeze freeze = faulty.on(Operation.READ).freeze();
        var reading = new ArrayList<CompletableFuture<?>>();
        try (var executor = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 4; i++) {
                reading.add(CompletableFuture.runAsync(() -> storage.readAll(PACK), executor));
            }
            while (faulty.count(Operation.READ) < 4) {
                Thread.onSpinWait();
            }
            storage.write(ObjectKey.CONFIG, CONTENT);
            storage.delete(ObjectKey.CONFIG);
            assertThat(reading).noneMatch(CompletableFuture::isDone);
            freeze.thaw();
            reading.forEach(CompletableFuture::join);
        }
    }

    @Test
    void what_a_reader_or_consumer_does_itself_needs_no_turn() {
        storage.write(PACK, CONTENT);
        storage.list(ObjectType.PACK, object -> {
            var _ = storage.read(PACK, 0, -1, body -> {
                storage.write(ObjectKey.CONFIG, CONTENT);
                return storage.size(PACK);
            });
        });
        assertThat(faulty.size(ObjectKey.CONFIG)).isEqualTo(100);
    }

    @Test
    void a_turn_is_given_back_after_a_failure() {
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> storage.readAll(PACK)).hasMessageContaining("no object");
        }
        assertThat(storage.size(PACK)).isEqualTo(-1);
    }

    @Test
    void an_interrupted_thread_does_not_wait_for_its_turn() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> storage.size(PACK)).isInstanceOf(CancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(storage.size(PACK)).isEqualTo(-1);
    }
}
