package dev.reprise.operations.repair;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.repair.RepairListener.RepairEvent;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobIndex.PackContent;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.pack.BlobReader;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Takes what is still good out of damaged packs and removes them (repository format, section 10.4).
///
/// Every blob that opens is stored again in new packs; then the packs are cut out of the index; then they are removed.
public final class PackSalvage {
    private final Repository repository;
    private final RepositoryLock lock;
    private final WriterOptions options;
    private final RepairListener listener;

    /// What will be read.
    ///
    /// @param blobs of each pack, by what the index says and by what its header says
    public record Plan(Map<ObjectId, List<BlobLocation>> blobs) {}

    /// @param saved number of blobs that are safe, in new packs or in others
    /// @param lost  number of blobs that could be read nowhere
    public record Result(long saved, long lost) {}

    /// @param lock exclusive
    public PackSalvage(Repository repository, RepositoryLock lock, WriterOptions options, RepairListener listener) {
        this.repository = repository;
        this.lock = lock;
        this.options = options;
        this.listener = listener;
    }

    /// Finds out which blobs the packs should hold. Changes nothing.
    ///
    /// @param packs that exist; one whose header is damaged is known by the index alone
    public Plan plan(Collection<ObjectId> packs, BlobIndex index) {
        Map<ObjectId, Set<BlobLocation>> blobs = new TreeMap<>();
        packs.forEach(pack -> blobs.put(pack, new HashSet<>()));
        index.forEachPack(content -> {
            Set<BlobLocation> known = blobs.get(content.pack());
            if (known != null) {
                known.addAll(content.blobs());
            }
        });
        Map<ObjectId, List<BlobLocation>> plan = new LinkedHashMap<>();
        blobs.forEach((pack, known) -> {
            known.addAll(described(pack));
            plan.put(pack, List.copyOf(known));
        });
        return new Plan(plan);
    }

    private List<BlobLocation> described(ObjectId pack) {
        try {
            long size = repository.storage().size(ObjectKey.of(ObjectType.PACK, pack));
            PackContent content = repository.packHeaders().read(pack, size);
            return content.blobs();
        } catch (RepositoryException headerDamaged) {
            return List.of();
        }
    }

    public Result execute(Plan plan, BlobIndex index) {
        Result result = salvage(plan, index);
        List<ObjectId> files = repository.indexScan().files();
        var cut = new IndexCut(repository, lock);
        Set<ObjectId> packs = plan.blobs().keySet();
        cut.remove(cut.save(files, packs::contains, packs::contains));
        for (ObjectId pack : packs) {
            lock.ensureHeld();
            repository.storage().delete(ObjectKey.of(ObjectType.PACK, pack));
        }
        return result;
    }

    private Result salvage(Plan plan, BlobIndex index) {
        Set<BlobHandle> saved = new HashSet<>();
        Map<BlobHandle, RepairEvent.BlobLost> lost = new HashMap<>();
        try (BlobWriter writer = repository.writer(index, plan.blobs().keySet(), lock, options);
                BlobReader reader = repository.reader(index)) {
            try (BlobWriter.Session session = writer.session()) {
                var catching = new Catch(session, saved, lost);
                plan.blobs().forEach((pack, blobs) -> reader.readPack(pack, blobs, catching));
            }
            writer.finish();
        }
        lost.keySet().removeAll(saved); // another description of the same pack was right
        lost.values().forEach(listener::on);
        return new Result(saved.size(), lost.size());
    }

    /// Stores again what is good.
    private record Catch(BlobWriter.Session session, Set<BlobHandle> saved, Map<BlobHandle, RepairEvent.BlobLost> lost)
            implements BlobReader.PackConsumer {
        @Override
        public void blob(BlobLocation location, byte[] data, int length) {
            session.save(location.handle().type(), data, 0, length);
            saved.add(location.handle());
        }

        @Override
        public void damaged(BlobLocation location, RuntimeException reason) {
            lost.put(
                    location.handle(),
                    new RepairEvent.BlobLost(
                            location.pack(), location.handle().toString(), String.valueOf(reason.getMessage())));
        }
    }
}
