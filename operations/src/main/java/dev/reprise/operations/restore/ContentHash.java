package dev.reprise.operations.restore;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Workers;
import dev.reprise.sources.files.FileTree;
import java.io.IOException;
import java.security.MessageDigest;

/// The SHA-256 of a part of a file on disk.
final class ContentHash {
    private ContentHash() {}

    /// @param buffer scratch space of the calling thread
    /// @return the hash of what is there; of fewer bytes when the file ends early
    static ObjectId of(FileTree.OpenFile file, long offset, long length, byte[] buffer) throws IOException {
        MessageDigest digest = ObjectId.newDigest();
        long done = 0;
        while (done < length) {
            Workers.stopIfInterrupted("reading files back");
            int wanted = (int) Math.min(buffer.length, length - done);
            int read = file.read(offset + done, buffer, 0, wanted);
            if (read < 0) {
                break;
            }
            digest.update(buffer, 0, read);
            done += read;
        }
        return ObjectId.of(digest.digest(), 0);
    }
}
