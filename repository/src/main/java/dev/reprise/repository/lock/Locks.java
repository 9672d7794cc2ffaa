package dev.reprise.repository.lock;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.model.ObjectName;
import dev.reprise.repository.model.ProcessIdentity;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.model.UnpackedObjects;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The locks of one repository (repository format, section 9). Safe for many threads.
///
/// Any number of shared locks or one exclusive lock. Nobody arbitrates: everyone writes a file, waits until the
/// others must have seen it, and looks again.
public final class Locks {
    /// How long a new lock file may take to be seen by others.
    private static final Duration SETTLE = Duration.ofMillis(200);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(5);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(60);
    /// A lock that does not decode may still be on its way; then it decodes a little later.
    private static final List<Duration> DAMAGE_RETRIES =
            List.of(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(20));

    private final Storage storage;
    private final UnpackedObjects documents;
    private final ProcessIdentity self;
    private final InstantSource clock;
    private final Waiting waiting;
    private final LongPredicate alive;
    private final Consumer<String> remarks;

    /// @param remarks told of lock files that stay because the place lets nobody remove them
    public Locks(
            Storage storage,
            UnpackedObjects documents,
            ProcessIdentity self,
            InstantSource clock,
            Consumer<String> remarks) {
        this(storage, documents, self, clock, Waiting.REAL, Locks::isAlive, remarks);
    }

