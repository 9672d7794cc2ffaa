package dev.reprise.repository.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HeapBoundTest {
    private static final long MIB = 1 << 20;

    private final AtomicLong heap = new AtomicLong();
    private final AtomicLong used = new AtomicLong();
    private final AtomicInteger collections = new AtomicInteger();
    private final HeapBound bound = new HeapBound(heap::get, used::get, collections::incrementAndGet);

    @Test
    void a_small_heap_is_left_alone() {
        heap.set(256 * MIB);
        bound.hold();

        assertThat(collections).hasValue(0);
    }

    @Test
    void a_heap_that_grew_is_collected_each_time() {
        heap.set(257 * MIB);
        used.set(90 * MIB);
        bound.hold();
        bound.hold();

        assertThat(collections).hasValue(2);
    }

    @Test
    void what_is_in_use_may_double_before_the_next_time() {
        heap.set(300 * MIB);
        used.set(290 * MIB);
        bound.hold();
        heap.set(580 * MIB);
        bound.hold();
        assertThat(collections).hasValue(1);

        heap.set(581 * MIB);
        bound.hold();
        assertThat(collections).hasValue(2);
    }
}
