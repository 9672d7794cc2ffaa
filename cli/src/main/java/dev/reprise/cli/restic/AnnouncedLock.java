package dev.reprise.cli.restic;

import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.RepositoryException;
import java.util.concurrent.atomic.AtomicBoolean;

/// A lock that others may still refuse, and a word to the user when they do. Safe for many threads.
final class AnnouncedLock implements RepositoryLock {
    private final RepositoryLock lock;
    private final Runnable refused;
    private final AtomicBoolean told = new AtomicBoolean();

    /// @param refused called once
    AnnouncedLock(RepositoryLock lock, Runnable refused) {
        this.lock = lock;
        this.refused = refused;
    }

    @Override
    public Kind kind() {
        return lock.kind();
    }

    @Override
    public void ensureHeld() {
        try {
            lock.ensureHeld();
        } catch (RepositoryException e) {
            if (!e.lock().isEmpty() && told.compareAndSet(false, true)) {
                refused.run();
            }
            throw e;
        }
    }

    @Override
    public void close() {
        lock.close();
    }
}
