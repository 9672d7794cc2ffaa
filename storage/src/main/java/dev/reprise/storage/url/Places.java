package dev.reprise.storage.url;

import dev.reprise.storage.Storage;
import dev.reprise.storage.local.LocalStorage;
import dev.reprise.storage.url.PlaceKind.PlaceOption;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The kinds of places this program knows. A local directory is always one: `local:/path` or a plain path.
public final class Places implements PlaceOpener {
    /// Local directories and nothing else.
    public static final Places LOCAL = new Places(List.of());

    private static final PlaceOption LOCAL_CONNECTIONS =
            new PlaceOption("local.connections", "operations at a time, 2 or more (default: 2)");

    /// Kinds restic knows and we do not.
    private static final Set<String> OTHER_SCHEMES =
            Set.of("s3", "sftp", "rest", "gs", "azure", "b2", "swift", "rclone");

    private final List<PlaceKind> kinds;

    /// @param kinds beside local directories
    public Places(List<PlaceKind> kinds) {
        this.kinds = List.copyOf(kinds);
    }

    @Override
    public List<PlaceOption> options() {
        return Stream.concat(Stream.of(LOCAL_CONNECTIONS), kinds.stream().flatMap(kind -> kind.options().stream()))
                .toList();
    }

    @Override
    public Storage open(String url, PlaceSettings settings) {
        if (url.startsWith("local:")) {
            return local(url.substring("local:".length()));
        }
        int colon = url.indexOf(':');
        if (colon < 0 || isPath(url)) {
            return local(url);
        }
        String scheme = url.substring(0, colon);
        for (PlaceKind kind : kinds) {
            if (kind.scheme().equals(scheme)) {
                return kind.open(url.substring(colon + 1), settings);
            }
        }
        throw unknown(scheme);
    }

    private StorageUrlException unknown(String scheme) {
        if (OTHER_SCHEMES.contains(scheme)) {
            String fact = "repositories at " + scheme + ": are not supported";
            throw new StorageUrlException(fact, "use a directory, as in local:/srv/backup" + others(), null);
        }
        String fact = "not a repository URL: it starts with " + scheme + ":";
        throw new StorageUrlException(fact, "write local: before a path that contains a colon", null);
    }

    private String others() {
        return kinds.isEmpty()
                ? ""
                : kinds.stream().map(kind -> ", or " + kind.scheme() + ":").reduce("", String::concat);
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
