package dev.reprise.repository.unpacked;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.reprise.repository.crypto.ForgedException;
import dev.reprise.repository.crypto.KeySet;
import dev.reprise.repository.crypto.Sealer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.IntFunction;

/// From JSON to sealed bytes and back, with ciphers and compression contexts that are used again. Not thread-safe.
final class DocumentCodec implements AutoCloseable {
    /// Where sealed bytes lie in an array in which they are opened: then they are opened without being moved first.
    static final int FRONT = Sealer.OVERHEAD;

    private static final byte COMPRESSED = 2;
    private static final int LEVEL = 3;
    private static final int FIRST_GUESS_BYTES = 64 * 1024;
    /// A frame may claim any size; memory is taken for this multiple of its bytes before it is believed.
    private static final int BELIEVED_RATIO = 64;
    /// Documents name hashes, which do not compress: what expands to more of its size than this is made to fill
    /// memory. Small ones may be all white space.
    private static final int MAX_RATIO = 256;

    private static final int MAX_UNCHECKED_BYTES = 8 << 20;

    private final int version;
    private final Sealer sealer;
    private final ZstdCompressCtx compressor;
    private final ZstdDecompressCtx decompressor;
    /// Most documents are far smaller, and do not say how small.
    private final byte[] small = new byte[FIRST_GUESS_BYTES];

    DocumentCodec(KeySet keys, int version, SecureRandom random) {
        this.version = version;
        this.sealer = new Sealer(keys, random);
        this.compressor = new ZstdCompressCtx().setLevel(LEVEL);
        this.decompressor = new ZstdDecompressCtx();
    }

    /// @param length of the document, from the start of `json`
    /// @param room   gives an array of at least as many bytes, for what is sealed
    byte[] seal(byte[] json, int length, IntFunction<byte[]> room) {
        if (version == 1) {
            return seal(json, length);
        }
        byte[] out = room.apply(1 + Math.toIntExact(Zstd.compressBound(length)));
        out[0] = COMPRESSED;
        return seal(out, 1 + compressor.compressByteArray(out, 1, out.length - 1, json, 0, length));
    }

    private byte[] seal(byte[] plain, int length) {
        byte[] sealed = new byte[length + Sealer.OVERHEAD];
        sealer.seal(plain, 0, length, sealed, 0);
        return sealed;
    }

    /// What is inside a sealed document: `length` bytes of `bytes`, from the start.
    record Opened(byte[] bytes, int length) {}

    /// @param limit largest number of bytes of JSON
    /// @throws ForgedException          if the bytes do not authenticate
    /// @throws IllegalArgumentException if what is inside is in no known form, or larger than the limit
    byte[] open(byte[] sealed, int limit) throws ForgedException {
        byte[] room = new byte[FRONT + sealed.length];
        System.arraycopy(sealed, 0, room, FRONT, sealed.length);
        Opened opened = open(room, sealed.length, limit, bytes -> bytes > small.length ? new byte[bytes] : small);
        boolean own = opened.length > small.length && opened.length == opened.bytes.length;
        return own ? opened.bytes : Arrays.copyOf(opened.bytes, opened.length);
    }

    /// As above, in memory of the caller.
    ///
    /// @param sealed the sealed bytes, from [#FRONT] on; overwritten
    /// @param length of these
    /// @param room   gives an array of at least as many bytes, or the same again
    Opened open(byte[] sealed, int length, int limit, IntFunction<byte[]> room) throws ForgedException {
        int plain = sealer.open(sealed, FRONT, length, sealed, 0);
        if (plain == 0 || (plain == 1 && sealed[0] == COMPRESSED)) {
            throw new IllegalArgumentException("it holds nothing");
        }
        // A format 1 repository never has the prefix byte.
        boolean raw = version == 1 || sealed[0] == '{' || sealed[0] == '[';
        Opened opened = raw ? new Opened(sealed, plain) : decompress(sealed, plain, limit, room);
        if (opened.length > limit) {
            throw tooLarge(limit);
        }
        return opened;
    }

    private Opened decompress(byte[] plain, int plainLength, int limit, IntFunction<byte[]> room) {
        if (plain[0] != COMPRESSED) {
            throw new IllegalArgumentException(
                    "its encoding is not known: first byte 0x%02x".formatted(plain[0] & 0xff));
        }
        int length = plainLength - 1;
        int most = (int) Math.min(limit, Math.max(MAX_UNCHECKED_BYTES, (long) MAX_RATIO * length));
        long believed = Math.min(most, Math.max(FIRST_GUESS_BYTES, (long) BELIEVED_RATIO * length));
        // Small frames do not say how large their content is; several frames may follow each other.
        long claimed = Zstd.getFrameContentSize(plain, 1, length);
        long capacity = claimed > 0 ? Math.min(claimed, believed) : believed;
        while (true) {
            byte[] out = room.apply(Math.toIntExact(capacity));
            try {
                int size = decompressor.decompressByteArray(out, 0, Math.min(out.length, most), plain, 1, length);
                return new Opened(out, size);
            } catch (ZstdException e) {
                if (e.getErrorCode() != Zstd.errDstSizeTooSmall()) {
                    throw new IllegalArgumentException("its content does not decompress: " + e.getMessage(), e);
                }
                if (out.length >= most) {
                    throw tooLarge(most);
                }
                capacity = Math.min(most, out.length * 4L);
            }
        }
    }

    private static IllegalArgumentException tooLarge(int limit) {
        return new IllegalArgumentException("it is larger than the limit of " + limit + " bytes");
    }

    @Override
    public void close() {
        compressor.close();
        decompressor.close();
    }
}
