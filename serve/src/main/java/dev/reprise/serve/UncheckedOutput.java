package dev.reprise.serve;

import java.io.IOException;
import java.io.OutputStream;

/// Tells a client that is gone from a disk that fails, where both are at work in one call: the client's failures pass
/// through unchecked.
final class UncheckedOutput extends OutputStream {
    private final OutputStream out;

    UncheckedOutput(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int one) {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw new ClientException(e);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw new ClientException(e);
        }
    }

    /// The client did not take its answer.
    static final class ClientException extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final IOException reason;

        ClientException(IOException reason) {
            super(reason);
            this.reason = reason;
        }

        IOException reason() {
            return reason;
        }
    }
}
