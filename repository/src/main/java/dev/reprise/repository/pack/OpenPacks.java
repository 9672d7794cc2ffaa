package dev.reprise.repository.pack;

import dev.reprise.repository.model.BlobType;
import dev.reprise.storage.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The packs of one blob type that are being filled: at most two, blobs spread over them by chance, so that
/// someone who watches the sizes of packs cannot derive the sizes of chunks. Safe for many threads.
///
/// restic merges the two at the end of a run if they fit into one. Ours are already on storage by then; instead a
/// second pack is opened only when the first is a quarter full, so that small runs leave one pack per type.
final class OpenPacks {
    private final BlobType type;
    private final Storage storage;
    private final long targetBytes;
    private final Slot[] slots = {new Slot(), new Slot()};

    private static final class Slot {
        final ReentrantLock lock = new ReentrantLock();

        @Nullable
        OpenPack pack;
        /// Blob bytes of the pack, 0 without one; read without the lock to choose.
        volatile long blobBytes;
    }

    OpenPacks(BlobType type, Storage storage, long targetBytes) {
        this.type = type;
        this.storage = storage;
        this.targetBytes = targetBytes;
    }

    /// Appends a blob to one of the packs.
    ///
    /// @param coin decides between two packs
    /// @return the pack if it is full now; then it belongs to the caller
    @Nullable
    OpenPack append(SealedBlob blob, boolean coin) {
        if (blob.length() >= targetBytes) {
            return alone(blob);
        }
        Slot slot = lock(choose(coin));
        try {
            OpenPack pack = slot.pack;
            if (pack == null) {
                pack = new OpenPack(type, storage);
                slot.pack = pack;
            }
            pack.append(type, blob.id(), blob.uncompressedLength(), blob.bytes(), blob.length());
            slot.blobBytes = pack.blobBytes();
            return pack.isFull(targetBytes) ? take(slot) : null;
        } finally {
            slot.lock.unlock();
        }
    }

    private OpenPack alone(SealedBlob blob) {
        var pack = new OpenPack(type, storage);
        try {
            pack.append(type, blob.id(), blob.uncompressedLength(), blob.bytes(), blob.length());
            return pack;
        } catch (RuntimeException | Error e) {
            pack.close();
            throw e;
        }
    }

    private int choose(boolean coin) {
        long first = slots[0].blobBytes;
        long second = slots[1].blobBytes;
        boolean bothOpen = first > 0 && second > 0;
        if (bothOpen || Math.max(first, second) >= targetBytes / 4) {
            return coin ? 1 : 0;
        }
        return second > 0 ? 1 : 0;
    }

    /// Locks the slot chosen, or the other one if that has an open pack and nobody waits for it.
    private Slot lock(int chosen) {
        Slot slot = slots[chosen];
        if (slot.lock.tryLock()) {
            return slot;
        }
        Slot other = slots[1 - chosen];
        if (other.blobBytes > 0 && other.lock.tryLock()) {
            return other;
        }
        slot.lock.lock();
        return slot;
    }

    private static @Nullable OpenPack take(Slot slot) {
        OpenPack pack = slot.pack;
        slot.pack = null;
        slot.blobBytes = 0;
        return pack;
    }

    /// Takes all packs out, to be completed or dropped.
    List<OpenPack> takeAll() {
        List<OpenPack> packs = new ArrayList<>(slots.length);
        for (Slot slot : slots) {
            slot.lock.lock();
            try {
                OpenPack pack = take(slot);
                if (pack != null) {
                    packs.add(pack);
                }
            } finally {
                slot.lock.unlock();
            }
        }
        return packs;
    }
}
