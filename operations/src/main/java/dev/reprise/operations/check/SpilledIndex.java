package dev.reprise.operations.check;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.sorting.BlobRecord;
import dev.reprise.operations.sorting.ByteLog;
import dev.reprise.operations.sorting.ExternalSort;
import dev.reprise.operations.sorting.IdTable;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.index.PackEntries;
import dev.reprise.repository.index.PackSink;
import dev.reprise.repository.model.BlobHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// The union of all index files, sorted into a file of which only a part lies in memory, so that a check of
/// any size keeps to its [Allowance]. A look-up reads one block of 4 KiB. What it says is what the index in
/// memory says.
///
/// The allowance frees it; [#close] does nothing.
final class SpilledIndex implements BlobIndex {
    private static final int RECORDS_OF_BLOCK = 80;
    private static final int BLOCK_BYTES = RECORDS_OF_BLOCK * BlobRecord.BYTES;
    /// Position and number of entries.
    private static final int GROUP_BYTES = 12;

    private final IdTable packs;
    private final ByteLog groups;
    private final ByteLog entries;
    private final Map<Integer, List<Group>> further;
    private final ByteLog sorted;
    /// The first eight bytes of each block.
    private final long[] fences;

    /// What one or more index files say of a pack.
    ///
    /// @param position of its first entry in the log of entries
    private record Group(long position, int entries) {}

    private SpilledIndex(Builder builder, ByteLog sorted, long[] fences) {
        packs = builder.packs;
        groups = builder.groups;
        entries = builder.entries;
        further = builder.further;
        this.sorted = sorted;
        this.fences = fences;
    }

    /// Reads every index file.
    ///
    /// @param damaged as in [Repository#readIndex]
    static SpilledIndex read(
            Repository repository, Allowance allowance, BiConsumer<ObjectId, RuntimeException> damaged) {
        try (ExternalSort sort = allowance.sort(BlobRecord.BYTES)) {
            var builder = new Builder(allowance, sort);
            repository.readIndex(builder, damaged);
            return builder.build();
        }
    }

    @Override
    public boolean contains(BlobHandle handle) {
        return plainLength(handle) >= 0;
    }

    @Override
    public int plainLength(BlobHandle handle) {
        var records = new Records(handle);
        return records.next() ? records.location().plainLength() : -1;
    }

    @Override
    public List<BlobLocation> find(BlobHandle handle) {
        List<BlobLocation> found = new ArrayList<>(1);
        var records = new Records(handle);
        while (records.next()) {
            found.add(records.location());
        }
        return found;
    }

    @Override
    public long size() {
        return sorted.size() / BlobRecord.BYTES;
    }

    @Override
    public void forEachPack(Consumer<PackContent> consumer) {
        for (int number = 0; number < packs.size(); number++) {
            ObjectId pack = packs.get(number);
            List<BlobLocation> blobs = new ArrayList<>();
            Builder.read(entries, group(groups, number), pack, blobs);
            List<Group> more = further.getOrDefault(number, List.of());
            for (Group group : more) {
                Builder.read(entries, group, pack, blobs);
            }
            if (!more.isEmpty()) {
                blobs.sort(Comparator.comparingLong(BlobLocation::offset));
            }
            consumer.accept(new PackContent(pack, blobs));
        }
    }

    @Override
    public void close() {}

    private static Group group(ByteLog groups, int number) {
        byte[] row = new byte[GROUP_BYTES];
        groups.read((long) GROUP_BYTES * number, row, 0, GROUP_BYTES);
        return new Group(
                ((long) BlobRecord.getInt(row, 0) << 32) | Integer.toUnsignedLong(BlobRecord.getInt(row, 4)),
                BlobRecord.getInt(row, 8));
    }

    /// Steps through the records of one blob.
    private final class Records {
        private final BlobHandle handle;
        private final byte[] wanted = new byte[BlobRecord.HANDLE_BYTES];
        private final byte[] block = new byte[BLOCK_BYTES];
        private int number;
        private int filled;
        private int at;

        Records(BlobHandle handle) {
            this.handle = handle;
            BlobRecord.putHandle(wanted, handle.type(), handle.id());
            if (fences.length > 0) {
                load(firstBlock());
                at = firstRecord() * BlobRecord.BYTES - BlobRecord.BYTES;
            }
        }

        /// The last block that begins before the blob, or the first of all.
        private int firstBlock() {
            long key = handle.id().w0();
            int low = lowest(key);
            int high = highest(key);
            byte[] first = new byte[BlobRecord.HANDLE_BYTES];
            while (low < high) {
                int middle = (low + high + 1) >>> 1;
                sorted.read((long) middle * BLOCK_BYTES, first, 0, first.length);
                if (Arrays.compareUnsigned(first, wanted) < 0) {
                    low = middle;
                } else {
                    high = middle - 1;
                }
            }
            return low;
        }

        /// The last block whose fence is below the key, or 0.
        private int lowest(long key) {
            int low = 0;
            int high = fences.length;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (Long.compareUnsigned(fences[middle], key) < 0) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return Math.max(0, low - 1);
        }

        /// The last block whose fence is not above the key.
        private int highest(long key) {
            return key == -1 ? fences.length - 1 : lowest(key + 1);
        }

