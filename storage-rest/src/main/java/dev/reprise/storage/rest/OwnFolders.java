package dev.reprise.storage.rest;

import dev.reprise.storage.ObjectType;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Where on a server the objects lie that restic does not know. `reprise restic serve` keeps them in the folders they
/// have on disk. Other servers know restic's five types only; there they lie in a folder of their own that looks to the
/// server like one more repository, inside this one or, where paths must not be so deep, beside it, under the types
/// that fit best: manifests of points as snapshots, readings as index files, partial snapshots as locks, which an
/// append-only server lets go.
final class OwnFolders {
    private static final int OK = 200;

    private final String base;
    private final Server server;
    private volatile @Nullable Home found;

    /// @param base path of the repository, with `/` at its end
    OwnFolders(String base, Server server) {
        this.base = base;
        this.server = server;
    }

    /// Asks the server for the status of a request without a body.
    interface Server {
        int list(String folder) throws IOException;

        int create(String folder) throws IOException;
    }

    /// @return with `/` at its end; null while nothing of the kind is there
    @Nullable
    String folder(ObjectType type) throws IOException {
        Home home = found;
        if (home == null) {
            home = find();
            found = home;
        }
        return home == null ? null : home.folder(type);
    }

    /// As [#folder], and makes the folder.
    ///
    /// @return null if the server refuses every one
    @Nullable
    String made(ObjectType type) throws IOException {
        String known = folder(type);
        if (known != null) {
            return known;
        }
        for (Home home : new Home[] {inside(), beside()}) {
            if (server.create(home.root) == OK) {
                found = home;
                return home.folder(type);
            }
        }
        return null;
    }

    private @Nullable Home find() throws IOException {
        for (Home home : new Home[] {new Home(base, false), inside(), beside()}) {
            if (server.list(home.folder(ObjectType.POINT)) == OK) {
                return home;
            }
        }
        return null;
    }

    private Home inside() {
        return new Home(base + "reprise/", true);
    }

    private Home beside() {
        String name = base.substring(0, base.length() - 1);
        return new Home(name.isEmpty() ? "/reprise/" : name + ".reprise/", true);
    }

    /// @param root     with `/` at its end
    /// @param borrowed whether restic's types stand for ours
    private record Home(String root, boolean borrowed) {
        String folder(ObjectType type) {
            if (!borrowed) {
                return root + type.folder() + "/";
            }
            return root
                    + switch (type) {
                        case POINT -> "snapshots/";
                        case READINGS -> "index/";
                        case PARTIAL -> "locks/";
                        case CONFIG, KEY, LOCK, SNAPSHOT, INDEX, PACK ->
                            throw new IllegalArgumentException("restic knows " + type);
                    };
        }
    }
}
