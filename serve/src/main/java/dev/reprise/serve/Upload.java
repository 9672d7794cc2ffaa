package dev.reprise.serve;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.Storage.Draft;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/// One object on its way in. Its bytes count as used from the moment they are announced; what does not become an object
/// leaves neither a file nor used bytes.
final class Upload implements AutoCloseable {
    private static final int PIECE = 64 * 1024;

    private final Draft draft;
    private final Quota quota;
    private final MessageDigest digest = ObjectId.newDigest();
    private long announced = -1;
    private long taken;
    private long size;
    private boolean committed;

    /// @param draft closed together with this
    Upload(Draft draft, Quota quota) {
        this.draft = draft;
        this.quota = quota;
    }

    /// @param length of the body; -1 if the client does not say
    void expect(long length) throws Quota.FullException {
        announced = length;
        if (length > 0) {
            quota.take(length);
            taken = length;
        }
    }

    /// @param most bytes
    /// @throws IOException if the client is gone, stops too early, sends too slowly or too much
    void copy(InputStream body, Pace pace, int most) throws IOException, Quota.FullException {
        byte[] piece = new byte[PIECE];
        for (int count = body.read(piece); count >= 0; count = body.read(piece)) {
            pace.moved(count);
            if (count > most - size && most != Integer.MAX_VALUE) {
                throw new IOException("the body is longer than " + most + " bytes");
            }
            if (size + count > taken) {
                quota.take(size + count - taken);
                taken = size + count;
            }
            digest.update(piece, 0, count);
            draft.append(piece, 0, count);
            size += count;
        }
        if (announced >= 0 && size != announced) {
            throw new EOFException("the body ended after " + size + " of " + announced + " bytes");
        }
    }

    /// SHA-256 of everything; to be called once.
    byte[] digest() {
        return digest.digest();
    }

    long size() {
        return size;
    }

    void commit(String name) {
        draft.commit(name);
        committed = true;
    }

    @Override
    public void close() {
        if (!committed) {
            quota.giveBack(taken);
        }
        draft.close();
    }
}
