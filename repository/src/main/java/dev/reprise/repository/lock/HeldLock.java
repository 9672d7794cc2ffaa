package dev.reprise.repository.lock;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.storage.StorageException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A lock this process has written, and holds from the first [#ensureHeld] on.
///
/// Refreshing replaces the file: the new one is written before the old one is removed, so there is always one. Whether
/// ours is still there is looked up now and then, because a lock removed by somebody else means that packs may already
/// be gone which the index we loaded still names.
final class HeldLock implements RepositoryLock {
    static final Duration TICK = Duration.ofMinutes(1);
    static final Duration REFRESH_AFTER = Duration.ofMinutes(5);
    /// Stale is 30 minutes; one and a half refreshes are kept as reserve.
    static final Duration UNSAFE_AFTER = Duration.ofSeconds(22 * 60 + 30);
    private static final Duration LOOK_AFTER = Duration.ofSeconds(5);

    private final Locks locks;
    private final Kind kind;
    /// Guards changes of the file; never held while only reading the fields below.
    private final ReentrantLock changing = new ReentrantLock();
    private final Waiting.Repetition refreshing;
    /// Guards the way from a written lock to one that is held: whoever asks first goes it, others wait.
    private final ReentrantLock taking = new ReentrantLock();
    /// When the file was written, a [Waiting#nanoTime].
    private final long begun;
    private final Runnable onHeld;
    private volatile boolean held;
    /// Why it never came to be held; then the file is gone.
    private volatile @Nullable RuntimeException refused;
    /// Older files of ours that are still to be removed; guarded by `changing`.
    private final Deque<ObjectId> replaced = new ArrayDeque<>();
    private volatile ObjectId id;
    private volatile Instant refreshed;
    private volatile Instant seen;
    private volatile @Nullable String lost;
    private volatile boolean closed;
    /// Files of ours that the place lets nobody remove; guarded by `changing`.
    private int left;
    private volatile String refusal = "";

    /// @param onHeld see [Locks#announce]
    HeldLock(Locks locks, Kind kind, ObjectId id, Instant written, Runnable onHeld) {
        this.locks = locks;
        this.kind = kind;
        this.onHeld = onHeld;
        this.begun = locks.waiting().nanoTime();
        this.id = id;
        this.refreshed = written;
        this.seen = written;
        this.refreshing = locks.waiting().repeat(TICK, this::tick);
    }

    @Override
    public Kind kind() {
        return kind;
    }

    ObjectId id() {
        return id;
    }

    @Override
    public void ensureHeld() {
        if (!held) {
            take();
        }
        if (closed) {
            throw new IllegalStateException("the lock was given back");
        }
        if (age().compareTo(UNSAFE_AFTER) >= 0) {
            refreshWaiting();
        } else if (Duration.between(seen, locks.now()).compareTo(LOOK_AFTER) >= 0 && changing.tryLock()) {
            try {
                look();
            } finally {
                changing.unlock();
            }
        }
        String reason = lost;
        if (reason != null) {
            throw RepositoryException.lockLost(reason);
        }
        if (age().compareTo(UNSAFE_AFTER) >= 0) {
            throw RepositoryException.lockLost(
                    "the lock of the repository could not be refreshed for " + age().toMinutes() + " minutes");
        }
    }

    /// The second look. Cancelled, it can be asked for again; whatever else it ends with stays.
    private void take() {
        try {
            taking.lockInterruptibly();
        } catch (InterruptedException e) {
            throw CancelledException.interrupted("waiting for a lock of the repository");
        }
        try {
            RuntimeException reason = refused;
            if (reason != null) {
                throw reason;
            }
            if (!held && !closed) {
                locks.awaitVisibility(begun);
                withoutRefreshing(own -> locks.refuseConflict(kind, own));
                onHeld.run();
                held = true;
            }
        } catch (CancelledException e) {
            throw e;
        } catch (RuntimeException e) {
            refused = e;
            abandon();
            throw e;
        } finally {
            taking.unlock();
        }
    }

    /// Whether it could not be held yet in any case.
    boolean isBecomingVisible() {
        return locks.untilVisible(begun).isPositive();
    }

    /// Called every minute; a refresh that failed is tried again the next time.
    private void tick() {
        if (age().compareTo(REFRESH_AFTER) >= 0) {
            refreshWaiting();
        }
    }

    private void refreshWaiting() {
        changing.lock();
        try {
            if (!closed && lost == null && age().compareTo(REFRESH_AFTER) >= 0) {
                refresh();
            }
        } catch (RepriseException tryAgain) {
            // The age decides: ensureHeld() gives up when it has lasted too long.
        } finally {
            changing.unlock();
        }
    }

    /// After a long standstill somebody may have judged the old file stale and removed it, even while we write the
    /// new one. So it must still be there after the time others wait before they trust what they see.
    private void refresh() {
        boolean late = age().compareTo(UNSAFE_AFTER) >= 0;
        ObjectId old = id;
        if (!isThere(old)) {
            return;
        }
        Instant now = locks.now();
        ObjectId fresh = locks.write(kind, now);
        boolean adopted = false;
        try {
            if (late) {
                locks.settle();
            }
            adopted = !late || isThere(old);
        } finally {
            if (!adopted) {
                drop(fresh);
            }
        }
        if (adopted) {
            id = fresh;
            refreshed = now;
            seen = now;
            replaced.add(old);
            removeReplaced();
        }
    }

    /// One that cannot be removed now is tried again at the next refresh, and at the end.
    private void removeReplaced() {
        while (!replaced.isEmpty()) {
            drop(replaced.getFirst());
            replaced.removeFirst();
        }
    }

    /// One that may not be removed stays: nobody counts it when it has become stale.
    private void drop(ObjectId file) {
        try {
            locks.remove(file);
        } catch (StorageException e) {
            if (e.kind() != StorageException.Kind.DENIED) {
                throw e;
            }
            left++;
            refusal = e.fact();
        }
    }

    private void look() {
        try {
            if (isThere(id)) {
                seen = locks.now();
            }
        } catch (RepriseException unreachable) {
            // No answer is not "gone".
        }
    }

    private boolean isThere(ObjectId file) {
        boolean there = locks.exists(file);
        if (!there) {
            lost = "the lock of the repository was removed by somebody else";
        }
        return there;
    }

    private Duration age() {
        return Duration.between(refreshed, locks.now());
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        refreshing.close();
        String reason = Unlocking.run(this::removeFiles);
        tellWhatStays();
        if (reason != null) {
            throw notRemoved(reason);
        }
    }

    /// Calls with what tells files of this lock from those of others, and leaves these files alone meanwhile.
    void withoutRefreshing(Consumer<Predicate<ObjectId>> look) {
        changing.lock();
        try {
            look.accept(file -> file.equals(id) || replaced.contains(file));
        } finally {
            changing.unlock();
        }
    }

    /// As [#close], when something else has failed already.
    void abandon() {
        if (closed) {
            return;
        }
        closed = true;
        refreshing.close();
        Unlocking.run(this::removeFiles);
        tellWhatStays();
    }

    private void tellWhatStays() {
        if (!refusal.isEmpty()) {
            locks.remark(
                    "%d lock files may not be removed and stay, the last one because %s; Reprise lets them count for nothing half an hour after they were written, stock restic's forget and prune do not: allow deleting below locks/"
                            .formatted(left, refusal));
        }
    }

    private void removeFiles() {
        changing.lock();
        try {
            drop(id);
            removeReplaced();
        } finally {
            changing.unlock();
        }
    }

    private RepositoryException notRemoved(String reason) {
        return RepositoryException.refused(
                "lock " + id.hex() + " could not be removed: " + reason,
                "run \"reprise unlock\" after this process has ended");
    }
}
