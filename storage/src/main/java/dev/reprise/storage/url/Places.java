package dev.reprise.storage.url;

import dev.reprise.storage.Storage;
import dev.reprise.storage.Waiting;
import dev.reprise.storage.bucket.Bucket;
import dev.reprise.storage.bucket.RetryingBucket;
import dev.reprise.storage.limit.LimitedStorage;
import dev.reprise.storage.local.LocalStorage;
import dev.reprise.storage.rate.RateLimitedStorage;
import dev.reprise.storage.retry.RetryPolicy;
import dev.reprise.storage.retry.RetryingStorage;
import dev.reprise.storage.url.PlaceKind.PlaceOption;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// The kinds of places this program knows. A local directory is always one: `local:/path` or a
/// plain path. Any other is given back slowed to the rates of the settings, limited to its
/// connections, and repeating what failed for the moment, from inside to outside.
public final class Places implements PlaceOpener {
    /// Local directories and nothing else.
    public static final Places LOCAL = new Places(List.of());

    private static final PlaceOption LOCAL_CONNECTIONS =
            new PlaceOption("local.connections", "operations at a time (default: 2)");

    /// Kinds restic knows and we do not.
    private static final Set<String> OTHER_SCHEMES =
            Set.of("s3", "sftp", "rest", "gs", "azure", "b2", "swift", "rclone");

    private final List<PlaceKind> kinds;
    private final Waiting waiting;
    private final RandomGenerator random;

    /// @param kinds beside local directories
    public Places(List<PlaceKind> kinds) {
        this(kinds, Waiting.REAL, new Random());
    }

    /// @param kinds   beside local directories
    /// @param waiting of those that are repeated or slowed
    /// @param random  spreads pauses; safe for many threads
    public Places(List<PlaceKind> kinds, Waiting waiting, RandomGenerator random) {
        this.kinds = List.copyOf(kinds);
        this.waiting = waiting;
        this.random = random;
    }

    @Override
    public List<PlaceOption> options() {
        return Stream.concat(Stream.of(LOCAL_CONNECTIONS), kinds.stream().flatMap(kind -> kind.options().stream()))
                .toList();
    }

    @Override
    public Storage open(String url, PlaceSettings settings) {
        if (url.startsWith("local:")) {
            return local(url.substring("local:".length()), settings);
        }
        int colon = url.indexOf(':');
        if (colon < 0 || isPath(url)) {
            return local(url, settings);
        }
        String scheme = url.substring(0, colon);
        for (PlaceKind kind : kinds) {
            if (kind.scheme().equals(scheme)) {
                return wrapped(kind.open(url.substring(colon + 1), settings), settings);
            }
        }
        throw unknown(scheme);
    }

    @Override
    public Bucket bucket(String url, PlaceSettings settings) {
        int colon = url.indexOf(':');
        String scheme = colon < 0 || isPath(url) ? "" : url.substring(0, colon);
        for (PlaceKind kind : kinds) {
            Bucket bucket = kind.scheme().equals(scheme) ? kind.bucket(url.substring(colon + 1), settings) : null;
            if (bucket != null) {
                return new RetryingBucket(bucket, RetryPolicy.DEFAULT, waiting, random);
            }
        }
        throw new StorageUrlException("not the URL of a bucket", "write s3:https://host/bucket/prefix", null);
    }

    /// Nothing of this is for local directories: what fails there does not pass by itself.
    private Storage wrapped(Storage place, PlaceSettings settings) {
        var limits = settings.limits();
        Storage paced = limits.isUnlimited()
                ? place
                : new RateLimitedStorage(
                        place, limits.upload(), limits.download(), settings.clock(), limits.zone(), waiting);
        return new RetryingStorage(new LimitedStorage(paced), RetryPolicy.DEFAULT, waiting, random, settings.retries());
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

    private static Storage local(String path, PlaceSettings settings) {
        if (path.isEmpty()) {
            throw new StorageUrlException("the repository URL names no directory", "write local:/srv/backup", null);
        }
        try {
            int connections = settings.number(LOCAL_CONNECTIONS.name(), LocalStorage.CONNECTIONS, 1, 1000);
            return new LocalStorage(Path.of(path), connections);
        } catch (InvalidPathException e) {
            throw new StorageUrlException("not a path: " + path, "set a UTF-8 locale such as LC_ALL=C.UTF-8", e);
        }
    }
}
