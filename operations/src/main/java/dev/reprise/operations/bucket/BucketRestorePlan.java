package dev.reprise.operations.bucket;

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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// What a restore into a bucket will do to each object there, decided before it begins. Steps lie in a file without a
/// name, in the order of their keys. Belongs to one thread.
public final class BucketRestorePlan implements AutoCloseable {
    private static final int MOST_EXAMPLES = 10;

    /// What is done with one object.
    public enum Action {
        /// It is not there.
        CREATE,
        /// What is there is something else.
        REPLACE,
        /// It is there as it was saved.
        KEEP,
        /// The point does not have it.
        DELETE
    }

    /// @param size of what is written; of what is removed for [Action#DELETE]
    /// @param etag of what is replaced or removed; empty otherwise, or if the server told none
    record Step(Action action, String key, long size, String etag) {}

    /// @param bytes    that are written, kept or removed
    /// @param examples some of the keys
    public record Sum(long objects, long bytes, List<String> examples) {
        static final Sum NOTHING = new Sum(0, 0, List.of());

        private Sum and(Step step) {
            List<String> more = examples;
            if (examples.size() < MOST_EXAMPLES) {
                more = new ArrayList<>(examples);
                more.add(step.key);
            }
            return new Sum(objects + 1, bytes + step.size, List.copyOf(more));
        }
    }

    private final FileChannel file;
    private final DataOutputStream out;
    private final Map<Action, Sum> sums = new EnumMap<>(Action.class);
    private long steps;

    /// @param directory for the steps
    BucketRestorePlan(Path directory) {
        try {
            file = TemporaryFile.open(directory);
            out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(file)));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    void add(Step step) {
        sums.merge(step.action, Sum.NOTHING.and(step), (before, _) -> before.and(step));
        if (step.action == Action.KEEP) {
            return;
        }
        try {
            out.writeUTF(step.action.name());
            byte[] key = step.key.getBytes(StandardCharsets.UTF_8);
            out.writeInt(key.length);
            out.write(key);
            out.writeLong(step.size);
            out.writeUTF(step.etag);
            steps++;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// What is done in this way.
    public Sum sum(Action action) {
        return sums.getOrDefault(action, Sum.NOTHING);
    }

    /// Whether something that is there now is lost.
    public boolean destructive() {
        return sum(Action.REPLACE).objects() + sum(Action.DELETE).objects() > 0;
    }

    /// Every step but those that keep.
    void forEach(Consumer<Step> consumer) {
        try {
            out.flush();
            var in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(file.position(0))));
            for (long i = 0; i < steps; i++) {
                Action action = Action.valueOf(in.readUTF());
                byte[] key = in.readNBytes(in.readInt());
                long size = in.readLong();
                consumer.accept(new Step(action, new String(key, StandardCharsets.UTF_8), size, in.readUTF()));
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static OperationException failed(IOException e) {
        return new OperationException(
                ExitStatus.FAILED, "a temporary file cannot be used: " + e, "point TMPDIR to a directory with room", e);
    }

    @Override
    public void close() {
        TemporaryFile.close(file);
    }
}
