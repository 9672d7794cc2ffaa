package dev.reprise.storage.faults;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.Storage.BodyReader;
import dev.reprise.storage.Storage.StoredObject;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One operation under way, with what the rules decided for it.
final class FaultStep {
    private final String what;
    private final Random random;
    private boolean flip;
    private boolean cut;
    private boolean severed;
    private boolean doubled;
    private boolean shuffled;
    private boolean brokenOff;
    private final Set<ObjectKey> hidden = new HashSet<>();
    private StorageException.@Nullable Kind afterwards;

    FaultStep(String what, Random random) {
        this.what = what;
        this.random = random;
    }

    void flip() {
        flip = true;
    }

    void cut() {
        cut = true;
    }

    void sever() {
        severed = true;
    }

    void duplicate() {
        doubled = true;
    }

    void reorder() {
        shuffled = true;
    }

    void breakOff() {
        brokenOff = true;
    }

    void hide(ObjectKey key) {
        hidden.add(key);
    }

    void failAfterwards(StorageException.Kind kind) {
        afterwards = kind;
    }

    StorageException failure(StorageException.Kind kind) {
        return new StorageException(kind, what + " was made to fail", "heal the faulty storage", null);
    }

    /// The operation took place; now its answer may still get lost.
    void done() {
        if (afterwards != null) {
            throw failure(afterwards);
        }
    }

    /// Passes a listing on, spoiled as decided.
    void list(Consumer<Consumer<StoredObject>> listing, Consumer<StoredObject> consumer) {
        if (!doubled && !shuffled && !brokenOff && hidden.isEmpty()) {
            listing.accept(consumer);
            return;
        }
        List<StoredObject> all = new ArrayList<>();
        listing.accept(all::add);
        all.removeIf(object -> hidden.contains(object.key()));
        if (doubled) {
            List.copyOf(all).stream().filter(object -> random.nextBoolean()).forEach(all::add);
        }
        if (shuffled) {
            Collections.shuffle(all, random);
        }
        int end = brokenOff ? random.nextInt(all.size() + 1) : all.size();
        all.subList(0, end).forEach(consumer);
        if (brokenOff) {
            throw failure(Kind.UNREACHABLE);
        }
    }

    <T extends @Nullable Object> T read(InputStream body, BodyReader<T> reader) throws IOException {
        if (!severed) {
            return reader.read(spoil(body));
        }
        byte[] all = body.readAllBytes();
        var torn = new TornStream();
        try {
            var start = new ByteArrayInputStream(all, 0, random.nextInt(all.length + 1));
            return reader.read(new SequenceInputStream(start, torn));
        } catch (IOException e) {
            if (torn.reached) {
                throw failure(Kind.UNREACHABLE);
            }
            throw e;
        }
    }

    /// Where a connection breaks.
    private static final class TornStream extends InputStream {
        private boolean reached;

        @Override
        public int read() throws IOException {
            reached = true;
            throw new IOException("connection reset (made to fail)");
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return read();
        }
    }

    InputStream spoil(InputStream body) throws IOException {
        if (!flip && !cut) {
            return body;
        }
        byte[] all = body.readAllBytes();
        return new ByteArrayInputStream(spoil(all, 0, all.length));
    }

    /// A copy of the range with one bit flipped, or ending early, as decided.
    byte[] spoil(byte[] bytes, int offset, int length) {
        byte[] copy = Arrays.copyOfRange(bytes, offset, offset + length);
        if (length == 0) {
            return copy;
        }
        if (flip) {
            copy[random.nextInt(length)] ^= (byte) (1 << random.nextInt(8));
        }
        return cut ? Arrays.copyOf(copy, random.nextInt(length)) : copy;
    }
}
