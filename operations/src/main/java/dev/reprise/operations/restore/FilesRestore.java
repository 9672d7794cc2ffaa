package dev.reprise.operations.restore;

import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;

/// Puts a tree back into a folder. One instance, one run.
public final class FilesRestore {
    public FilesRestore(Repository repository, BlobIndex index, RestoreListener listener) {
        throw new IllegalStateException("not built yet");
    }

    /// Every item that fails is reported and counted; the rest is done. Running it again into the same folder
    /// writes only what is missing.
    ///
    /// @throws dev.reprise.repository.model.RepositoryException if the root tree cannot be read
    public RestoreResult run(FilesRestoreRequest request) {
        throw new IllegalStateException("not built yet");
    }
}
