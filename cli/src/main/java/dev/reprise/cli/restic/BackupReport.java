package dev.reprise.cli.restic;

import dev.reprise.operations.backup.BackupEvent;
import dev.reprise.operations.backup.BackupListener;
import dev.reprise.operations.backup.SnapshotBackup;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Follows a backup and prints what it does: a status now and then, errors at once, items when asked to. Safe for many
/// threads.
final class BackupReport implements BackupListener, AutoCloseable {
    private static final double NANOS_PER_SECOND = 1e9;

    private final BackupPrinter printer;
    private final ResticOutput output;
    private final boolean totals;
    private final long started = System.nanoTime();
    private final @Nullable Thread ticker;
    private final AtomicLong errors = new AtomicLong();
    private final ConcurrentSkipListSet<String> current = new ConcurrentSkipListSet<>();
    private volatile BackupEvent.Progress done = new BackupEvent.Progress(0, 0);
    private volatile BackupEvent.Scanned found = new BackupEvent.Scanned(0, 0, 0, false);
    private volatile boolean ended;

    /// @param interval between two statuses; zero prints none
    /// @param totals   whether a status tells how much there is to do
    BackupReport(BackupPrinter printer, ResticOutput output, Duration interval, boolean totals) {
        this.printer = printer;
        this.output = output;
        this.totals = totals;
        this.ticker = interval.isZero()
                ? null
                : Thread.ofPlatform().daemon().name("status").start(() -> tick(interval));
    }

    private void tick(Duration interval) {
        long next = started + interval.toNanos();
        while (!ended) {
            long wait = next - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
            } else {
                next = System.nanoTime() + interval.toNanos();
                status();
            }
        }
    }

    private void status() {
        BackupEvent.Scanned total = found;
        BackupEvent.Progress now = done;
        if (total.files() + total.dirs() + now.bytes() + errors.get() == 0) {
            return; // nothing to tell yet
        }
        double seconds = seconds();
        double rate = now.bytes() / Math.max(seconds, 0.001);
        boolean estimated = total.complete() && rate > 0 && now.bytes() < total.bytes();
        printer.status(new BackupPrinter.Status(
                (long) seconds,
                estimated ? (long) ((total.bytes() - now.bytes()) / rate) : 0,
                total.files(),
                now.files(),
                total.bytes(),
                now.bytes(),
                errors.get(),
                List.copyOf(current)));
    }

    private double seconds() {
        return (System.nanoTime() - started) / NANOS_PER_SECOND;
    }

    @Override
    public void on(BackupEvent event) {
        switch (event) {
            case BackupEvent.Scanned scanned -> scanned(scanned);
            case BackupEvent.Progress progress -> done = progress;
            case BackupEvent.Started(String path) -> current.add(path);
            case BackupEvent.ItemDone item -> done(item);
            case BackupEvent.Unreadable unreadable -> unreadable(unreadable);
            case BackupEvent.Warning(String fact) -> {
                printer.clear();
                output.warning(fact);
            }
        }
    }

    @Override
    public boolean wantsUnchanged() {
        return output.verbosity() >= 2;
    }

    private void scanned(BackupEvent.Scanned scanned) {
        if (!totals) {
            return;
        }
        found = scanned;
        if (scanned.complete()) {
            printer.scanned(seconds(), scanned.files(), scanned.bytes());
        }
    }

    private void done(BackupEvent.ItemDone item) {
        current.remove(item.path());
        if (output.verbosity() >= 2) {
            printer.item(item);
        }
    }

    private void unreadable(BackupEvent.Unreadable unreadable) {
        errors.incrementAndGet();
        printer.error(unreadable.path() + ": " + unreadable.reason(), unreadable.during(), unreadable.path());
    }

    /// Prints the end of a backup.
    void summary(SnapshotBackup.Outcome outcome, Instant start, boolean dryRun) {
        close();
        double seconds = Duration.between(start, outcome.end()).toNanos() / NANOS_PER_SECOND;
        printer.summary(outcome, start, seconds, dryRun);
    }

    /// No status after this.
    @Override
    public void close() {
        ended = true;
        Thread running = ticker;
        if (running != null) {
            LockSupport.unpark(running);
            boolean interrupted = Thread.interrupted();
            while (running.isAlive()) {
                try {
                    running.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        printer.clear();
    }
}
