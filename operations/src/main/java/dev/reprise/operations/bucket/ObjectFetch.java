package dev.reprise.operations.bucket;

import dev.reprise.base.RawName;
import dev.reprise.operations.backup.BackupEvent;
import dev.reprise.operations.backup.BackupListener;
import dev.reprise.operations.bucket.BucketRequest.TagReading;
import dev.reprise.repository.tree.Node;
import dev.reprise.storage.bucket.Bucket;
import dev.reprise.storage.bucket.Bucket.Found;
import dev.reprise.storage.bucket.Bucket.Listed;
import dev.reprise.storage.bucket.Bucket.Properties;
import dev.reprise.storage.bucket.BucketException;
import dev.reprise.storage.bucket.BucketException.Kind;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Reads objects that changed, and tags. Safe for many threads.
final class ObjectFetch {
    /// An object that is written again and again while it is read is given up.
    private static final int ATTEMPTS = 3;

    private final Bucket bucket;
    private final TagReading tagReading;
    private final ObjectNodes nodes;
    private final BackupListener listener;
    private final LongAdder unreadable = new LongAdder();
    private final LongAdder vanished = new LongAdder();

    ObjectFetch(Bucket bucket, TagReading tagReading, ObjectNodes nodes, BackupListener listener) {
        this.bucket = bucket;
        this.tagReading = tagReading;
        this.nodes = nodes;
        this.listener = listener;
    }

    /// Objects, and tags of objects, that are there and could not be read.
    long unreadable() {
        return unreadable.sum();
    }

    /// Objects that were removed between the listing and the reading.
    long vanished() {
        return vanished.sum();
    }

    /// @param old   what the snapshot before had under this key
    /// @param shown the path for people
    /// @return null if it is gone, or cannot be read, which is then reported
    @Nullable
    Node object(Listed listed, @Nullable Node old, RawName name, String shown, ObjectChunks chunks) {
        long started = System.nanoTime();
        listener.on(new BackupEvent.Started(shown));
        for (int attempt = 1; ; attempt++) {
            chunks.reset();
            try {
                bucket.read(listed.key(), 0, "", chunks);
                chunks.end();
                Node node = node(listed, name, shown, chunks);
                double seconds = (System.nanoTime() - started) / 1e9;
                listener.on(new BackupEvent.ItemDone(
                        shown,
                        false,
                        old == null ? "new" : "modified",
                        seconds,
                        chunks.freshBytes(),
                        chunks.storedBytes(),
                        0,
                        0));
                return node;
            } catch (BucketException e) {
                if (e.kind() == Kind.NOT_FOUND && !isListed(listed.key())) {
                    vanished.increment();
                    return null;
                }
                if (e.kind() == Kind.CHANGED && attempt < ATTEMPTS) {
                    continue;
                }
                report(shown, e);
                return null;
            }
        }
    }

    /// Whether it is still there for the server's listing. Some servers list names in other words than they take.
    private boolean isListed(String key) {
        return bucket.list(key, null).objects().stream()
                .anyMatch(found -> found.key().equals(key));
    }

    /// What fails one object alone is reported; what would fail the next as well ends the run.
    private void report(String shown, BucketException failure) {
        switch (failure.kind()) {
            case ARCHIVED, CHANGED, DENIED, UNSUPPORTED, OTHER, NOT_FOUND -> {
                String reason = switch (failure.kind()) {
                    case CHANGED -> "it was written again each time it was read, %d times".formatted(ATTEMPTS);
                    case NOT_FOUND -> "the server lists it, and finds nothing under that name";
                    default -> failure.fact() + (failure.hint().isEmpty() ? "" : "; " + failure.hint());
                };
                unreadable.increment();
                listener.on(new BackupEvent.Unreadable(shown, reason, "archival"));
            }
            case FULL, THROTTLED, UNREACHABLE -> throw failure;
        }
    }

    private Node node(Listed listed, RawName name, String shown, ObjectChunks chunks) {
        Found found = chunks.found();
        if (found.missing() > 0) {
            unreadable.increment();
            String reason = found.missing() + " entries of its metadata cannot be told by the server";
            listener.on(new BackupEvent.Unreadable(shown, reason, "archival"));
        }
        boolean ask = switch (tagReading) {
            case CHANGED -> found.tags() > 0;
            case ALWAYS -> true;
            case NEVER -> false;
        };
        Properties properties = found.properties();
        if (ask) {
            properties = properties.withTags(tags(listed.key(), found.version(), shown, Map.of()));
        }
        // Listings are told to the millisecond, answers to the second.
        boolean asListed = found.etag().equals(listed.etag());
        String storageClass = found.storageClass().isEmpty() ? "" : found.storageClass();
        var attributes = new ObjectAttributes(
                found.etag(),
                found.version().equals("null") ? "" : found.version(),
                usual(asListed && storageClass.isEmpty() ? listed.storageClass() : storageClass),
                chunks.uploadEtag(),
                properties);
        Instant modified = asListed ? listed.modified() : found.modified();
        return nodes.object(name, modified, chunks.size(), attributes, chunks.content());
    }

    private static String usual(String storageClass) {
        return storageClass.equals("STANDARD") ? "" : storageClass;
    }

    /// @param otherwise if they cannot be read, which is then reported
    private Map<String, String> tags(String key, String version, String shown, Map<String, String> otherwise) {
        try {
            return bucket.tags(key, version);
        } catch (BucketException e) {
            report(shown + " (tags)", e);
            return otherwise;
        }
    }

    /// An unchanged object, whose tags and class may have changed all the same.
    Node unchanged(Listed listed, Node old, String shown) {
        ObjectAttributes before = ObjectAttributes.of(old);
        ObjectAttributes now = before.withStorageClass(usual(listed.storageClass()));
        if (tagReading == TagReading.ALWAYS) {
            now = now.withTags(tags(listed.key(), "", shown, before.properties().tags()));
        }
        return now.equals(before) ? old : ObjectNodes.changed(old, old.name(), now.extended());
    }

    /// Whether an object is the one the snapshot before has, as far as a listing tells.
    static boolean isUnchanged(Listed now, Node old) {
        Instant before = ObjectNodes.instant(old.mtime());
        return !now.etag().isEmpty()
                && now.etag().equals(ObjectAttributes.of(old).etag())
                && now.size() == old.size()
                && now.modified().truncatedTo(ChronoUnit.SECONDS).equals(before.truncatedTo(ChronoUnit.SECONDS));
    }
}
