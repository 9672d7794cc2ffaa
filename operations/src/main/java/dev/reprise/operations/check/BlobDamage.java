package dev.reprise.operations.check;

import dev.reprise.base.CancelledException;
import dev.reprise.base.RepriseException;
import dev.reprise.base.Workers;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobIndex.PackContent;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.pack.BlobReader;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Which blobs cannot be restored although an index names them. Safe for many threads.
///
/// A broken pack may still hold good blobs, and a blob may have a good copy elsewhere; so each blob of a
/// broken pack is read as a restore would read it.
final class BlobDamage {
    private final Repository repository;
    private final BlobIndex index;
    private final Findings findings;
    private final Set<BlobHandle> lost = ConcurrentHashMap.newKeySet();

    BlobDamage(Repository repository, BlobIndex index, Findings findings) {
        this.repository = repository;
        this.index = index;
        this.findings = findings;
    }

    void examine(PackContent broken) {
        try (BlobReader reader = repository.reader(index)) {
            for (BlobLocation blob : broken.blobs()) {
                Workers.stopIfInterrupted("checking");
                if (!hasCopyElsewhere(blob) && !isReadable(reader, blob.handle())) {
                    lost.add(blob.handle());
                }
            }
        }
    }

    private boolean hasCopyElsewhere(BlobLocation blob) {
        return index.find(blob.handle()).stream().anyMatch(copy -> !findings.isBroken(copy.pack()));
    }

    private static boolean isReadable(BlobReader reader, BlobHandle handle) {
        try {
            reader.read(handle);
            return true;
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException _) {
            return false;
        }
    }

    boolean isLost(BlobHandle handle) {
        return lost.contains(handle);
    }

    int lost() {
        return lost.size();
    }
}
