package dev.reprise.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class WorkersTest {
    @Test
    void every_task_runs_exactly_once() {
        var runs = new AtomicIntegerArray(1000);

        Workers.run("counting", 3, 1000, runs::incrementAndGet);

        for (int i = 0; i < 1000; i++) {
            assertThat(runs.get(i)).as("task %d", i).isEqualTo(1);
        }
    }

    @Test
    void no_task_means_no_thread_and_no_scratch_space() {
        var opened = new AtomicInteger();

        Workers.run("counting", 3, 0, opened::incrementAndGet, _ -> {}, (_, _) -> {});

        assertThat(opened).hasValue(0);
    }

    @Test
    void each_thread_has_scratch_space_of_its_own_and_gives_it_back() {
        Set<Object> opened = Collections.synchronizedSet(new HashSet<>());
        Set<Object> closed = Collections.synchronizedSet(new HashSet<>());
        var bothRun = new CountDownLatch(2);

        Workers.run(
                "waiting for each other",
                2,
                2,
                () -> {
                    var scratch = new Object();
                    opened.add(scratch);
                    return scratch;
                },
                closed::add,
                (_, _) -> {
                    bothRun.countDown();
                    await(bothRun);
                });

        assertThat(opened).hasSize(2).isEqualTo(closed);
    }

    @Test
    void the_first_failure_is_thrown_and_ends_the_others() {
        var otherWaits = new CountDownLatch(1);
        var interrupted = new AtomicInteger();

        assertThatThrownBy(() -> Workers.run("failing", 2, 1000, number -> {
                    if (number == 0) {
                        await(otherWaits);
                        throw new IllegalStateException("broken");
                    }
                    otherWaits.countDown();
                    waitForInterrupt(interrupted);
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("broken");
        assertThat(interrupted).hasValue(1);
    }

    @Test
    void scratch_space_is_given_back_after_a_failure() {
        var closed = new AtomicInteger();

        assertThatThrownBy(
                        () -> Workers.run("failing", 1, 1, () -> "scratch", _ -> closed.incrementAndGet(), (_, _) -> {
                            throw new IllegalStateException("broken");
                        }))
                .hasMessage("broken");
        assertThat(closed).hasValue(1);
    }

    @Test
    void an_interrupt_of_the_caller_ends_every_thread_before_it_is_reported() throws InterruptedException {
        var running = new CountDownLatch(2);
        var interrupted = new AtomicInteger();
        var flagKept = new AtomicInteger();
        Thread caller = Thread.ofPlatform().start(() -> {
            try {
                Workers.run("restoring files", 2, 1000, _ -> {
                    running.countDown();
                    waitForInterrupt(interrupted);
                });
            } catch (CancelledException e) {
                assertThat(e).hasMessage("interrupted while restoring files");
                flagKept.set(Thread.currentThread().isInterrupted() ? interrupted.get() : -1);
            }
        });

        running.await();
        caller.interrupt();
        caller.join();

        assertThat(flagKept).as("threads that had ended when it was thrown").hasValue(2);
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("restoring files"));
    }

    private static void waitForInterrupt(AtomicInteger interrupted) {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException _) {
            interrupted.incrementAndGet();
            Thread.currentThread().interrupt();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
