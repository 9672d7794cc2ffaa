package dev.reprise.repository.pack;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.crypto.ForgedException;
import dev.reprise.repository.crypto.Sealer;
import dev.reprise.repository.index.PackEntries;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import java.util.Arrays;

/// A pack being filled. Bytes go straight to storage and into the hash; memory holds one small buffer and the
/// entries. Belongs to one thread at a time.
final class OpenPack implements AutoCloseable {
    /// Blobs smaller than this are collected, so that neither storage nor hash sees many tiny pieces.
    private static final int BUFFER_BYTES = 128 * 1024;

    private final Storage.Draft draft;
    private final SlicedDigest digest = new SlicedDigest();
    private final PackEntries entries = new PackEntries();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int buffered;
    private long blobBytes;

    /// @param type of every blob in it
    OpenPack(BlobType type, Storage storage) {
        draft = type == BlobType.DATA ? storage.contentDraft() : storage.draft(ObjectType.PACK);
    }

    /// @param uncompressedLength 0 for a blob stored raw
    void append(BlobType type, ObjectId id, int uncompressedLength, byte[] sealed, int length) {
        entries.add(type, id, blobBytes, length, uncompressedLength);
        write(sealed, length);
        blobBytes += length;
    }

    /// Bytes of blobs so far, header not counted.
    long blobBytes() {
        return blobBytes;
    }

    boolean isFull(long targetBytes) {
        return blobBytes >= targetBytes || entries.size() >= PackHeader.MAX_ENTRIES;
    }

    PackEntries entries() {
        return entries;
    }

    /// Appends the header. After it the pack is complete and only lacks its name.
    ///
    /// @return the name
    ObjectId seal(Sealer sealer) {
        byte[] header = PackHeader.encode(entries);
        byte[] sealed = sealer.seal(header);
        verify(sealer, sealed, header);
        write(sealed, sealed.length);
        byte[] length = new byte[4];
        for (int i = 0; i < 4; i++) {
            length[i] = (byte) (sealed.length >>> (8 * i));
        }
        write(length, length.length);
        flush();
        return digest.finish();
    }

    private static void verify(Sealer sealer, byte[] sealed, byte[] header) {
        try {
            if (Arrays.equals(sealer.open(sealed), header)) {
                return;
            }
        } catch (ForgedException _) {
            // The same fault as different bytes, seen by the MAC first.
        }
        throw RepositoryException.refused(
                "the header of a new pack did not survive sealing",
                "test the memory of this machine; the pack was not stored");
    }

    /// Durable on return.
    void commit(ObjectId name) {
        draft.commit(name.hex());
    }

    private void write(byte[] bytes, int length) {
        if (length > BUFFER_BYTES - buffered) {
            flush();
        }
        if (length <= BUFFER_BYTES - buffered) {
            System.arraycopy(bytes, 0, buffer, buffered, length);
            buffered += length;
            return;
        }
        for (int done = 0; done < length; done += BUFFER_BYTES) {
            put(bytes, done, Math.min(BUFFER_BYTES, length - done));
        }
    }

    private void flush() {
        put(buffer, 0, buffered);
        buffered = 0;
    }

    private void put(byte[] bytes, int offset, int length) {
        if (length > 0) {
            digest.update(bytes, offset, length);
            draft.append(bytes, offset, length);
        }
    }

    /// Discards everything unless committed.
    @Override
    public void close() {
        draft.close();
    }
}
