package dev.reprise.base;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.ObjIntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Runs numbered tasks on a fixed number of platform threads, each with scratch space of its own.
///
/// No thread outlives [#run]. The first failure, or an interrupt of the caller, interrupts the other
/// threads; tasks that take long call [#stopIfInterrupted] now and then.
public final class Workers<S> {
    private final String activity;
    private final int tasks;
    private final Supplier<S> open;
    private final Consumer<? super S> close;
    private final ObjIntConsumer<? super S> task;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    private Workers(
            String activity, int tasks, Supplier<S> open, Consumer<? super S> close, ObjIntConsumer<? super S> task) {
        this.activity = activity;
        this.tasks = tasks;
        this.open = open;
        this.close = close;
        this.task = task;
    }

    /// Runs tasks 0 to `tasks - 1`, handed out in this order; returns when all are done.
    ///
    /// @param activity what is being done, as in "restoring files": names the threads and the
    ///                 cancellation
    /// @param threads  most threads at a time; at least 1
    /// @param open     makes one thread's scratch space, `close` gives it back; both run on that thread
    /// @throws CancelledException if the calling thread was interrupted; all threads have ended by then
    public static <S> void run(
            String activity,
            int threads,
            int tasks,
            Supplier<S> open,
            Consumer<? super S> close,
            ObjIntConsumer<? super S> task) {
        new Workers<>(activity, tasks, open, close, task).run(Math.min(threads, tasks));
    }

    /// Tasks without scratch space.
    public static void run(String activity, int threads, int tasks, IntConsumer task) {
        run(activity, threads, tasks, () -> activity, _ -> {}, (_, number) -> task.accept(number));
    }

    /// @param during what is being done, as in "restoring files"
    /// @throws CancelledException if this thread was interrupted; the flag stays set
    public static void stopIfInterrupted(String during) {
        if (Thread.currentThread().isInterrupted()) {
            throw CancelledException.interrupted(during);
        }
    }

    private void run(int count) {
        try {
            for (int i = 0; i < count; i++) {
                Thread thread = Thread.ofPlatform().name(activity + " " + i).unstarted(this::work);
                threads.add(thread); // before it runs, so that it can be interrupted
                thread.start();
            }
        } catch (Throwable notStarted) {
            stop(notStarted);
        }
        boolean interrupted = joinAll();
        if (interrupted) {
            throw CancelledException.interrupted(activity);
        }
        switch (failure.get()) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException("worker failed while " + activity, e);
        }
    }

    private void work() {
        try {
            S scratch = open.get();
            try {
                for (int number = claim(); number >= 0; number = claim()) {
                    task.accept(scratch, number);
                }
            } finally {
                close.accept(scratch);
            }
        } catch (Throwable e) {
            stop(e);
        }
    }

    private int claim() {
        if (failure.get() != null || Thread.currentThread().isInterrupted()) {
            return -1;
        }
        int number = next.getAndIncrement();
        return number < tasks ? number : -1;
    }

    private void stop(Throwable reason) {
        if (failure.compareAndSet(null, reason)) {
            interruptAll();
        }
    }

    private void interruptAll() {
        for (Thread thread : threads) {
            thread.interrupt();
        }
    }

    private boolean joinAll() {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException _) {
                    interrupted = true;
                    interruptAll();
                }
            }
        }
        return interrupted;
    }
}
