package dev.reprise.operations.backup;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.repository.pack.BlobWriter;
import java.util.concurrent.locks.LockSupport;

/// Writes checkpoints of one run, in a thread of its own, until closed.
final class CheckpointThread implements AutoCloseable {
    private static final long LOOK_NANOS = 200_000_000;

    private final BackupRun run;
    private final BlobWriter writer;
    private final Checkpoints checkpoints;
    private final Thread thread;
    private volatile boolean ended;

    private CheckpointThread(BackupRun run, BlobWriter writer, Checkpoints checkpoints) {
        this.run = run;
        this.writer = writer;
        this.checkpoints = checkpoints;
        this.thread = Thread.ofPlatform().name("backup-checkpoint").unstarted(this::watch);
    }

    static CheckpointThread start(BackupRun run, BlobWriter writer, Checkpoints checkpoints) {
        var started = new CheckpointThread(run, writer, checkpoints);
        started.thread.start();
        return started;
    }

    private void watch() {
        long lastNanos = System.nanoTime();
        long lastBytes = 0;
        while (!ended) {
            LockSupport.parkNanos(LOOK_NANOS);
            boolean due = System.nanoTime() - lastNanos >= checkpoints.every().toNanos()
                    || run.bytesRead() - lastBytes >= checkpoints.bytes();
            if (due && !ended) {
                lastBytes = run.bytesRead();
                write();
                lastNanos = System.nanoTime();
            }
        }
    }

    /// Trees first, then everything is made durable, then it is remembered. A storage that fails ends the run through
    /// the writer; a checkpoint alone that fails does not.
    private void write() {
        try (BlobWriter.Session session = writer.session()) {
            ObjectId tree = new PartialTree(session, run.openDirectories()).save();
            if (tree != null) {
                SavedTree.Counts counts = run.tally().counts();
                writer.finish();
                checkpoints.destination().take(tree, counts);
            }
        } catch (RepriseException e) {
            run.warn("no checkpoint could be written: " + e.fact());
        }
    }

    /// Waits for a checkpoint that is being written: breaking it off would break the writer.
    @Override
    public void close() {
        ended = true;
        LockSupport.unpark(thread);
        boolean interrupted = Thread.interrupted();
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
