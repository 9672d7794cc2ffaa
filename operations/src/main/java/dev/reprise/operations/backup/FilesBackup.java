package dev.reprise.operations.backup;

import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.sources.files.FileTree;
import java.time.ZoneId;

/// Saves file trees. One instance, one run.
public final class FilesBackup {
    /// @param zone the process's local zone: times are written with its offset at that instant
    public FilesBackup(
            Repository repository,
            BlobIndex index,
            BlobWriter writer,
            FileTree files,
            ZoneId zone,
            BackupListener listener) {
        throw new IllegalStateException("not built yet");
    }

    /// Reads, cuts, stores. Blobs are durable only after the writer's `finish()`, which the caller calls.
    ///
    /// @throws dev.reprise.operations.OperationException if no target exists or everything was excluded
    public SavedTree run(FilesRequest request) {
        throw new IllegalStateException("not built yet");
    }
}
