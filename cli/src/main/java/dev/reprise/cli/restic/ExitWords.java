package dev.reprise.cli.restic;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import dev.reprise.repository.model.RepositoryException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.regex.Pattern;

/// How failures end a verb: restic's numbers, and the words that scripts look for.
final class ExitWords {
    private static final Pattern OUR_VERB =
            Pattern.compile("\"reprise (?:restic )?(check|init|key|ls|snapshots|unlock)\\b");

    private ExitWords() {}

    /// Our own statuses, from 20 on, are unknown to scripts made for restic: they end as plain failures.
    static int status(RepriseException e) {
        int code = e.exitStatus().code();
        return code >= 20 && e.exitStatus() != ExitStatus.CANCELLED ? ExitStatus.FAILED.code() : code;
    }

    static String message(RepriseException e) {
        String hint = e.hint().isEmpty() ? "" : "\n" + ourVerbs(e.hint());
        return switch (e.exitStatus()) {
            case NO_REPOSITORY ->
                "Fatal: repository does not exist: unable to open config file: " + e.fact()
                        + "\nIs there a repository at the following location?\n" + e.fact() + hint;
            case LOCKED -> locked(e, hint);
            case WRONG_PASSWORD -> "Fatal: wrong password or no key found: " + e.fact() + hint;
            case CANCELLED -> "Fatal: context canceled: " + e.fact();
            case OK,
                    FAILED,
                    INCOMPLETE,
                    BAD_CONFIGURATION,
                    SOURCE_FAILED,
                    TARGET_REFUSED,
                    DIFFERS,
                    MISSING_PROGRAM,
                    ARCHIVED,
                    NOT_IMMUTABLE,
                    NEVER_IMMUTABLE -> "Fatal: " + e.fact() + hint;
        };
    }

    /// Hints name commands as they are typed here, whatever they are called beside the toolbox.
    private static String ourVerbs(String hint) {
        return OUR_VERB.matcher(hint).replaceAll("\"restic $1");
    }

    /// Wrappers find out from these lines who is in the way, since when, and whether to unlock.
    private static String locked(RepriseException e, String hint) {
        String lock = e instanceof RepositoryException refused ? refused.lock() : "";
        return lock.isEmpty()
                ? "Fatal: unable to create lock in backend: " + e.fact() + hint
                : "unable to create lock in backend: repository is already locked " + lock
                        + "\nthe `unlock` command can be used to remove stale locks";
    }

    static String describe(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "there is no file " + missing.getFile();
            case FileSystemException file when file.getReason() != null -> file.getFile() + ": " + file.getReason();
            case FileSystemException file -> "cannot use " + file.getFile();
            default -> String.valueOf(e.getMessage());
        };
    }
}
