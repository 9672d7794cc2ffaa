package dev.reprise.repository.snapshot;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.cache.CacheFolders;
import dev.reprise.repository.cache.SealedFile;
import dev.reprise.repository.cache.SealedInput;
import dev.reprise.repository.cache.SealedOutput;
import dev.reprise.repository.crypto.ForgedException;
import dev.reprise.repository.crypto.KeySet;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Supplier;

/// Keeps the documents of all snapshots of one repository in one file of this machine, so that listing thousands costs
/// one request and one bulk decryption instead of a small object each.
///
/// Which snapshots there are is never asked of it: it only says what a listed one holds, and only if the listing gives
/// the size it had. A document gets into it after it was read whole, hashed to its id and decoded; the seal of the
/// file,
/// whose keys only the repository's key gives, says that this happened. In any doubt it is as if there were none
/// (see [SealedFile]). Belongs to one thread.
public final class SnapshotCache {
    private static final int LAYOUT = 1;
    /// Not "snapshots": that is the folder of copies of single ones, beside this one.
    private static final String FILE = "merged-snapshots";

    /// Fewer are read one by one in less time than this file takes to be written.
    private static final int FEWEST = 64;
    /// Larger documents, which list thousands of paths, are left to be read one by one.
    private static final int LARGEST_BYTES = 64 * 1024;
    /// Of all documents: a listing holds them in memory. What is beyond is left as well.
    private static final long MOST_BYTES = 64L << 20;
    private static final byte[] LEFT = {};

    private final CacheFolders caches;
    private final Supplier<KeySet> keys;
    private final String repository;
    private final SecureRandom random;

    /// @param keys       derives keys of this cache alone; they are wiped here. Only called when they are needed
    /// @param repository the repository's id
    public SnapshotCache(CacheFolders caches, Supplier<KeySet> keys, String repository, SecureRandom random) {
        this.caches = caches;
        this.keys = keys;
        this.repository = repository;
        this.random = random;
    }

    private SealedFile file(KeySet derived) {
        return new SealedFile(caches, derived, repository, FILE, LAYOUT, random);
    }

    /// What the file held.
    ///
    /// @param documents JSON of those that are listed, the oldest first; empty for one that is left to be read
    /// @param gone      how many it holds that are not listed any more
    record Kept(Map<ObjectId, byte[]> documents, int gone) {
        private static final Kept NOTHING = new Kept(Map.of(), 0);
    }

    /// Whether it pays to write the file anew.
    ///
    /// @param fresh documents that are not in it
    /// @param gone  documents in it of snapshots that were removed
    /// @param all   snapshots that are listed
    static boolean pays(int fresh, int gone, int all) {
        return fresh + gone >= Math.max(FEWEST, all / 16);
    }

    /// @param listed the repository's snapshots and their sizes in bytes
    Kept read(SortedMap<ObjectId, Long> listed) {
        if (listed.size() < FEWEST) {
            return Kept.NOTHING;
        }
        try (KeySet derived = keys.get()) {
            Kept kept = file(derived).read((in, length) -> read(in, length, listed));
            return kept == null ? Kept.NOTHING : kept;
        }
    }

    private static Kept read(SealedInput in, long length, SortedMap<ObjectId, Long> listed)
            throws IOException, ForgedException {
        Map<ObjectId, byte[]> documents = new LinkedHashMap<>();
        int gone = 0;
        for (int left = in.getInt(); left > 0; left--) {
            var id = new ObjectId(in.getLong(), in.getLong(), in.getLong(), in.getLong());
            Long size = in.getLong();
            byte[] json = new byte[bounded(in.getInt(), length)];
            in.get(json);
            if (size.equals(listed.get(id))) {
                documents.put(id, json);
            } else {
                gone++;
            }
        }
        in.finish();
        return new Kept(documents, gone);
    }

    private static int bounded(int bytes, long length) throws ForgedException {
        if (bytes < 0 || bytes > LARGEST_BYTES || bytes > length) {
            throw new ForgedException("it speaks of a document of " + bytes + " bytes");
        }
        return bytes;
    }

    /// Replaces the file. Whether that works is nobody's concern.
    ///
    /// @param listed    sizes of the snapshots in bytes
    /// @param ids       those to keep, in the order in which [#read] shall give them
    /// @param documents JSON of these, which were read, hashed and decoded, or come from [#read]
    void write(SortedMap<ObjectId, Long> listed, List<ObjectId> ids, Map<ObjectId, byte[]> documents) {
        try (KeySet derived = keys.get()) {
            file(derived).replace(out -> {
                out.put(ids.size());
                long left = MOST_BYTES;
                for (ObjectId id : ids) {
                    byte[] json = documents.getOrDefault(id, LEFT);
                    byte[] kept = json.length <= LARGEST_BYTES && json.length <= left ? json : LEFT;
                    put(out, id, listed.getOrDefault(id, 0L), kept);
                    left -= kept.length;
                }
            });
        }
    }

    private static void put(SealedOutput out, ObjectId id, long size, byte[] json) throws IOException {
        out.put(id.w0());
        out.put(id.w1());
        out.put(id.w2());
        out.put(id.w3());
        out.put(size);
        out.put(json.length);
        out.put(json);
    }
}
