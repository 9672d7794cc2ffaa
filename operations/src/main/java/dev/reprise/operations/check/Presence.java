package dev.reprise.operations.check;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.check.CheckListener.CheckEvent;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.storage.ObjectType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Whether what points need is there at all: snapshots that open, an index that knows them, packs of the right size.
/// Costs a look at every snapshot and index and one listing of the packs; content is not read.
///
/// @param defects one sentence for everything that is missing or does not open; empty when all is there
/// @param packs   bytes of every pack that is there and that the index names
public record Presence(List<String> defects, Map<ObjectId, Long> packs) {
    public static Presence of(Repository repository) {
        List<String> defects = new ArrayList<>();
        var snapshots = repository.snapshots((_, reason) -> defects.add(String.valueOf(reason.getMessage())));
        BlobIndex index = repository.readIndex((_, reason) -> defects.add(String.valueOf(reason.getMessage())));
        var packs = new PackListing(
                repository.storage(),
                index,
                new Findings(event -> {
                    if (event instanceof CheckEvent.Defect(String fact)) {
                        defects.add(fact);
                    }
                }),
                new Allowance(null));
        packs.run();
        for (var each : snapshots) {
            if (!index.contains(BlobHandle.tree(each.snapshot().tree()))) {
                defects.add("snapshot %s cannot be restored: no index names its tree"
                        .formatted(each.id().shortHex()));
            }
        }
        return new Presence(defects, packs.named());
    }

    /// How much of what is there was read lately. No pack is opened.
    ///
    /// @param maxAge readings before that do not count
    public Coverage coverage(Repository repository, Duration maxAge, Instant now) {
        return ReadingLog.load(repository, now).coverage(packs, maxAge);
    }

    /// Refuses to go on when packs that the index names are missing or cut off: a backup would take their content
    /// for saved.
    public static void requirePacks(Repository repository, BlobIndex index) {
        Map<ObjectId, Long> sizes = new HashMap<>();
        repository
                .storage()
                .list(
                        ObjectType.PACK,
                        found -> sizes.put(ObjectId.parse(found.key().name()), found.size()));
        List<ObjectId> missing = new ArrayList<>();
        index.forEachPack(content -> {
            var last = content.blobs().getLast();
            if (sizes.getOrDefault(content.pack(), 0L) < last.offset() + last.length()) {
                missing.add(content.pack());
            }
        });
        if (!missing.isEmpty()) {
            throw RepositoryException.refused(
                    "%d packs that the index names are missing or cut off, for example %s: a backup would rely on them"
                            .formatted(missing.size(), missing.getFirst().hex()),
                    "run \"reprise check\"; then \"restic repair index\" and \"restic repair snapshots\" make the"
                            + " repository usable again, or back up into a new one");
        }
    }
}