    Locks(
            Storage storage,
            UnpackedObjects documents,
            ProcessIdentity self,
            InstantSource clock,
            Waiting waiting,
            LongPredicate alive,
            Consumer<String> remarks) {
        this.storage = storage;
        this.documents = documents;
        this.self = self;
        this.clock = clock;
        this.waiting = waiting;
        this.alive = alive;
        this.remarks = remarks;
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    /// Takes a lock and keeps it fresh in the background.
    ///
    /// @param patience how long to try again while others hold a conflicting lock; zero tries once
    /// @throws RepositoryException locked (exit status 11), or a lock that cannot be read
    public RepositoryLock acquire(RepositoryLock.Kind kind, Duration patience) {
        return acquire(kind, patience, _ -> {});
    }

    /// What is done while a lock becomes visible to others.
    @FunctionalInterface
    public interface Meanwhile {
        /// May read, must not rely on what it saw, and must not throw.
        ///
        /// @param timeLeft whether the lock would not be held yet anyway; for any thread
        void use(BooleanSupplier timeLeft);
    }

    /// As above, and uses the time in which the lock becomes visible to others.
    ///
    /// @param meanwhile used once for each attempt, in this thread, when the lock is written but not yet held
    public RepositoryLock acquire(RepositoryLock.Kind kind, Duration patience, Meanwhile meanwhile) {
        Instant deadline = now().plus(patience);
        for (Duration pause = FIRST_RETRY; ; pause = min(pause.multipliedBy(2), LONGEST_RETRY)) {
            try {
                return attempt(kind, meanwhile);
            } catch (RepositoryException e) {
                Duration left = Duration.between(now(), deadline);
                if (e.exitStatus() != ExitStatus.LOCKED || !left.isPositive()) {
                    throw e;
                }
                pause(min(pause, left));
            }
        }
    }

    private HeldLock attempt(RepositoryLock.Kind kind, Meanwhile meanwhile) {
        HeldLock lock = announced(kind, () -> {});
        boolean held = false;
        try {
            meanwhile.use(lock::isBecomingVisible);
            lock.ensureHeld();
            held = true;
            return lock;
        } finally {
            if (!held) { // what stopped us is thrown; a rest is stale when this process ends
                lock.abandon();
            }
        }
    }

    /// As [#acquire], trying once, but returns as soon as the lock is written. It is not held yet: the
    /// first call of [RepositoryLock#ensureHeld] waits until others must have seen it, looks again, and
    /// may refuse as `acquire` does. What is read before that call returns is not to be relied on, and
    /// nothing is stored (decision record 21).
    ///
    /// @param onHeld called when nobody is in the way, before `ensureHeld` returns for the first time:
    /// throws if what was read until then is no longer true; then the lock is refused
    /// @throws RepositoryException locked (exit status 11), or a lock that cannot be read
    public RepositoryLock announce(RepositoryLock.Kind kind, Runnable onHeld) {
        return announced(kind, onHeld);
    }

    /// Kept fresh from the start: what is read before it is held may take longer than a lock lives.
    private HeldLock announced(RepositoryLock.Kind kind, Runnable onHeld) {
        refuseConflict(kind, _ -> false);
        HangupSignal.ignore();
        Instant written = now();
        ObjectId first = write(kind, written);
        HeldLock lock = null;
        try {
            lock = new HeldLock(this, kind, first, written, onHeld);
            return lock;
        } finally {
            if (lock == null) {
                Unlocking.run(() -> remove(first));
            }
        }
    }

    /// Returns when whoever looks must have seen a lock written at `begun`, a [Waiting#nanoTime].
    void awaitVisibility(long begun) {
        Duration left = untilVisible(begun);
        if (left.isPositive()) {
            pause(left);
        }
    }

    /// How long a lock written at `begun` may still be unseen by others.
    Duration untilVisible(long begun) {
        return SETTLE.minusNanos(waiting.nanoTime() - begun);
    }

    /// @param own files that are no conflict
    void refuseConflict(RepositoryLock.Kind kind, Predicate<ObjectId> own) {
        for (ObjectId id : list()) {
            LockRecord other = own.test(id) ? null : loadPatiently(id);
            if (other != null && other.conflictsWith(kind) && !hasExpired(id, other)) {
                throw RepositoryException.locked(
                        storage.location(),
                        other.describeHolder(),
                        other.exclusive(),
                        other.age(now()),
                        other.inResticsWords(id, now()));
            }
        }
    }

    /// As restic has it, a stale lock blocks until somebody removes it. Where nobody may, it expires.
    private boolean hasExpired(ObjectId id, LockRecord lock) {
        return lock.isStale(now(), self.hostname(), alive) && !locksMayBeRemoved(id);
    }

    /// Asks for the removal of a lock that is not there.
    ///
    /// @param some lock; the hash of its name is nobody's
    private boolean locksMayBeRemoved(ObjectId some) {
        try {
            remove(ObjectId.hash(some.bytes()));
            return true;
        } catch (StorageException e) {
            return e.kind() != StorageException.Kind.DENIED;
        }
    }

    void remark(String fact) {
        remarks.accept(fact);
    }

    /// @return null if the lock is gone
    private @Nullable LockRecord loadPatiently(ObjectId id) {
        for (Duration pause : DAMAGE_RETRIES) {
            try {
                return load(id);
            } catch (RepositoryException damaged) {
                pause(pause);
            }
        }
        return load(id);
    }

    private @Nullable LockRecord load(ObjectId id) {
        try {
            return LockRecord.parse(documents.load(ObjectType.LOCK, id));
        } catch (IllegalArgumentException e) {
            throw unreadable(ObjectName.of(ObjectType.LOCK, id) + " is damaged: " + e.getMessage());
        } catch (RepositoryException e) {
            if (!exists(id)) {
                return null;
            }
            throw unreadable(e.fact());
        }
    }

    private static RepositoryException unreadable(String fact) {
        return RepositoryException.refused(
                fact + "; so nobody knows whether it is held",
                "when no other process uses the repository, run \"reprise unlock --remove-all\"");
    }

    /// Locks that have content. An empty file is what a full disk leaves behind.
    private List<ObjectId> list() {
        List<ObjectId> ids = new ArrayList<>();
        storage.list(ObjectType.LOCK, object -> {
            if (object.size() > 0) {
                ids.add(ObjectId.parse(object.key().name()));
            }
        });
        return ids;
    }

    /// Removes the locks nobody can hold any more: not refreshed for 30 minutes, or of a process of this host that
    /// has ended. Locks that cannot be read stay.
    ///
    /// @param all removes every lock, also those in use
    /// @return how many were removed
    public int removeStale(boolean all) {
        List<ObjectId> ids = new ArrayList<>();
        storage.list(
                ObjectType.LOCK, object -> ids.add(ObjectId.parse(object.key().name())));
        int removed = 0;
        for (ObjectId id : ids) {
            if (all || isStale(id)) {
                remove(id);
                removed++;
            }
        }
        return removed;
    }

    private boolean isStale(ObjectId id) {
        try {
            LockRecord lock = load(id);
            return lock != null && lock.isStale(now(), self.hostname(), alive);
        } catch (RepositoryException unreadable) {
            return false;
        }
    }

    Instant now() {
        return clock.instant();
    }

    Waiting waiting() {
        return waiting;
    }

    ObjectId write(RepositoryLock.Kind kind, Instant now) {
        GoTime time = GoTime.at(now, ZoneId.systemDefault());
        LockRecord lock = new LockRecord(time, kind == RepositoryLock.Kind.EXCLUSIVE, self);
        boolean written = false;
        try {
            ObjectId id = documents.save(ObjectType.LOCK, lock.json());
            written = true;
            return id;
        } finally {
            if (!written) {
                Unlocking.run(() -> removeEvery(lock)); // a write that failed may have happened all the same
            }
        }
    }

    private void removeEvery(LockRecord unwanted) {
        for (ObjectId id : list()) {
            try {
                if (unwanted.equals(load(id))) {
                    remove(id);
                }
            } catch (RepositoryException unreadable) {
                // Not ours: ours was sealed with our key.
            }
        }
    }

    boolean exists(ObjectId id) {
        return storage.size(ObjectKey.of(ObjectType.LOCK, id)) >= 0;
    }

    void remove(ObjectId id) {
        storage.delete(ObjectKey.of(ObjectType.LOCK, id));
    }

    void settle() {
        pause(SETTLE);
    }

    private void pause(Duration duration) {
        try {
            waiting.pause(duration);
        } catch (InterruptedException e) {
            throw CancelledException.interrupted("waiting for a lock of the repository");
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