        private void load(int block) {
            number = block;
            long start = (long) block * BLOCK_BYTES;
            filled = (int) Math.min(BLOCK_BYTES, sorted.size() - start);
            sorted.read(start, this.block, 0, filled);
        }

        /// The first record of the block that is not before the blob.
        private int firstRecord() {
            int low = 0;
            int high = filled / BlobRecord.BYTES;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (compare(middle * BlobRecord.BYTES) < 0) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }

        private int compare(int record) {
            return Arrays.compareUnsigned(block, record, record + wanted.length, wanted, 0, wanted.length);
        }

        boolean next() {
            at += BlobRecord.BYTES;
            if (at >= filled && number + 1 < fences.length) {
                load(number + 1);
                at = 0;
            }
            return at < filled && compare(at) == 0;
        }

        BlobLocation location() {
            byte[] record = Arrays.copyOfRange(block, at, at + BlobRecord.BYTES);
            return BlobRecord.location(
                    handle,
                    packs.get(BlobRecord.pack(record)),
                    BlobRecord.offset(record),
                    BlobRecord.length(record),
                    BlobRecord.uncompressedLength(record));
        }
    }

    /// Collects what index files say. Belongs to one thread.
    private static final class Builder implements PackSink {
        /// Besides its entries: two objects and a place in a table.
        private static final int FURTHER_BYTES = 200;

        private final Allowance allowance;
        private final IdTable packs;
        private final ByteLog groups;
        private final ByteLog entries;
        private final Map<Integer, List<Group>> further = new HashMap<>();
        private final ExternalSort sort;
        private final byte[] record = new byte[BlobRecord.BYTES];

        Builder(Allowance allowance, ExternalSort sort) {
            this.allowance = allowance;
            packs = allowance.ids();
            groups = allowance.log();
            entries = allowance.log();
            this.sort = sort;
        }

        @Override
        public boolean add(ObjectId pack, PackEntries described) {
            PackEntries said = described.inOffsetOrder();
            int known = packs.size();
            int number = packs.add(pack);
            if (number == known) {
                Group group = append(number, said);
                byte[] row = new byte[GROUP_BYTES];
                putLong(row, group.position());
                BlobRecord.putInt(row, 8, group.entries());
                groups.add(row, 0, GROUP_BYTES);
                return true;
            }
            List<BlobLocation> present = new ArrayList<>();
            read(entries, group(groups, number), pack, present);
            List<Group> more = further.getOrDefault(number, List.of());
            if (more.isEmpty() && present.equals(said.locations(pack))) {
                return true;
            }
            more.forEach(group -> read(entries, group, pack, present));
            PackEntries unknown = without(new HashSet<>(present), pack, said);
            if (unknown.size() > 0) {
                allowance.take(FURTHER_BYTES);
                further.computeIfAbsent(number, _ -> new ArrayList<>(1)).add(append(number, unknown));
            }
            return false;
        }

        private static void putLong(byte[] row, long value) {
            BlobRecord.putInt(row, 0, (int) (value >>> 32));
            BlobRecord.putInt(row, 4, (int) value);
        }

        private static PackEntries without(Set<BlobLocation> present, ObjectId pack, PackEntries said) {
            var unknown = new PackEntries();
            for (int i = 0; i < said.size(); i++) {
                if (present.add(said.location(pack, i))) {
                    unknown.add(said.type(i), said.id(i), said.offset(i), said.length(i), said.uncompressedLength(i));
                }
            }
            return unknown;
        }

        private Group append(int pack, PackEntries said) {
            long position = entries.size();
            for (int i = 0; i < said.size(); i++) {
                BlobRecord.putHandle(record, said.type(i), said.id(i));
                BlobRecord.putPlace(record, pack, said.offset(i), said.length(i), said.uncompressedLength(i));
                entries.add(record, 0, BlobRecord.BYTES);
                sort.add(record);
            }
            return new Group(position, said.size());
        }

        static void read(ByteLog entries, Group group, ObjectId pack, List<BlobLocation> into) {
            byte[] bytes = new byte[Math.multiplyExact(group.entries(), BlobRecord.BYTES)];
            entries.read(group.position(), bytes, 0, bytes.length);
            for (int at = 0; at < bytes.length; at += BlobRecord.BYTES) {
                byte[] record = Arrays.copyOfRange(bytes, at, at + BlobRecord.BYTES);
                into.add(BlobRecord.location(
                        BlobRecord.handle(record),
                        pack,
                        BlobRecord.offset(record),
                        BlobRecord.length(record),
                        BlobRecord.uncompressedLength(record)));
            }
        }

        SpilledIndex build() {
            int most = Math.toIntExact((entries.size() + BLOCK_BYTES - 1) / BLOCK_BYTES);
            allowance.take((long) Long.BYTES * most);
            long[] fences = new long[most];
            ByteLog sorted = allowance.indexLog();
            ExternalSort.Cursor cursor = sort.read();
            int blocks = 0;
            for (long count = 0; cursor.next(); count++) {
                byte[] next = cursor.record();
                if (count % RECORDS_OF_BLOCK == 0) {
                    fences[blocks++] = ObjectId.of(next, 0).w0();
                }
                sorted.add(next, 0, BlobRecord.BYTES);
            }
            return new SpilledIndex(this, sorted, Arrays.copyOf(fences, blocks));
        }
    }
}
