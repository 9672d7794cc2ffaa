package dev.reprise.operations.check;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.util.ArrayList;
import java.util.List;

/// Examines a repository (repository format, section 10.3). Changes nothing. The caller holds the lock.
public final class RepositoryCheck {
    private final Repository repository;
    private final Findings findings;

    public RepositoryCheck(Repository repository, CheckListener listener) {
        this.repository = repository;
        findings = new Findings(listener);
    }

    /// No damage ends the check: what is left is examined, and every defect is reported.
    ///
    /// @param readData whether every pack is read and verified, not only listed
    /// @param workers  threads that read
    /// @throws dev.reprise.base.CancelledException if this thread was interrupted; no thread is left
    public CheckResult run(boolean readData, int workers) {
        // Snapshots before the index: whatever was saved meanwhile is then known to the index, not the other way.
        List<ObjectId> affected = new ArrayList<>();
        List<StoredSnapshot> snapshots = repository.snapshots((id, reason) -> {
            affected.add(id);
            findings.defect("snapshot " + id.hex() + " cannot be read: " + reason.getMessage());
        });
        findings.phase("index", 0);
        BlobIndex index = repository.readIndex((id, reason) -> {
            findings.indexNeedsRepair();
            findings.defect("index " + id.hex() + " cannot be read: " + reason.getMessage());
        });
        var packs = new PackListing(repository.storage(), index, findings);
        packs.run();
        var damage = new BlobDamage(repository, index, findings);
        packs.broken().forEach(damage::examine);
        var walk = new SnapshotWalk(repository, index, damage, findings, workers);
        walk.run(snapshots);
        var data = new PackData(repository, index, packs, damage, findings, workers);
        if (readData) {
            data.run();
            walk.lookAgain();
        }
        affected.addAll(walk.affected());
        return new CheckResult(
                findings.defects(),
                findings.brokenPacks(),
                snapshots.size(),
                walk.trees(),
                packs.listed(),
                data.packsRead(),
                data.bytesRead(),
                findings.needsIndexRepair(),
                List.copyOf(affected));
    }
}
