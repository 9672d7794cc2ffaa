package dev.reprise.operations.backup;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.Repository;
import dev.reprise.repository.pack.BlobWriter;
import java.io.IOException;
import java.io.InputStream;
import java.time.ZonedDateTime;

/// Saves streams as files of one tree: directories 0755, files 0644, every time the snapshot's (section 7.2,
/// stdin).
public final class StreamBackup {
    public StreamBackup(
            Repository repository,
            BlobWriter writer,
            ZonedDateTime snapshotTime,
            int workers,
            BackupListener listener) {
        throw new IllegalStateException("not built yet");
    }

    /// Reads the stream to its end; chunks are stored by `workers` threads while this one reads.
    ///
    /// @param path components joined with `/`, each a plain name
    /// @return bytes read and the SHA-256 of the whole stream
    public StoredStream store(String path, InputStream stream) throws IOException {
        throw new IllegalStateException("not built yet");
    }

    /// Stores the directories. Call once, after the last stream was found to be whole.
    public SavedTree finish() {
        throw new IllegalStateException("not built yet");
    }

    /// @param sha256 of the content
    public record StoredStream(String path, long bytes, ObjectId sha256) {}
}
