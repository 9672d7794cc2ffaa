package dev.reprise.operations.copy;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.snapshot.StoredSnapshot;

/// Told what a copy does. Called on the thread that copies.
public interface CopyListener {
    /// The trees of a snapshot are being read.
    void started(StoredSnapshot snapshot);

    /// What a snapshot needs and the destination lacks.
    ///
    /// @param bytes stored length in the source
    void counted(long blobs, long bytes, long packs);

    /// The copy is durable.
    void saved(StoredSnapshot snapshot, ObjectId copy);

    /// The manifest of a recovery point was copied, because all its snapshots are there.
    void pointCopied(String run);
}
