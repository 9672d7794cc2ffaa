package dev.reprise.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PrefetchTest {
    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw CancelledException.interrupted("waiting");
        }
    }

    @Test
    void results_come_in_the_order_of_the_inputs() {
        List<Integer> results = new ArrayList<>();

        Prefetch.run("doubling", 7, numbers(500), number -> 2 * number, results::add);

        assertThat(results)
                .isEqualTo(numbers(500).stream().map(number -> 2 * number).toList());
    }

    /// Each waits for all the others of its window: fewer at a time would never end.
    @Test
    void as_many_run_at_a_time_as_were_asked_for() {
        var together = new CountDownLatch(5);

        Prefetch.run(
                "waiting for each other",
                5,
                numbers(5),
                number -> {
                    together.countDown();
                    await(together);
                    return number;
                },
                _ -> {});

        assertThat(together.getCount()).isZero();
    }

    @Test
    void never_more_are_begun_than_the_window_holds() {
        var begun = new AtomicInteger();
        var taken = new AtomicInteger();
        var most = new AtomicInteger();

        Prefetch.run(
                "counting",
                4,
                numbers(300),
                number -> {
                    int open = begun.incrementAndGet() - taken.get();
                    most.accumulateAndGet(open, Math::max);
                    return number;
                },
                _ -> taken.incrementAndGet());

        assertThat(most.get()).isBetween(1, 4 + 1); // the one being handed over is none of the window any more
    }

    @Test
    void heavy_inputs_run_fewer_at_a_time_but_never_fewer_than_the_least() {
        var begun = new AtomicInteger();
        var taken = new AtomicInteger();
        var most = new AtomicInteger();

        Prefetch.run(
                "weighing",
                new Prefetch.Window(2, 50, 100),
                numbers(200),
                _ -> 60,
                number -> {
                    most.accumulateAndGet(begun.incrementAndGet() - taken.get(), Math::max);
                    return number;
                },
                _ -> taken.incrementAndGet());

        assertThat(most.get()).isBetween(1, 2 + 1);
        assertThat(taken).hasValue(200);
    }

    @Test
    void the_failure_of_a_task_comes_out_and_nothing_is_handed_over_after_it() {
        List<Integer> results = new ArrayList<>();

        assertThatThrownBy(() -> Prefetch.run(
                        "failing",
                        3,
                        numbers(100),
                        number -> {
                            if (number == 40) {
                                throw new IllegalArgumentException("number 40");
                            }
                            return number;
                        },
                        results::add))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("number 40");

        assertThat(results).isEqualTo(numbers(40));
    }

    @Test
    void an_interrupt_ends_those_that_wait() {
        var never = new CountDownLatch(1);
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> Prefetch.run(
                        "waiting in vain",
                        2,
                        numbers(2),
                        number -> {
                            await(never);
                            return number;
                        },
                        _ -> {}))
                .isInstanceOf(CancelledException.class);

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void a_single_input_needs_no_thread() {
        List<Thread> threads = new ArrayList<>();

        Prefetch.run("alone", 5, List.of("one"), _ -> Thread.currentThread(), threads::add);

        assertThat(threads).containsExactly(Thread.currentThread());
    }
}
