package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.cache.CacheFolders;
import dev.reprise.repository.cache.SealedFile;
import dev.reprise.repository.cache.SealedInput;
import dev.reprise.repository.cache.SealedOutput;
import dev.reprise.repository.crypto.ForgedException;
import dev.reprise.repository.crypto.KeySet;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Keeps the merged index of one repository in a file of this machine, as it lies in memory, so that opening costs one
/// bulk decryption instead of reading every index file.
///
/// The file is sealed under a key set that only the repository's key gives. It says which index files it was made from;
/// it is used if all of them are still there, and what is new is read from the repository. In any doubt, damage
/// included, it is as if there were none: nothing here ever fails a command. It is not forced to the disk: what a
/// crash leaves does not authenticate.
public final class IndexCache {
    private static final int LAYOUT = 1;
    /// Not "index": that is the folder of copies of index files, beside this one.
    private static final String FILE = "merged-index";

    /// Reading this many entries takes about as long as starting the program: below, a cache gains nothing.
    private static final int FEWEST_ENTRIES = 20_000;
    /// On a remote storage every file costs a round trip.
    private static final int MANY_FILES = 64;

    private final SealedFile file;

    /// @param keys       of this cache alone; stays the caller's
    /// @param repository the repository's id
    public IndexCache(CacheFolders caches, KeySet keys, String repository, SecureRandom random) {
        file = new SealedFile(caches, keys, repository, FILE, LAYOUT, random);
    }

    /// What a cache held.
    ///
    /// @param files the index files it was made from
    record Kept(MergedIndex.Builder builder, Set<ObjectId> files) {}

    /// Whether it pays to write the cache anew.
    ///
    /// @param newFiles   index files that had to be read
    /// @param newEntries entries of those
    /// @param entries    all of them
    static boolean pays(int newFiles, int newEntries, int entries) {
        return newEntries >= Math.max(FEWEST_ENTRIES, entries / 16) || newFiles >= MANY_FILES;
    }

    /// @param files the repository's index files and their sizes in bytes
    /// @return null if there is no cache, or none that can be trusted and used
    @Nullable
    Kept read(SortedMap<ObjectId, Long> files) {
        return file.read((in, length) -> read(in, length, files));
    }

    private static @Nullable Kept read(SealedInput in, long length, SortedMap<ObjectId, Long> files)
            throws IOException, ForgedException {
        SortedMap<ObjectId, Long> known = new TreeMap<>();
        for (int i = count(in, ObjectId.BYTES + Long.BYTES, length); i > 0; i--) {
            known.put(new ObjectId(in.getLong(), in.getLong(), in.getLong(), in.getLong()), in.getLong());
        }
        if (!files.entrySet().containsAll(known.entrySet())) {
            return null;
        }
        var spread = new Spread(in.getLong(), in.getLong(), in.getLong(), in.getLong());
        Arena arena = Arena.ofShared();
        boolean done = false;
        try {
            var log = new EntryLog(arena);
            int packs = get(in, log.packs, EntryLog.PACK_BYTES, length);
            int odds = get(in, log.odds, EntryLog.ODD_BYTES, length);
            int entries = get(in, log.entries, EntryLog.ENTRY_BYTES, length);
            log.adopt(entries, packs, odds);
            var buckets = new Buckets(arena, spread, entries);
            in.get(buckets.starts);
            in.get(buckets.slots.asSlice(0, 4L * entries));
            in.finish();
            done = true;
            return new Kept(new MergedIndex.Builder(arena, log, spread, buckets), known.keySet());
        } finally {
            if (!done) {
                arena.close();
            }
        }
    }

    private static int get(SealedInput in, Rows rows, int rowBytes, long length) throws IOException, ForgedException {
        int count = count(in, rowBytes, length);
        rows.reserve(count);
        for (MemorySegment slice : rows.slices(count)) {
            in.get(slice);
        }
        return count;
    }

    /// No memory is taken for more than the file can hold.
    private static int count(SealedInput in, int bytesEach, long length) throws IOException, ForgedException {
        int count = in.getInt();
        if (count < 0 || (long) count * bytesEach > length) {
            throw new ForgedException("it speaks of " + count + " rows, which it cannot hold");
        }
        return count;
    }

    /// Replaces the cache. Whether that works is nobody's concern.
    ///
    /// @param files what the index was made from, with sizes; nothing was added to it since
    void write(MergedIndex index, SortedMap<ObjectId, Long> files) {
        file.replace(out -> write(out, index, files));
    }

    private static void write(SealedOutput out, MergedIndex index, SortedMap<ObjectId, Long> files) throws IOException {
        out.put(files.size());
        for (Map.Entry<ObjectId, Long> file : files.entrySet()) {
            put(
                    out,
                    file.getKey().w0(),
                    file.getKey().w1(),
                    file.getKey().w2(),
                    file.getKey().w3());
            out.put((long) file.getValue());
        }
        Spread spread = index.spread();
        put(out, spread.k0(), spread.k1(), spread.k2(), spread.k3());
        EntryLog log = index.log();
        put(out, log.packs, log.packCount());
        put(out, log.odds, log.oddCount());
        put(out, log.entries, log.size());
        out.put(index.loaded().starts);
        out.put(index.loaded().slots.asSlice(0, 4L * log.size()));
    }

    private static void put(SealedOutput out, long w0, long w1, long w2, long w3) throws IOException {
        out.put(w0);
        out.put(w1);
        out.put(w2);
        out.put(w3);
    }

    private static void put(SealedOutput out, Rows rows, int count) throws IOException {
        out.put(count);
        for (MemorySegment slice : rows.slices(count)) {
            out.put(slice);
        }
    }
}
