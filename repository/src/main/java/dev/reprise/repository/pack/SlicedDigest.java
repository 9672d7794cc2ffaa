package dev.reprise.repository.pack;

import dev.reprise.base.ObjectId;
import java.security.MessageDigest;

/// SHA-256 fed in slices. The processor's instructions are only used once the caller is compiled; one long call
/// per blob would reach that late, many short ones do at once.
final class SlicedDigest {
    private static final int SLICE_BYTES = 16 * 1024;

    private final MessageDigest digest = ObjectId.newDigest();

    void update(byte[] bytes, int offset, int length) {
        for (int done = 0; done < length; done += SLICE_BYTES) {
            digest.update(bytes, offset + done, Math.min(SLICE_BYTES, length - done));
        }
    }

    /// The hash of everything fed; starts anew.
    ObjectId finish() {
        return ObjectId.of(digest.digest(), 0);
    }
}
