package dev.reprise.repository.pack;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.crypto.ForgedException;
import dev.reprise.repository.crypto.Sealer;
import dev.reprise.repository.index.BlobIndex.PackContent;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.index.PackEntries;
import dev.reprise.repository.model.ObjectName;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.pack.PackHeader.MalformedHeaderException;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads what packs say of themselves, without their blobs. Safe for many threads.
public final class PackHeaders {
    private static final int LENGTH_BYTES = 4;
    /// Enough for the header of most packs: about 400 blobs.
    private static final int FIRST_READ = 16 * 1024;

    private final Storage storage;
    private final int version;
    private final Sealer sealer;

    PackHeaders(Storage storage, int version, Sealer sealer) {
        this.storage = storage;
        this.version = version;
        this.sealer = sealer;
    }

    /// Bytes a pack must have that holds exactly these blobs.
    public static long packSize(PackContent content) {
        long size = Sealer.OVERHEAD + LENGTH_BYTES;
        for (BlobLocation blob : content.blobs()) {
            size += blob.length()
                    + (blob.compressed() ? PackHeader.COMPRESSED_ENTRY_BYTES : PackHeader.RAW_ENTRY_BYTES);
        }
        return size;
    }

    /// Reads the header and checks that it describes the whole pack.
    ///
    /// @param size of the pack, as listed
    /// @throws RepositoryException if the pack is missing or its header is damaged
    /// @throws StorageException    if the storage does not answer: that is no damage
    public PackContent read(ObjectId pack, long size) {
        byte[] tail = tail(pack, size, (int) Math.min(size, FIRST_READ));
        long length = headerLength(pack, size, tail);
        int needed = Math.toIntExact(length) + LENGTH_BYTES;
        if (needed > tail.length) {
            tail = tail(pack, size, needed);
        }
        int end = tail.length - LENGTH_BYTES;
        byte[] header;
        synchronized (sealer) {
            try {
                header = sealer.open(Arrays.copyOfRange(tail, end - (int) length, end));
            } catch (ForgedException e) {
                throw damaged(pack, "its header cannot be opened: " + e.getMessage(), e);
            }
        }
        return described(pack, size - needed, header);
    }

    private long headerLength(ObjectId pack, long size, byte[] tail) {
        int end = tail.length - LENGTH_BYTES;
        long length = 0;
        for (int i = 0; i < LENGTH_BYTES && end >= 0; i++) {
            length |= (tail[end + i] & 0xffL) << (8 * i);
        }
        if (length < Sealer.OVERHEAD || length > PackHeader.MAX_SEALED_BYTES || length > size - LENGTH_BYTES) {
            throw damaged(pack, "its header length of %d is impossible in %d bytes".formatted(length, size), null);
        }
        return length;
    }

    private PackContent described(ObjectId pack, long blobBytes, byte[] header) {
        var entries = decode(pack, header);
        long described = 0;
        for (int i = 0; i < entries.size(); i++) {
            described += entries.length(i);
        }
        if (described != blobBytes) {
            throw damaged(
                    pack, "its header describes %d bytes of blobs, it has %d".formatted(described, blobBytes), null);
        }
        return new PackContent(pack, entries.locations(pack));
    }

    private PackEntries decode(ObjectId pack, byte[] header) {
        try {
            return PackHeader.decode(header, version);
        } catch (MalformedHeaderException e) {
            throw damaged(pack, "its header is malformed: " + e.getMessage(), e);
        }
    }

    private byte[] tail(ObjectId pack, long size, int length) {
        try {
            return storage.read(
                    ObjectKey.of(ObjectType.PACK, pack), size - length, length, body -> body.readNBytes(length));
        } catch (StorageException e) {
            throw switch (e.kind()) {
                case NOT_FOUND, RANGE_TOO_SHORT, OTHER -> damaged(pack, "its header cannot be read: " + e.fact(), e);
                case ARCHIVED, DENIED, FULL, THROTTLED, UNREACHABLE -> e;
            };
        }
    }

    private static RepositoryException damaged(ObjectId pack, String detail, @Nullable Throwable cause) {
        return RepositoryException.damaged(ObjectName.of(ObjectType.PACK, pack), detail, cause);
    }
}
