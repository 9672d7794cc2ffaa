package dev.reprise.storage.rest;

import dev.reprise.base.RepriseException;
import dev.reprise.storage.Storage.BodyReader;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// A reader failed by itself: its own disk, not the network.
final class ReaderException extends IOException {
    private static final long serialVersionUID = 1;
    private final IOException own;

    private ReaderException(IOException own) {
        super(own);
        this.own = own;
    }

    static <T extends @Nullable Object> T run(BodyReader<T> reader, InputStream body) throws IOException {
        try {
            return reader.read(body);
        } catch (Answer.NetworkException e) {
            throw e;
        } catch (IOException e) {
            throw new ReaderException(e);
        }
    }

    /// Readers wrap what the body throws, as decoders do.
    RepriseException translated(RestFailures failures, String what) {
        for (Throwable cause = own; cause != null; cause = cause.getCause()) {
            if (cause instanceof Answer.NetworkException network) {
                return failures.translate(what, network);
            }
        }
        return failures.ofReader(what, own);
    }
}
