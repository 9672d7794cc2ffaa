package dev.reprise.operations.backup;

import dev.reprise.base.CancelledException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The threads of one run. None outlives [#work]; the first failure ends them all.
final class Crew {
    private final BackupRun run;
    private final Supplier<Worker> workers;
    private final Runnable meanwhile;
    private final List<Thread> threads = new ArrayList<>();
    private @Nullable Throwable failure;

    /// @param workers   called in each thread
    /// @param meanwhile done by the calling thread while the others work; what it throws ends the run
    Crew(BackupRun run, Supplier<Worker> workers, Runnable meanwhile) {
        this.run = run;
        this.workers = workers;
        this.meanwhile = meanwhile;
    }

    /// Returns when the stack was ended by the work itself.
    ///
    /// @throws CancelledException if the calling thread is interrupted
    void work(int count) {
        Thread.Builder builder = Thread.ofPlatform().name("backup-", 1);
        try {
            for (int i = 0; i < count; i++) {
                threads.add(builder.unstarted(this::workAsOne));
            }
            threads.forEach(Thread::start);
            meanwhile.run();
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            breakOff(CancelledException.interrupted("saving files"));
        } catch (RuntimeException | Error e) {
            breakOff(e);
        } finally {
            joinAll();
            run.handles().closeAll();
        }
        rethrow();
    }

    private void workAsOne() {
        try (Worker worker = workers.get()) {
            worker.work();
        } catch (InterruptedException | RuntimeException | Error e) {
            breakOff(e);
        }
    }

    /// Only the first reason counts: the others follow from it.
    private synchronized void breakOff(Throwable reason) {
        if (failure != null) {
            return;
        }
        failure = reason;
        run.stack().end();
        for (Thread thread : threads) {
            if (!thread.equals(Thread.currentThread())) {
                thread.interrupt();
            }
        }
    }

    /// Waits for threads that are already on their way out, whatever happens to the calling thread.
    private void joinAll() {
        boolean interrupted = Thread.interrupted();
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    breakOff(new CancelledException("interrupted while saving files"));
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void rethrow() {
        switch (failure) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException("a worker was interrupted by somebody else", failure);
        }
    }
}
