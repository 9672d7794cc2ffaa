package dev.reprise.cli.restic;

import dev.reprise.repository.model.GoJsonWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// Results that may be millions of lines, or bytes in no encoding: collected and written in large pieces. Belongs to
/// one thread, which writes nothing else to standard output before this is closed.
final class OutputLines implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final OutputStream out;

    OutputLines(ResticOutput output) {
        out = new BufferedOutputStream(output.raw(), BUFFER_BYTES);
    }

    /// A line of JSON.
    void json(GoJsonWriter document) {
        bytes(document.raw('\n').toByteArray());
    }

    void text(String text) {
        bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    void bytes(byte[] bytes) {
        try {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Writes what was collected; leaves standard output open.
    @Override
    public void close() {
        try {
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
