package dev.reprise.repository.pack;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.reprise.base.ObjectId;
import dev.reprise.repository.crypto.ForgedException;
import dev.reprise.repository.crypto.Sealer;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.Compression;
import dev.reprise.repository.model.RepositoryException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;

/// Turns plaintext into its stored form and proves that it comes back. Belongs to one thread.
///
/// Data that zstd does not make smaller is stored raw. Trees are always compressed where the format knows
/// compression, even if they grow: restic's prune would otherwise repack their packs again and again.
final class BlobSealer implements AutoCloseable {
    /// Below this size level 1 takes two thirds of the time of level 3 and stores at most 1.7 % more (text; pages of
    /// records even shrink). From 32 KiB on text would cost 6 % more.
    private static final int SMALL_BYTES = 16 * 1024;
    /// Larger blobs are decompressed piece by piece while they are compared: no second copy in memory.
    private static final int WHOLE_COMPARE_BYTES = 1024 * 1024;

    /// Where the compressed bytes wait in the buffer they are sealed in: two blocks behind where they end up, or the
    /// JDK copies each piece before it encrypts it.
    private static final int PLAIN_AT = Sealer.IV_BYTES + 32;

    private final int version;
    private final Compression compression;
    private final Sealer sealer;
    private final ZstdCompressCtx compressor = new ZstdCompressCtx();
    private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();
    private int level = Integer.MIN_VALUE;
    private byte[] sealed = new byte[0];
    private byte[] opened = new byte[0];
    private byte[] restored = new byte[0];

    BlobSealer(int version, Compression compression, Sealer sealer) {
        this.version = version;
        this.compression = compression;
        this.sealer = sealer;
    }

    /// @return the sealed form, valid until the next call
    SealedBlob seal(BlobType type, ObjectId id, byte[] data, int offset, int length) {
        int compressed = compress(type, data, offset, length);
        boolean raw = compressed < 0;
        int stored;
        if (raw) {
            sealed = Scratch.atLeast(sealed, Math.addExact(length, Sealer.OVERHEAD));
            stored = sealer.seal(data, offset, length, sealed, 0);
        } else {
            stored = sealer.seal(sealed, PLAIN_AT, compressed, sealed, 0);
        }
        if (!comesBack(stored, raw, data, offset, length)) {
            throw changed(new BlobHandle(type, id));
        }
        return new SealedBlob(id, sealed, stored, raw ? 0 : length);
    }

    /// Seals for this sealer's repository what another one has just compressed, sealed and verified.
    ///
    /// @param last  what `other` returned last
    /// @param other whose version and compression are the same
    /// @return the sealed form, valid until the next call
    SealedBlob sealLike(SealedBlob last, BlobSealer other) {
        int content = last.length() - Sealer.OVERHEAD;
        sealed = Scratch.atLeast(sealed, last.length());
        // What the other one opened to verify it: compressed if it was, else the plaintext.
        int stored = sealer.seal(other.opened, 0, content, sealed, 0);
        opened = Scratch.atLeast(opened, content);
        try {
            int back = sealer.open(sealed, 0, stored, opened, 0);
            if (!Arrays.equals(opened, 0, back, other.opened, 0, content)) {
                throw changed(last.id());
            }
        } catch (ForgedException _) {
            throw changed(last.id());
        }
        return new SealedBlob(last.id(), sealed, stored, last.uncompressedLength());
    }

    boolean hasFormOf(BlobSealer other) {
        return version == other.version && compression == other.compression;
    }

    private static RepositoryException changed(Object blob) {
        return RepositoryException.refused(
                blob + " did not survive sealing: what was read back differs",
                "test the memory of this machine; the blob was not stored");
    }

    /// Compresses to [#PLAIN_AT].
    ///
    /// @return compressed length, or -1 to store raw
    private int compress(BlobType type, byte[] data, int offset, int length) {
        boolean always = type == BlobType.TREE;
        if (version == 1 || length == 0 || (compression == Compression.OFF && !always)) {
            return -1;
        }
        // Room for the worst case: that data does not become smaller is no exception, and should not cost one.
        int capacity = Math.toIntExact(Zstd.compressBound(length));
        sealed = Scratch.atLeast(sealed, Math.addExact(capacity, PLAIN_AT + Sealer.OVERHEAD));
        setLevel(levelFor(type, length));
        try {
            int compressed = compressor.compressByteArray(sealed, PLAIN_AT, capacity, data, offset, length);
            return always || compressed < length ? compressed : -1;
        } catch (ZstdException e) {
            throw new IllegalStateException("zstd refused " + length + " bytes", e);
        }
    }

    private int levelFor(BlobType type, int length) {
        return switch (compression) {
            case AUTO -> type == BlobType.DATA && length < SMALL_BYTES ? 1 : 3;
            case OFF -> 3;
            case FASTEST -> 1;
            case BETTER -> 7;
            case MAX -> 12;
        };
    }

    private void setLevel(int wanted) {
        if (level != wanted) {
            compressor.setLevel(wanted);
            level = wanted;
        }
    }

    private boolean comesBack(int stored, boolean raw, byte[] data, int offset, int length) {
        opened = Scratch.atLeast(opened, stored - Sealer.OVERHEAD);
        try {
            int content = sealer.open(sealed, 0, stored, opened, 0);
            if (raw) {
                return Arrays.equals(opened, 0, content, data, offset, offset + length);
            }
            return length <= WHOLE_COMPARE_BYTES
                    ? wholeEquals(content, data, offset, length)
                    : piecesEqual(content, data, offset, length);
        } catch (ForgedException | ZstdException | IOException _) {
            return false;
        }
    }

    private boolean wholeEquals(int content, byte[] data, int offset, int length) {
        restored = Scratch.atLeast(restored, length);
        int back = decompressor.decompressByteArray(restored, 0, length, opened, 0, content);
        return Arrays.equals(restored, 0, back, data, offset, offset + length);
    }

    private boolean piecesEqual(int content, byte[] data, int offset, int length) throws IOException {
        restored = Scratch.atLeast(restored, WHOLE_COMPARE_BYTES);
        try (var in = new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(opened, 0, content))) {
            int compared = 0;
            while (compared < length) {
                int piece = in.read(restored, 0, Math.min(WHOLE_COMPARE_BYTES, length - compared));
                int from = offset + compared;
                if (piece <= 0 || !Arrays.equals(restored, 0, piece, data, from, from + piece)) {
                    return false;
                }
                compared += piece;
            }
            return in.read() < 0;
        }
    }

    @Override
    public void close() {
        compressor.close();
        decompressor.close();
    }
}
