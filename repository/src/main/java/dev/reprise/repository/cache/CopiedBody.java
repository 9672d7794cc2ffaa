package dev.reprise.repository.cache;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// The body of a whole object, copied while it is read. That the copy fails is never told to the reader.
final class CopiedBody extends FilterInputStream {
    private final CachedObjects.Draft draft;
    private @Nullable IOException failure;
    private boolean fits = true;
    private boolean ended;

    CopiedBody(InputStream body, CachedObjects.Draft draft) {
        super(body);
        this.draft = draft;
    }

    /// Whether all of it was read and given to the draft.
    boolean isWhole() {
        return ended && fits && failure == null;
    }

    /// Why it could not be copied; null if it could.
    @Nullable
    IOException failure() {
        return failure;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int read = in.read(into, offset, length);
        ended |= read < 0;
        if (read > 0 && fits && failure == null) {
            try {
                fits = draft.write(into, offset, read);
            } catch (IOException e) {
                failure = e;
            }
        }
        return read;
    }

    @Override
    public long skip(long bytes) throws IOException {
        fits &= bytes <= 0;
        return in.skip(bytes);
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
