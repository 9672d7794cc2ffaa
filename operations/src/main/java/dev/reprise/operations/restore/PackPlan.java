package dev.reprise.operations.restore;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.restore.Item.Outcome;
import dev.reprise.operations.restore.Item.RegularFile;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobHandle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which packs are read and where each of their blobs goes. Every pack is read once, in the order in
/// which the tree first needs it, however often a blob is used.
///
/// Primitive arrays, 20 bytes for each chunk to be written: a restore of millions of chunks must fit in
/// memory.
final class PackPlan {
    private final List<RegularFile> files;
    private final BlobIndex index;
    private final Progress progress;

    private final List<ObjectId> packs = new ArrayList<>();
    private final Map<ObjectId, Integer> packNumbers = new HashMap<>();
    private int targets;
    private long presentBytes;
    /// False when only the packs are asked for.
    private final boolean placing;

    private final int[] file;
    private final int[] chunk;
    private final long[] offset;
    private int[] pack;

    /// Numbers of targets, those of one pack together; `start` says where each pack's begin.
    private int[] order = {};

    private int[] start = {};

    private PackPlan(List<RegularFile> files, BlobIndex index, Progress progress, boolean placing) {
        this.files = files;
        this.index = index;
        this.progress = progress;
        this.placing = placing;
        int most = placing ? chunks(files) : 0;
        file = new int[most];
        chunk = new int[most];
        offset = new long[most];
        pack = new int[most];
    }

    private static int chunks(List<RegularFile> files) {
        long chunks = 0;
        for (RegularFile file : files) {
            chunks += isWanted(file) ? file.chunks() : 0;
        }
        return Math.toIntExact(chunks);
    }

    private static boolean isWanted(RegularFile file) {
        return !file.failed && (file.outcome == Outcome.RESTORED || file.outcome == Outcome.UPDATED);
    }

    /// Plans the content of every file that is restored or updated; a file with a chunk that no index
    /// knows is reported, and what is left of it is planned all the same.
    static PackPlan of(List<RegularFile> files, BlobIndex index, Progress progress) {
        PackPlan plan = planned(files, index, progress, true);
        plan.sort();
        return plan;
    }

    /// How many packs would be read. Files are reported, and chunks counted in them, as by [#of].
    static int countPacks(List<RegularFile> files, BlobIndex index, Progress progress) {
        return planned(files, index, progress, false).packs();
    }

    /// Packs that would be read.
    static Set<ObjectId> packsOf(List<RegularFile> files, BlobIndex index, Progress progress) {
        return new HashSet<>(planned(files, index, progress, false).packs);
    }

    private static PackPlan planned(List<RegularFile> files, BlobIndex index, Progress progress, boolean placing) {
        var plan = new PackPlan(files, index, progress, placing);
        for (int i = 0; i < files.size(); i++) {
            RegularFile file = files.get(i);
            if (isWanted(file)) {
                plan.add(i, file);
            }
        }
        return plan;
    }

    /// Bytes of updated files that need not be written.
    long presentBytes() {
        return presentBytes;
    }

    int packs() {
        return packs.size();
    }

    ObjectId pack(int number) {
        return packs.get(number);
    }

    /// The blobs of one pack and what each is for.
    PackTargets targets(int number) {
        var result = new PackTargets();
        for (int i = start[number]; i < start[number + 1]; i++) {
            int target = order[i];
            RegularFile into = files.get(file[target]);
            BlobHandle handle = BlobHandle.data(into.chunk(chunk[target]));
            result.add(handle, packs.get(number), index, into, offset[target]);
        }
        return result;
    }

    private void add(int number, RegularFile into) {
        ChunkLayout layout = ChunkLayout.of(into, index);
        for (int i = 0; i < into.chunks(); i++) {
            if (into.isPresent(i)) {
                presentBytes += layout.length()[i];
            } else if (layout.isPlaced(i)) {
                add(number, i, layout.offset()[i], location(into.chunk(i)).pack());
                into.outstanding++;
            } else if (layout.length()[i] < 0) {
                progress.fail(into, "data blob " + into.chunk(i).hex() + " is missing: no index names it");
            }
        }
    }

    /// A copy in a pack that is read anyway, or the first.
    private BlobLocation location(ObjectId id) {
        List<BlobLocation> copies = index.find(BlobHandle.data(id));
        for (BlobLocation copy : copies) {
            if (packNumbers.containsKey(copy.pack())) {
                return copy;
            }
        }
        return copies.getFirst();
    }

    private void add(int fileNumber, int chunkNumber, long position, ObjectId packId) {
        int number = packNumbers.computeIfAbsent(packId, id -> {
            packs.add(id);
            return packs.size() - 1;
        });
        if (placing) {
            file[targets] = fileNumber;
            chunk[targets] = chunkNumber;
            offset[targets] = position;
            pack[targets++] = number;
        }
    }

    /// Counting sort by pack; the order inside a pack stays that of the tree.
    private void sort() {
        start = new int[packs.size() + 1];
        for (int i = 0; i < targets; i++) {
            start[pack[i] + 1]++;
        }
        for (int i = 0; i < packs.size(); i++) {
            start[i + 1] += start[i];
        }
        int[] next = start.clone();
        order = new int[targets];
        for (int i = 0; i < targets; i++) {
            order[next[pack[i]]++] = i;
        }
        pack = new int[0];
        packNumbers.clear();
    }

    /// What is wanted of one pack.
    static final class PackTargets {
        private record Place(RegularFile file, long offset) {}

        private final Map<ObjectId, List<Place>> places = new HashMap<>();
        private final List<BlobLocation> blobs = new ArrayList<>();

        private void add(BlobHandle handle, ObjectId pack, BlobIndex index, RegularFile into, long offset) {
            List<Place> known = places.get(handle.id());
            if (known == null) {
                known = new ArrayList<>(1);
                places.put(handle.id(), known);
                blobs.add(inPack(index.find(handle), pack));
            }
            known.add(new Place(into, offset));
        }

        private static BlobLocation inPack(List<BlobLocation> copies, ObjectId pack) {
            for (BlobLocation copy : copies) {
                if (copy.pack().equals(pack)) {
                    return copy;
                }
            }
            throw new IllegalStateException("the index lost pack " + pack.hex());
        }

        /// Each blob once.
        List<BlobLocation> blobs() {
            return blobs;
        }

        /// Hands out the places that need a blob and forgets them.
        ///
        /// @return how many there were
        int take(ObjectId blob, PlaceConsumer consumer) {
            List<Place> taken = places.getOrDefault(blob, List.of());
            places.remove(blob);
            for (Place place : taken) {
                consumer.accept(place.file, place.offset);
            }
            return taken.size();
        }
    }

    /// Takes one place in a file.
    @FunctionalInterface
    interface PlaceConsumer {
        void accept(RegularFile file, long offset);
    }
}
