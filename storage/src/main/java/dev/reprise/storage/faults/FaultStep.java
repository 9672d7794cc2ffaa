package dev.reprise.storage.faults;

import dev.reprise.storage.StorageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// One operation under way, with what the rules decided for it.
final class FaultStep {
    private final String what;
    private final Random random;
    private boolean flip;
    private boolean cut;
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
