package dev.reprise.repository.pack;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.reprise.base.ObjectId;
import dev.reprise.repository.crypto.ForgedException;
import dev.reprise.repository.crypto.Sealer;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.RepositoryException;
import org.jspecify.annotations.Nullable;

/// Turns the stored form back into plaintext and checks all there is to check. Belongs to one thread.
final class BlobOpener implements AutoCloseable {
    /// Stored form, plaintext and what is made of it are held at a time, by several threads. Blobs of restic end at
    /// 8 MiB; only trees of huge directories are larger.
    private static final long MAX_BYTES =
            Math.clamp(Runtime.getRuntime().maxMemory() / 8, 16 << 20, Integer.MAX_VALUE - 64);

    /// Where the caller puts the stored form: far enough behind the start of the array to be decrypted to there
    /// without a copy.
    static final int STORED_AT = Sealer.IV_BYTES;

    private final Sealer sealer;
    private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();
    private final SlicedDigest digest = new SlicedDigest();
    private final SpareBuffers spare;
    private byte[] plain;

    BlobOpener(Sealer sealer, SpareBuffers spare) {
        this.sealer = sealer;
        this.spare = spare;
        plain = spare.take();
    }

    /// Refuses what cannot be held in memory. Lengths come from the index, so this must be asked before anything of
    /// that length is made.
    static void requireHoldable(BlobLocation location) {
        int most = Math.max(location.length(), location.plainLength());
        if (most > MAX_BYTES) {
            throw RepositoryException.refused(
                    "%s has %d bytes by the index, at most %d fit into the memory of this program"
                            .formatted(name(location), most, MAX_BYTES),
                    "set REPRISE_MAX_HEAP to more, if the repository can be trusted");
        }
    }

    /// Leaves the plaintext in `plain()[0 … location.plainLength())`.
    ///
    /// @param sealed has the stored form from `STORED_AT` on; its content is lost
    /// @throws RepositoryException naming blob and pack if it does not authenticate, decompress or hash
    void open(byte[] sealed, BlobLocation location) {
        int content = authenticate(sealed, location);
        if (location.compressed()) {
            decompress(sealed, content, location);
        }
        digest.update(plain, 0, location.plainLength());
        ObjectId found = digest.finish();
        if (!found.equals(location.handle().id())) {
            throw damaged(location, "its content has the hash " + found.hex(), null);
        }
    }

    /// Valid until the next call of [#open].
    byte[] plain() {
        return plain;
    }

    /// Decrypts to the start of the same array, or straight to `plain` when nothing is left to do afterwards.
    private int authenticate(byte[] sealed, BlobLocation location) {
        int content = location.length() - Sealer.OVERHEAD;
        try {
            if (location.compressed()) {
                return sealer.open(sealed, STORED_AT, location.length(), sealed, 0);
            }
            if (content != location.plainLength()) {
                throw new IllegalStateException("a raw blob of other than its plaintext length: " + location);
            }
            plain = Scratch.atLeast(plain, content);
            return sealer.open(sealed, STORED_AT, location.length(), plain, 0);
        } catch (ForgedException e) {
            throw damaged(location, e.getMessage() == null ? "it is forged" : e.getMessage(), e);
        }
    }

    private void decompress(byte[] sealed, int content, BlobLocation location) {
        long declared = Zstd.getFrameContentSize(sealed, 0, content);
        // 0 and negative: the frame does not say, or is no frame, which decompressing it will tell.
        if (declared > location.plainLength()) {
            throw wrongLength(location, declared);
        }
        plain = Scratch.atLeast(plain, location.plainLength());
        try {
            int length = decompressor.decompressByteArray(plain, 0, location.plainLength(), sealed, 0, content);
            if (length != location.plainLength()) {
                throw wrongLength(location, length);
            }
        } catch (ZstdException e) {
            throw damaged(location, "it does not decompress: " + e.getMessage(), e);
        }
    }

    private static RepositoryException wrongLength(BlobLocation location, long found) {
        return damaged(
                location, "it decompresses to %d bytes instead of %d".formatted(found, location.plainLength()), null);
    }

    private static RepositoryException damaged(BlobLocation location, String detail, @Nullable Throwable cause) {
        return RepositoryException.damaged(name(location), detail, cause);
    }

    /// How a stored copy is named in messages.
    static String name(BlobLocation location) {
        return location.handle() + " in pack " + location.pack().hex();
    }

    @Override
    public void close() {
        spare.give(plain);
        plain = new byte[0];
        decompressor.close();
    }
}
