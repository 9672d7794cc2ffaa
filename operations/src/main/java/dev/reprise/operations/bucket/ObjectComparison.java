package dev.reprise.operations.bucket;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.bucket.StoredObjects.Stored;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.storage.bucket.Bucket;
import dev.reprise.storage.bucket.Bucket.Found;
import dev.reprise.storage.bucket.Bucket.Listed;
import dev.reprise.storage.bucket.Bucket.Properties;
import dev.reprise.storage.bucket.Bucket.Sink;
import dev.reprise.storage.bucket.BucketException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Compares what is in a bucket with what was saved. Safe for many threads.
final class ObjectComparison {
    private final Bucket target;
    private final BlobIndex index;
    private final BucketRestoreListener listener;
    private final LongAdder objects = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder different = new LongAdder();

    ObjectComparison(Bucket target, BlobIndex index, BucketRestoreListener listener) {
        this.target = target;
        this.index = index;
        this.listener = listener;
    }

    BucketRestore.Verified verified() {
        return new BucketRestore.Verified(objects.sum(), bytes.sum(), different.sum());
    }

    /// By the listing.
    ///
    /// @return whether it is there with its size
    boolean listed(Stored stored, @Nullable Listed there) {
        objects.increment();
        long size = stored.node().size();
        bytes.add(size);
        if (there == null) {
            return differs(stored.text(), "it is not there");
        }
        if (there.size() != size) {
            return differs(stored.text(), "it has %d bytes instead of %d".formatted(there.size(), size));
        }
        return true;
    }

    /// There, and not in the point.
    void surplus(String key) {
        differs(key, "the point does not have it");
    }

    private boolean differs(String key, String difference) {
        different.increment();
        listener.differs(key, difference);
        return false;
    }

    /// Reads it to its end.
    ///
    /// @return whether it is the same in bytes, metadata and tags
    boolean content(Stored stored) {
        var sink = new Hashing(Objects.requireNonNullElse(stored.node().content(), List.of()));
        try {
            target.read(stored.text(), 0, "", sink);
            sink.end();
            if (sink.wrong >= 0) {
                return differs(stored.text(), "its bytes differ from byte %d on".formatted(sink.wrong));
            }
            List<String> others = properties(stored, Objects.requireNonNull(sink.found));
            return others.isEmpty() || differs(stored.text(), String.join(", ", others));
        } catch (BucketException e) {
            if (e.retryable()) {
                throw e;
            }
            return differs(stored.text(), "it cannot be read: " + e.fact());
        }
    }

    private List<String> properties(Stored stored, Found found) {
        Properties wanted = ObjectAttributes.of(stored.node()).properties();
        List<String> others = new ArrayList<>();
        Map<String, String> headers = new HashMap<>(found.properties().headers());
        if (!wanted.headers().containsKey("content-type")) {
            headers.remove("content-type"); // servers give one to what has none
        }
        if (!headers.equals(wanted.headers())) {
            others.add("its headers are %s instead of %s".formatted(sorted(headers), sorted(wanted.headers())));
        }
        if (!found.properties().metadata().equals(wanted.metadata())) {
            others.add("its metadata differs");
        }
        boolean mayHaveTags = found.tags() > 0 || !wanted.tags().isEmpty();
        if (mayHaveTags && !target.tags(stored.text(), "").equals(wanted.tags())) {
            others.add("its tags differ");
        }
        return others;
    }

    private static Map<String, String> sorted(Map<String, String> map) {
        return new TreeMap<>(map);
    }

    /// Compares blob by blob: each has its SHA-256 as its name.
    private final class Hashing implements Sink {
        private final List<ObjectId> content;
        private final MessageDigest digest = ObjectId.newDigest();
        private @Nullable Found found;
        private int blob;
        private long inBlob;
        private long position;
        private long wrong = -1;

        Hashing(List<ObjectId> content) {
            this.content = content;
        }

        @Override
        public void begin(Found object) {
            found = object;
        }

        @Override
        public void bytes(byte[] buffer, int offset, int length) {
            int from = offset;
            int left = length;
            while (left > 0 && wrong < 0) {
                long blobBytes = blob == content.size() ? -1 : index.plainLength(BlobHandle.data(content.get(blob)));
                if (blobBytes < 1) { // more than was saved, or what was saved is lost
                    wrong = position;
                    return;
                }
                int count = (int) Math.min(left, blobBytes - inBlob);
                digest.update(buffer, from, count);
                from += count;
                left -= count;
                inBlob += count;
                if (inBlob == blobBytes) {
                    endBlob();
                }
            }
        }

        private void endBlob() {
            boolean same = ObjectId.of(digest.digest(), 0).equals(content.get(blob));
            wrong = same ? wrong : position;
            position += inBlob;
            blob++;
            inBlob = 0;
        }

        void end() {
            if (wrong < 0 && (inBlob > 0 || blob < content.size())) {
                wrong = position;
            }
        }
    }
}
