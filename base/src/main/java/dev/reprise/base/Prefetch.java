package dev.reprise.base;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/// Does the same with each of many inputs, several at a time, and hands over the results one by one in the order of the
/// inputs. For reading many small objects of a place that takes its time to answer.
///
/// No thread outlives [#run]. The first failure, of a task or of the one who takes the results, ends it.
public final class Prefetch<I> {
    /// How much is done ahead: at least `least` at a time, and up to `most` while all of it together does not weigh
    /// more than `weight`.
    public record Window(int least, int most, long weight) {
        /// So many at a time, whatever they weigh.
        public static Window of(int parallel) {
            return new Window(parallel, parallel, 0);
        }
    }

    private final Window window;
    private final ToLongFunction<? super I> weights;

    private Prefetch(Window window, ToLongFunction<? super I> weights) {
        this.window = window;
        this.weights = weights;
    }

    /// As below, of inputs that weigh nothing.
    public static <I, R> void run(
            String activity,
            int parallel,
            Collection<? extends I> inputs,
            Function<? super I, ? extends R> task,
            Consumer<? super R> consumer) {
        run(activity, Window.of(parallel), inputs, _ -> 0, task, consumer);
    }

    /// Returns when every result was handed over.
    ///
    /// @param activity what is being done, as in "loading snapshots": names the threads and the cancellation
    /// @param weights  of each input, for the window
    /// @param task     runs on other threads, unless there is nothing to gain from them
    /// @param consumer called on the calling thread
    /// @throws CancelledException if the calling thread was interrupted; all threads have ended by then
    public static <I, R> void run(
            String activity,
            Window window,
            Collection<? extends I> inputs,
            ToLongFunction<? super I> weights,
            Function<? super I, ? extends R> task,
            Consumer<? super R> consumer) {
        if (inputs.size() < 2 || window.most() < 2) {
            inputs.forEach(input -> consumer.accept(task.apply(input)));
            return;
        }
        var names = Thread.ofVirtual().name(activity + " ", 1).factory();
        try (var threads = Executors.newThreadPerTaskExecutor(names)) {
            boolean done = false;
            try {
                new Prefetch<I>(window, weights).run(activity, threads, inputs, task, consumer);
                done = true;
            } finally {
                if (!done) {
                    threads.shutdownNow();
                }
            }
        }
    }

    private <R> void run(
            String activity,
            ExecutorService threads,
            Collection<? extends I> inputs,
            Function<? super I, ? extends R> task,
            Consumer<? super R> consumer) {
        Deque<Ahead<R>> ahead = new ArrayDeque<>();
        long weight = 0;
        for (I input : inputs) {
            long next = weights.applyAsLong(input);
            while (!fits(ahead.size(), weight + next)) {
                Ahead<R> oldest = ahead.remove();
                weight -= oldest.weight();
                consumer.accept(await(activity, oldest.result()));
            }
            ahead.add(new Ahead<>(next, threads.submit(() -> task.apply(input))));
            weight += next;
        }
        while (!ahead.isEmpty()) {
            consumer.accept(await(activity, ahead.remove().result()));
        }
    }

    private record Ahead<R>(long weight, Future<? extends R> result) {}

    private boolean fits(int others, long weight) {
        return others < window.least() || (others < window.most() && weight <= window.weight());
    }

    private static <R> R await(String activity, Future<? extends R> result) {
        try {
            return result.get();
        } catch (InterruptedException e) {
            throw CancelledException.interrupted(activity);
        } catch (ExecutionException e) {
            throw failure(activity, e);
        }
    }

    private static RuntimeException failure(String activity, ExecutionException e) {
        return switch (e.getCause()) {
            case RuntimeException known -> known;
            case Error error -> throw error;
            case null, default -> new IllegalStateException(activity + " failed", e.getCause());
        };
    }
}
