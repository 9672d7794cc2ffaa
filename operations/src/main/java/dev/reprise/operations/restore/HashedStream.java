package dev.reprise.operations.restore;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.RepositoryException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// Compares a stream as a whole with what was captured: every chunk may be right and still be in the wrong place.
///
/// The comparison is made at the end of the stream; whoever stops before has read something unproven.
final class HashedStream extends FilterInputStream {
    private final MessageDigest digest;
    private final ObjectId expected;
    private final String name;
    private boolean compared;

    HashedStream(InputStream in, ObjectId expected, String name) {
        super(in);
        this.expected = expected;
        this.name = name;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = super.read(bytes, offset, length);
        if (count > 0) {
            digest.update(bytes, offset, count);
        } else if (count < 0 && !compared) {
            compared = true;
            ObjectId found = ObjectId.of(digest.digest(), 0);
            if (!found.equals(expected)) {
                throw RepositoryException.damaged(
                        name, "its content hashes to %s, not %s".formatted(found.hex(), expected.hex()), null);
            }
        }
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        long left = count;
        byte[] buffer = new byte[8192];
        while (left > 0) {
            int read = read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                break;
            }
            left -= read;
        }
        return count - left;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
