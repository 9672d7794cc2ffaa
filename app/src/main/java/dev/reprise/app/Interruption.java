package dev.reprise.app;

import dev.reprise.base.ExitStatus;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Ends the process in order on SIGINT, SIGTERM and, until the first lock is taken, SIGHUP: the main thread is
/// interrupted, so that running work
/// stops, releases its locks and says so; then the process ends with status 130, or with 0 if the work was done all the
/// same, as that of a mount is. Work that does not stop is abandoned after half a minute; what it wrote stays sound.
final class Interruption {
    private static final long PATIENCE_SECONDS = 30;

    private final CountDownLatch ended = new CountDownLatch(1);
    /// If a signal ends the process.
    private volatile int status = ExitStatus.CANCELLED.code();

    private Interruption() {}

    /// Watches over `worker` until [#end].
    static Interruption guard(Thread worker) {
        var interruption = new Interruption();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> interruption.stop(worker), "interruption"));
        return interruption;
    }

    private void stop(Thread worker) {
        if (ended.getCount() == 0) {
            return; // the worker itself ends the process
        }
        worker.interrupt();
        try {
            if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("error: still busy after " + PATIENCE_SECONDS + " s, ending anyway");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(status);
    }

    /// The worker is done. Ends the process with this status.
    void end(int result) {
        status = result == ExitStatus.OK.code() ? result : ExitStatus.CANCELLED.code();
        ended.countDown();
        System.exit(result);
    }
}
