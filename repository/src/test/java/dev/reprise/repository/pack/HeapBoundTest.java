package dev.reprise.repository.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HeapBoundTest {
    private static final long MIB = 1 << 20;

    private final AtomicLong used = new AtomicLong();
    private final AtomicInteger collections = new AtomicInteger();

    private HeapBound leaving(long live) {
        return new HeapBound(used::get, () -> {
            collections.incrementAndGet();
            used.set(live);
        });
    }

    @Test
    void a_small_heap_is_left_alone() {
        used.set(256 * MIB);
        leaving(0).hold();

        assertThat(collections).hasValue(0);
    }

    @Test
    void a_heap_that_grew_is_collected_each_time() {
        HeapBound bound = leaving(90 * MIB);
        for (int round = 0; round < 3; round++) {
            used.set(257 * MIB);
            bound.hold();
            bound.hold();
        }

        assertThat(collections).hasValue(3);
    }

    @Test
    void what_is_in_use_may_double_before_the_next_time() {
        HeapBound bound = leaving(290 * MIB);
        used.set(300 * MIB);
        bound.hold();
        used.set(580 * MIB);
        bound.hold();
        assertThat(collections).hasValue(1);

        used.set(581 * MIB);
        bound.hold();
        assertThat(collections).hasValue(2);
    }
}
