package dev.reprise.repository.model;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A repository is absent, locked, damaged or cannot be opened. Each failure has one factory, so its wording
/// has one place.
public final class RepositoryException extends RepriseException {
    private static final long serialVersionUID = 1;

    /// Lines about the lock in the way, as restic words them; empty for other failures.
    private final String lock;

    private RepositoryException(ExitStatus status, String fact, String hint, @Nullable Throwable cause) {
        this(status, fact, hint, cause, "");
    }

    private RepositoryException(ExitStatus status, String fact, String hint, @Nullable Throwable cause, String lock) {
        super(status, fact, hint, cause);
        this.lock = lock;
    }

    /// What restic says of the lock in the way: whose it is, since when, its id. Scripts look for these words. Empty if
    /// no lock is the reason.
    public String lock() {
        return lock;
    }

    public static RepositoryException absent(String location) {
        return new RepositoryException(
                ExitStatus.NO_REPOSITORY,
                "there is no repository at " + location,
                "check the location, or create it with \"reprise init\"",
                null);
    }

    /// There are keys, but no configuration.
    public static RepositoryException configMissing(String location) {
        return new RepositoryException(
                ExitStatus.NO_REPOSITORY,
                "the file config of the repository at %s is missing, although there are keys".formatted(location),
                "put back a copy of that file, from this repository and no other; everything else may be whole",
                null);
    }

    /// Keys or configuration: without them nothing can be examined.
    ///
    /// @param object what, with its id if it has one
    public static RepositoryException unopenable(String object, String detail, @Nullable Throwable cause) {
        return new RepositoryException(
                ExitStatus.FAILED,
                object + " is damaged: " + detail,
                "put back a copy of the file, from this repository and no other; everything else may be whole",
                cause);
    }

    public static RepositoryException wrongPassword(String location, int keysTried) {
        return new RepositoryException(
                ExitStatus.WRONG_PASSWORD,
                "the password opens none of the %d keys of %s".formatted(keysTried, location),
                "check the password file, variable or command of this repository",
                null);
    }

    /// @param holder host and process id of the other side
    /// @param lock   the same in restic's words
    public static RepositoryException locked(
            String location, String holder, boolean exclusive, Duration age, String lock) {
        return new RepositoryException(
                ExitStatus.LOCKED,
                "repository %s is locked%s by %s, %d minutes old"
                        .formatted(location, exclusive ? " exclusively" : "", holder, age.toMinutes()),
                "wait for that process, or run \"reprise unlock\" if it is no longer running",
                null,
                lock);
    }

    /// Our own lock is gone: others may already have removed what we rely on.
    public static RepositoryException lockLost(String fact) {
        return new RepositoryException(
                ExitStatus.LOCKED,
                fact + "; stopped before anything could contradict what others do",
                "run it again; find out who removes locks, and do not use \"unlock --remove-all\" while programs work",
                null);
    }

    /// What was read before the lock was held is no longer there.
    public static RepositoryException overtaken(String location) {
        return new RepositoryException(
                ExitStatus.LOCKED,
                "repository %s was pruned or repaired at the moment it was locked; nothing was written"
                        .formatted(location),
                "run it again",
                null);
    }

    /// Something stored does not decode, authenticate or hash to its name.
    ///
    /// @param object what, with its id: `pack 5f3a…`
    public static RepositoryException damaged(String object, String detail, @Nullable Throwable cause) {
        return new RepositoryException(
                ExitStatus.FAILED,
                object + " is damaged: " + detail,
                remedy(object.substring(0, Math.max(0, object.indexOf(' ')))),
                cause);
    }

    private static String remedy(String word) {
        return switch (word) {
            case "index" -> "run \"reprise restic repair index\": it makes it anew from the packs";
            case "snapshot" ->
                "others are not affected; run \"reprise restic recover\" to find its files in a snapshot of their own";
            case "point" -> "its snapshots can still be restored, and so can every other point";
            default -> "run \"reprise check --read-data\" to see what else is affected";
        };
    }

    public static RepositoryException missing(String object, String neededBy) {
        return new RepositoryException(
                ExitStatus.FAILED,
                object + " is missing, needed by " + neededBy,
                "run \"reprise check\" to see what else is affected",
                null);
    }

    public static RepositoryException refused(String fact, String hint) {
        return new RepositoryException(ExitStatus.FAILED, fact, hint, null);
    }
}
