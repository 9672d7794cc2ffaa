package dev.reprise.storage.spool;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The bytes of one object, to be read as often as sending them needs. Small ones stay in memory,
/// others go to a temporary file of mode 0600 that has no name any more when the first byte is
/// written. Belongs to one thread at a time while it is filled; afterwards many may read.
public final class Spool implements AutoCloseable {
    /// Index files, snapshots and locks are smaller than this as a rule, packs are not.
    static final int MEMORY_BYTES = 1 << 20;

    private final Path folder;
    private final Memory memory = new Memory();
    private UnaryOperator<InputStream> through = UnaryOperator.identity();
    private @Nullable FileChannel file;
    private long size;

    /// @param folder for the temporary file
    public Spool(Path folder) {
        this.folder = folder;
    }

    /// @throws UncheckedIOException if the temporary file cannot be written
    public void append(byte[] bytes, int offset, int length) {
        try {
            if (file == null && size + length > MEMORY_BYTES) {
                spill();
            }
            if (file == null) {
                memory.write(bytes, offset, length);
            } else {
                write(file, ByteBuffer.wrap(bytes, offset, length));
            }
            size += length;
        } catch (IOException e) {
            throw new UncheckedIOException("could not write a temporary file in " + folder + ": " + e.getMessage(), e);
        }
    }

    private void spill() throws IOException {
        Path named = Files.createTempFile(folder, "reprise-", ".tmp"); // 0600
        FileChannel opened = FileChannel.open(named, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
        file = opened;
        Files.delete(named);
        write(opened, ByteBuffer.wrap(memory.bytes(), 0, memory.size()));
        memory.free();
    }

    private static void write(FileChannel file, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    /// Lets every stream that is opened from now on be read through another. Before the first is
    /// opened.
    void readThrough(UnaryOperator<InputStream> slower) {
        through = slower;
    }

    /// In bytes.
    public long size() {
        return size;
    }

    /// All bytes from the first on. May be called often, also while another stream is open; valid
    /// until [#close()].
    public InputStream open() {
        FileChannel from = file;
        return through.apply(
                from == null
                        ? new ByteArrayInputStream(memory.bytes(), 0, memory.size())
                        : new SpoolStream(from, 0, size));
    }

    /// A part of the bytes; as [#open()].
    ///
    /// @throws IllegalArgumentException if there are fewer
    public InputStream open(long offset, long length) {
        if (offset < 0 || length < 0 || offset > size - length) {
            throw new IllegalArgumentException("no range of " + size + " bytes: " + offset + ", " + length);
        }
        FileChannel from = file;
        return through.apply(
                from == null
                        ? new ByteArrayInputStream(memory.bytes(), (int) offset, (int) length)
                        : new SpoolStream(from, offset, length));
    }

    /// Frees memory and disk. Repeating it is harmless.
    @Override
    public void close() {
        memory.free();
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                // Nothing of it is wanted, and without a name it is gone with the process at the latest.
            }
        }
    }

    /// Gives its array away without a copy.
    private static final class Memory extends ByteArrayOutputStream {
        byte[] bytes() {
            return buf;
        }

        void free() {
            buf = new byte[0];
            count = 0;
        }
    }
}
