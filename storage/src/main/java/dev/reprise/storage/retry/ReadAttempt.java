package dev.reprise.storage.retry;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.Storage.BodyReader;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// One run of a reader, which tells the body's failures from the reader's own.
final class ReadAttempt<T extends @Nullable Object> implements BodyReader<T> {
    private final ObjectKey key;
    private final long length;
    private final BodyReader<T> reader;
    private @Nullable RuntimeException own;
    private @Nullable IOException fromReader;
    private @Nullable IOException fromBody;

    /// @param length of the range, or -1 if the object's end decides
    ReadAttempt(ObjectKey key, long length, BodyReader<T> reader) {
        this.key = key;
        this.length = length;
        this.reader = reader;
    }

    @Override
    public T read(InputStream body) throws IOException {
        try {
            return reader.read(new Watched(body));
        } catch (IOException e) {
            fromReader = e;
            throw e;
        } catch (RuntimeException e) {
            own = e;
            throw e;
        }
    }

    /// What the place made of a failure, or what it really was.
    StorageException explain(StorageException failure) {
        if (own != null) {
            throw new CallersFailure(own);
        }
        if (fromBody instanceof EndedEarlyException early) {
            return new StorageException(Kind.UNREACHABLE, early.fact, failure.hint(), failure);
        }
        if (fromReader != null && fromBody == null && failure.retryable()) {
            return new StorageException(Kind.OTHER, failure.fact(), failure.hint(), failure);
        }
        return failure;
    }

    /// The place said nothing, but bytes are missing.
    private static final class EndedEarlyException extends EOFException {
        private static final long serialVersionUID = 1;
        private final String fact;

        EndedEarlyException(String fact) {
            super(fact);
            this.fact = fact;
        }
    }

    private final class Watched extends FilterInputStream {
        private long given;

        Watched(InputStream body) {
            super(body);
        }

        @Override
        public int read() throws IOException {
            try {
                int one = in.read();
                given(one < 0 ? -1 : 1);
                return one;
            } catch (IOException e) {
                throw failed(e);
            }
        }

        @Override
        public int read(byte[] into, int offset, int count) throws IOException {
            try {
                int got = in.read(into, offset, count);
                given(got);
                return got;
            } catch (IOException e) {
                throw failed(e);
            }
        }

        /// The place knows the size and may read into one array.
        @Override
        public byte[] readAllBytes() throws IOException {
            try {
                byte[] all = in.readAllBytes();
                given(all.length);
                given(-1);
                return all;
            } catch (IOException e) {
                throw failed(e);
            }
        }

        @Override
        public long skip(long count) throws IOException {
            try {
                long skipped = in.skip(count);
                given += skipped;
                return skipped;
            } catch (IOException e) {
                throw failed(e);
            }
        }

        private void given(int got) throws IOException {
            if (got >= 0) {
                given += got;
            } else if (given < length) {
                throw new EndedEarlyException("%s ended after %d of %d bytes".formatted(key, given, length));
            }
        }

        private IOException failed(IOException failure) {
            fromBody = failure;
            return failure;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
