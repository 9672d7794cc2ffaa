package dev.reprise.operations.sorting;

import dev.reprise.base.ExitStatus;
import dev.reprise.operations.OperationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Byte arrays that wait in a file without a name. Belongs to one thread.
public final class ByteSpool implements AutoCloseable {
    private final Path directory;
    private final List<Integer> lengths = new ArrayList<>();
    private @Nullable FileChannel channel;

    /// @param directory where the file is made when it is needed
    public ByteSpool(Path directory) {
        this.directory = directory;
    }

    public void add(byte[] bytes) {
        try {
            FileChannel target = channel;
            if (target == null) {
                target = TemporaryFile.open(directory);
                channel = target;
            }
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                target.write(rest);
            }
            lengths.add(bytes.length);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// In the order they were added.
    public void forEach(Consumer<byte[]> consumer) {
        FileChannel source = channel;
        if (source == null) {
            return;
        }
        long position = 0;
        for (int length : lengths) {
            byte[] bytes = new byte[length];
            try {
                position += read(source, position, ByteBuffer.wrap(bytes));
            } catch (IOException e) {
                throw failed(e);
            }
            consumer.accept(bytes);
        }
    }

    private static int read(FileChannel source, long position, ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (source.read(target, position + target.position()) < 0) {
                throw new IOException("a temporary file lost its end");
            }
        }
        return target.position();
    }

    private static OperationException failed(IOException e) {
        return new OperationException(
                ExitStatus.FAILED, "a temporary file cannot be used: " + e, "point TMPDIR to a directory with room", e);
    }

    @Override
    public void close() {
        TemporaryFile.close(channel);
    }
}
