package dev.reprise.repository.pack;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.crypto.Sealer;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.Compression;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One thread's way into a [PackingWriter]: hash, claim, seal, verify, append.
final class WriterSession implements BlobWriter.Session {
    private final PackingWriter writer;
    private final Sealer sealer;
    private final BlobSealer blobSealer;
    private final RandomGenerator coin;
    private final SlicedDigest digest = new SlicedDigest();
    private @Nullable SealedBlob last;

    WriterSession(PackingWriter writer, Sealer sealer, RandomGenerator coin, int version, Compression compression) {
        this.writer = writer;
        this.sealer = sealer;
        this.coin = coin;
        this.blobSealer = new BlobSealer(version, compression, sealer);
    }

    @Override
    public BlobWriter.Saved save(BlobType type, byte[] data, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, data.length);
        digest.update(data, offset, length);
        ObjectId id = digest.finish();
        return writer.saving(() -> store(type, id, data, offset, length));
    }

    private BlobWriter.Saved store(BlobType type, ObjectId id, byte[] data, int offset, int length) {
        if (!writer.claim(new BlobHandle(type, id))) {
            return new BlobWriter.Saved(id, false, 0);
        }
        return new BlobWriter.Saved(id, true, append(null, type, id, data, offset, length));
    }

    /// Seals a blob that was claimed, and appends it.
    ///
    /// @param like has just done the same with this blob, in the same form; null seals from the plaintext
    /// @return sealed length
    int append(@Nullable WriterSession like, BlobType type, ObjectId id, byte[] data, int offset, int length) {
        SealedBlob made = like == null
                ? blobSealer.seal(type, id, data, offset, length)
                : blobSealer.sealLike(Objects.requireNonNull(like.last), like.blobSealer);
        last = made;
        writer.append(type, made, length, coin.nextBoolean(), sealer);
        return made.length();
    }

    /// Whether blobs are compressed in the same way.
    boolean hasFormOf(WriterSession other) {
        return blobSealer.hasFormOf(other.blobSealer);
    }

    @Override
    public void close() {
        blobSealer.close();
    }
}
