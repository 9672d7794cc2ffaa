package dev.reprise.operations.check;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.snapshot.SnapshotFilter;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/// Examines a repository (repository format, section 10.3). Changes nothing. The caller holds the
/// lock.
public final class RepositoryCheck {
    private final Repository repository;
    private final EarlyPacks early;
    private final Findings findings;
    private Set<ObjectId> good = Set.of();
    private Map<ObjectId, Long> sizes = Map.of();

    public RepositoryCheck(Repository repository, CheckListener listener) {
        this(repository, listener, new EarlyPacks(1));
    }

    /// @param early packs that need not be read again
    public RepositoryCheck(Repository repository, CheckListener listener, EarlyPacks early) {
        this.repository = repository;
        this.early = early;
        findings = new Findings(listener);
    }

    /// No damage ends the check: what is left is examined, and every defect is reported.
    ///
    /// @param readData whether every pack is read and verified, not only listed
    /// @param workers  threads that read
    /// @throws dev.reprise.base.CancelledException if this thread was interrupted; no thread is
    /// left
    public CheckResult run(boolean readData, int workers) {
        return run(CheckRequest.everything(readData ? new PackSelection.All() : new PackSelection.None(), workers));
    }

    /// As above, limited as the request says.
    public CheckResult run(CheckRequest request) {
        try (var allowance = new Allowance(request.memory())) {
            return run(request, allowance);
        }
    }

    private CheckResult run(CheckRequest request, Allowance allowance) {
        repository.readPastCopies(); // a good copy here says nothing about the place
        // Each reader holds a pack's blob: who limits memory gets no more of them than were asked for.
        int workers = request.memory() == null ? repository.readers(request.workers()) : request.workers();
        List<ObjectId> damagedKeys = new SmallObjects(repository, findings).run();
        // Snapshots before the index: whatever was saved meanwhile is then known to the index, not the other way.
        List<ObjectId> affected = new ArrayList<>();
        List<StoredSnapshot> snapshots = snapshots(request, affected);
        findings.phase("index", 0);
        BlobIndex index = index(allowance);
        if (request.stopAtDamagedIndex() && findings.needsIndexRepair()) {
            return new CheckResult(
                    findings.defects(),
                    findings.unansweredReads(),
                    List.of(),
                    List.of(),
                    snapshots.size(),
                    0,
                    0,
                    0,
                    0,
                    0,
                    true,
                    false,
                    List.copyOf(affected),
                    List.copyOf(affected),
                    damagedKeys,
                    false);
        }
        var packs = new PackListing(repository.storage(), index, findings, allowance);
        packs.run();
        sizes = packs.named();
        var damage = new BlobDamage(repository, index, findings, allowance);
        examineBroken(index, damage);
        Set<ObjectId> used = request.isLimited() ? ConcurrentHashMap.newKeySet() : null;
        var walk = new SnapshotWalk(repository, index, damage, findings, allowance, workers, used);
        walk.run(snapshots);
        var data = new PackData(repository, index, packs, damage, findings, workers, early);
        if (!(request.packs() instanceof PackSelection.None)) {
            data.run(request.packs(), used);
            good = data.good();
        }
        walk.nameAffected();
        List<ObjectId> damagedSnapshots = List.copyOf(affected);
        affected.addAll(walk.affected());
        return new CheckResult(
                findings.defects(),
                findings.unansweredReads(),
                findings.brokenPacks(),
                findings.missingPacks(),
                snapshots.size(),
                walk.trees(),
                packs.listed(),
                data.packsRead(),
                data.archived(),
                data.bytesRead(),
                findings.needsIndexRepair(),
                findings.needsPrune(),
                List.copyOf(affected),
                damagedSnapshots,
                damagedKeys,
                walk.lostTrees());
    }

    private BlobIndex index(Allowance allowance) {
        BiConsumer<ObjectId, RuntimeException> damaged = (id, reason) -> {
            findings.indexNeedsRepair();
            findings.defect("error loading index " + id.hex() + ": " + reason.getMessage());
        };
        return allowance.isLimited()
                ? SpilledIndex.read(repository, allowance, damaged)
                : repository.readIndex(damaged);
    }

    private void examineBroken(BlobIndex index, BlobDamage damage) {
        if (findings.anyBroken()) {
            index.forEachPack(content -> {
                if (findings.isBroken(content.pack())) {
                    damage.examine(content);
                }
            });
        }
    }

    /// After the run: packs that were read whole and found good.
    public Set<ObjectId> goodPacks() {
        return Set.copyOf(good);
    }

    /// After the run: size in bytes of every pack that is there and that an index names.
    public Map<ObjectId, Long> packSizes() {
        return Map.copyOf(sizes);
    }

    /// Those that are meant and can be read. With ids, a snapshot that cannot be read matters only
    /// when it is meant.
    private List<StoredSnapshot> snapshots(CheckRequest request, List<ObjectId> affected) {
        Map<ObjectId, String> damaged = new TreeMap<>();
        List<StoredSnapshot> all =
                repository.snapshots((id, reason) -> damaged.put(id, String.valueOf(reason.getMessage())));
        if (request.ids().isEmpty()) {
            damaged.forEach((id, reason) -> damagedSnapshot(id, reason, affected));
            return request.filter().select(all);
        }
        Map<ObjectId, StoredSnapshot> meant = new LinkedHashMap<>();
        for (String text : request.ids()) {
            List<ObjectId> unreadable = damaged.keySet().stream()
                    .filter(id -> id.hex().startsWith(text))
                    .toList();
            if (unreadable.isEmpty()) {
                find(request.filter(), text, all, meant);
            }
            unreadable.forEach(id -> damagedSnapshot(id, damaged.getOrDefault(id, ""), affected));
        }
        boolean unused = !request.ids().contains(SnapshotFilter.LATEST);
        if (unused && !request.filter().equals(SnapshotFilter.ALL)) {
            findings.defect("the filters are not used: explicit snapshot ids are given");
        }
        return List.copyOf(meant.values());
    }

    private void damagedSnapshot(ObjectId id, String reason, List<ObjectId> affected) {
        affected.add(id);
        findings.defect("failed to load snapshot " + id.shortHex() + ": " + reason);
    }

    private void find(
            SnapshotFilter filter, String text, List<StoredSnapshot> all, Map<ObjectId, StoredSnapshot> meant) {
        try {
            StoredSnapshot found = filter.find(all, text);
            meant.putIfAbsent(found.id(), found);
        } catch (RepriseException e) {
            findings.defect("snapshot %s is not there: %s".formatted(text, e.fact()));
        }
    }
}
