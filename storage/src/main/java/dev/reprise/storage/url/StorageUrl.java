package dev.reprise.storage.url;

import dev.reprise.storage.Storage;
import dev.reprise.storage.local.LocalStorage;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Set;

/// Repository URLs in restic's syntax: `local:/path` or a plain path.
public final class StorageUrl {
    /// Places restic knows and we do not yet.
    private static final Set<String> OTHER_SCHEMES =
            Set.of("s3", "sftp", "rest", "gs", "azure", "b2", "swift", "rclone");

    private StorageUrl() {}

    /// Opens the place without looking whether a repository is there.
    ///
    /// @param url `local:` and a path, or a path; a relative one is resolved now
    /// @throws StorageUrlException if no place can be meant; never repeats what may be a password
    public static Storage open(String url) {
        if (url.startsWith("local:")) {
            return local(url.substring("local:".length()));
        }
        int colon = url.indexOf(':');
        if (colon < 0 || isPath(url)) {
            return local(url);
        }
        String scheme = url.substring(0, colon);
        if (OTHER_SCHEMES.contains(scheme)) {
            String fact = "repositories at " + scheme + ": are not supported yet";
            throw new StorageUrlException(fact, "use a directory, as in local:/srv/backup", null);
        }
        String fact = "not a repository URL: it starts with " + scheme + ":";
        throw new StorageUrlException(fact, "write local: before a path that contains a colon", null);
    }

    private static boolean isPath(String url) {
        return url.startsWith("/") || url.startsWith("./") || url.startsWith("../");
    }

    private static Storage local(String path) {
        if (path.isEmpty()) {
            throw new StorageUrlException("the repository URL names no directory", "write local:/srv/backup", null);
        }
        try {
            return new LocalStorage(Path.of(path));
        } catch (InvalidPathException e) {
            throw new StorageUrlException("not a path: " + path, "set a UTF-8 locale such as LC_ALL=C.UTF-8", e);
        }
    }
}
