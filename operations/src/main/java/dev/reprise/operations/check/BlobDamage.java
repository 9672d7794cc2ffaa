package dev.reprise.operations.check;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.base.Workers;
import dev.reprise.operations.OperationException;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobIndex.PackContent;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.pack.BlobReader;
import dev.reprise.storage.StorageException;

/// Which blobs cannot be restored although an index names them. Safe for many threads.
///
/// A broken pack may still hold good blobs, and a blob may have a good copy elsewhere; so each blob of a
/// broken pack is read as a restore would read it.
final class BlobDamage {
    private final Repository repository;
    private final BlobIndex index;
    private final Findings findings;
    private final IdSet lostData;
    private volatile boolean anyLost;

    BlobDamage(Repository repository, BlobIndex index, Findings findings, Allowance allowance) {
        lostData = new IdSet(allowance);
        this.repository = repository;
        this.index = index;
        this.findings = findings;
    }

    void examine(PackContent broken) {
        try (BlobReader reader = repository.reader(index)) {
            for (BlobLocation blob : broken.blobs()) {
                Workers.stopIfInterrupted("checking");
                if (!hasCopyElsewhere(blob) && !isReadable(reader, blob.handle())) {
                    lose(blob.handle());
                }
            }
        } catch (StorageException e) {
            Workers.stopIfInterrupted("checking");
            findings.unanswered("which blobs of pack %s can be read is not known: %s"
                    .formatted(broken.pack().hex(), e.fact()));
        }
    }

    private void lose(BlobHandle blob) {
        anyLost = true;
        if (blob.type() == BlobType.DATA) { // whoever needs a lost tree notices when it is read
            lostData.add(blob.id());
        }
    }

    private boolean hasCopyElsewhere(BlobLocation blob) {
        return index.find(blob.handle()).stream().anyMatch(copy -> !findings.isBroken(copy.pack()));
    }

    private static boolean isReadable(BlobReader reader, BlobHandle handle) {
        try {
            reader.read(handle);
            return true;
        } catch (CancelledException | OperationException | StorageException e) {
            throw e; // not about the blob
        } catch (RepriseException _) {
            return false;
        }
    }

    boolean isLost(ObjectId data) {
        return lostData.contains(data);
    }

    boolean any() {
        return anyLost;
    }
}
