package dev.reprise.operations.artifacts;

import dev.reprise.base.DurableFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/// One file of an export: readable by its owner only, and there under its name only when it is whole.
public final class ArtifactFile {
    private ArtifactFile() {}

    /// Fills the stream; an exception leaves nothing behind.
    @FunctionalInterface
    public interface Filler {
        void fill(OutputStream out) throws IOException;
    }

    /// Writes `folder/name` as the filler fills it.
    ///
    /// @return bytes on disk
    public static long write(Path folder, String name, Filler filler) throws IOException {
        try (var file = DurableFile.create(folder, name, PosixFilePermissions.fromString("rw-------"))) {
            var out = new Appending(file);
            filler.fill(out);
            out.flush();
            file.commit(folder.resolve(name));
            return file.written();
        }
    }

    /// The same, compressed with gzip; equal content gives equal bytes.
    public static long writeGzip(Path folder, String name, Filler filler) throws IOException {
        return write(folder, name, out -> {
            var parameters = new GzipParameters();
            parameters.setCompressionLevel(6);
            try (var gzip = new GzipCompressorOutputStream(out, parameters)) {
                filler.fill(gzip);
            }
        });
    }

    private static final class Appending extends OutputStream {
        private static final int BUFFER_BYTES = 1 << 16;

        private final DurableFile file;
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

        Appending(DurableFile file) {
            this.file = file;
        }

        @Override
        public void write(int b) throws IOException {
            if (!buffer.hasRemaining()) {
                flush();
            }
            buffer.put((byte) b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (length > buffer.remaining()) {
                flush();
            }
            if (length > buffer.remaining()) {
                file.append(ByteBuffer.wrap(bytes, offset, length));
            } else {
                buffer.put(bytes, offset, length);
            }
        }

        @Override
        public void flush() throws IOException {
            file.append(buffer.flip());
            buffer.clear();
        }
    }
}
