package dev.reprise.operations.prune;

import dev.reprise.base.ExitStatus;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.sorting.TemporaryFile;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Used blobs that have several copies, kept until it is known what else their packs hold. Belongs to one
/// thread.
final class DuplicateSpool implements AutoCloseable {
    private final Path directory;
    private @Nullable FileChannel channel;
    private @Nullable DataOutputStream out;
    private long groups;

    DuplicateSpool(Path directory) {
        this.directory = directory;
    }

    /// A blob with so many copies; each is to be added.
    void begin(int copies) {
        try {
            DataOutputStream target = out;
            if (target == null) {
                FileChannel opened = TemporaryFile.open(directory);
                channel = opened;
                target = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(opened)));
                out = target;
            }
            target.writeInt(copies);
            groups++;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    void add(int pack, int length) {
        DataOutputStream target = out;
        if (target == null) {
            throw new IllegalStateException("no blob was begun");
        }
        try {
            target.writeInt(pack);
            target.writeInt(length);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Chooses one copy of each blob.
    void choose(PackAccounts accounts) {
        FileChannel written = channel;
        if (written == null || out == null) {
            return;
        }
        try {
            out.flush();
            written.position(0);
            var in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(written)));
            for (long group = 0; group < groups; group++) {
                choose(in, accounts);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static void choose(DataInputStream in, PackAccounts accounts) throws IOException {
        int copies = in.readInt();
        boolean chosen = false;
        for (int copy = 0; copy < copies; copy++) {
            int pack = in.readInt();
            int length = in.readInt();
            if (!chosen && (copy == copies - 1 || accounts.attractsDuplicates(pack))) {
                accounts.choose(pack, length);
                chosen = true;
            }
        }
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
