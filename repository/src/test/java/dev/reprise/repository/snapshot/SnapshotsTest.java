package dev.reprise.repository.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.testing.PlainObjects;
import dev.reprise.repository.testing.TestStorage;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SnapshotsTest {
    private static final String TREE = "ab".repeat(32);

    private final TestStorage storage = new TestStorage();
    private final PlainObjects objects = new PlainObjects(storage);
    private final Snapshots snapshots = new Snapshots(storage, objects);
    private final List<ObjectId> damaged = new ArrayList<>();

    private ObjectId save(int day) {
        String json = "{\"time\":\"2024-01-%02dT10:00:00Z\",\"tree\":\"%s\",\"paths\":[\"/srv\"]}".formatted(day, TREE);
        return objects.save(ObjectType.SNAPSHOT, json.getBytes(UTF_8));
    }

    private List<ObjectId> load() {
        return snapshots.load((id, _) -> damaged.add(id)).stream()
                .map(StoredSnapshot::id)
                .toList();
    }

    @Test
    void all_are_loaded_oldest_first_whatever_their_names() {
        List<ObjectId> saved = new ArrayList<>();
        for (int day = 1; day <= 30; day++) {
            saved.add(save(day));
        }

        assertThat(load()).isEqualTo(saved);
        assertThat(damaged).isEmpty();
    }

    /// Each read waits until as many are under way as the place serves: one after the other would never end.
    @Test
    void as_many_are_asked_for_at_a_time_as_the_place_serves() {
        for (int day = 1; day <= 9; day++) {
            save(day);
        }
        var together = new CountDownLatch(storage.connections());
        var underWay = new AtomicInteger();
        var most = new AtomicInteger();
        storage.hook((operation, _) -> {
            if (operation == TestStorage.Operation.READ) {
                most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                together.countDown();
                await(together);
                underWay.decrementAndGet();
            }
        });

        assertThat(load()).hasSize(9);
        assertThat(most).hasValue(3);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void damaged_ones_are_named_in_order_and_the_others_are_loaded() {
        List<ObjectId> saved = new ArrayList<>();
        for (int day = 1; day <= 20; day++) {
            saved.add(save(day));
        }
        ObjectId first = saved.get(4);
        ObjectId second = saved.get(11);
        storage.replace(ObjectKey.of(ObjectType.SNAPSHOT, first), new byte[] {1});
        storage.replace(ObjectKey.of(ObjectType.SNAPSHOT, second), new byte[] {2});
        saved.removeAll(List.of(first, second));

        assertThat(load()).isEqualTo(saved);
        assertThat(damaged).containsExactlyInAnyOrder(first, second).isSorted();
    }

    @Test
    void a_place_that_does_not_answer_is_no_damage() {
        for (int day = 1; day <= 20; day++) {
            save(day);
        }
        var reads = new AtomicInteger();
        storage.hook((operation, _) -> {
            if (operation == TestStorage.Operation.READ && reads.incrementAndGet() == 10) {
                throw TestStorage.failure(StorageException.Kind.UNREACHABLE, "the line is dead");
            }
        });

        assertThatThrownBy(this::load).isInstanceOf(StorageException.class).hasMessageContaining("the line is dead");
        assertThat(damaged).isEmpty();
    }
}
