package dev.reprise.repository.pack;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.crypto.Sealer;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.Compression;
import java.util.Objects;
import java.util.random.RandomGenerator;

/// One thread's way into a [PackingWriter]: hash, claim, seal, verify, append.
final class WriterSession implements BlobWriter.Session {
    private final PackingWriter writer;
    private final Sealer sealer;
    private final BlobSealer blobSealer;
    private final RandomGenerator coin;
    private final SlicedDigest digest = new SlicedDigest();

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
        SealedBlob sealed = blobSealer.seal(type, id, data, offset, length);
        writer.append(type, sealed, length, coin.nextBoolean(), sealer);
        return new BlobWriter.Saved(id, true, sealed.length());
    }

    @Override
    public void close() {
        blobSealer.close();
    }
}
