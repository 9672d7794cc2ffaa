package dev.reprise.operations.check;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Workers;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobIndex.PackContent;
import dev.reprise.repository.pack.PackCheck;
import dev.reprise.storage.StorageException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Reads every pack whole that was not read early.
final class PackData {
    /// What the index says of this many packs is held in memory at a time.
    private static final int BATCH_PACKS = 256;

    private final Repository repository;
    private final BlobIndex index;
    private final PackListing listing;
    private final BlobDamage damage;
    private final Findings findings;
    private final int workers;
    private final EarlyPacks early;
    private final Set<ObjectId> good = ConcurrentHashMap.newKeySet();
    private long total;
    private final AtomicLong packsRead = new AtomicLong();
    private final AtomicLong bytesRead = new AtomicLong();
    private final AtomicLong archived = new AtomicLong();

    PackData(
            Repository repository,
            BlobIndex index,
            PackListing listing,
            BlobDamage damage,
            Findings findings,
            int workers,
            EarlyPacks early) {
        this.repository = repository;
        this.index = index;
        this.listing = listing;
        this.damage = damage;
        this.findings = findings;
        this.workers = workers;
        this.early = early;
    }

    /// @param among packs that may be read; null for every one
    void run(PackSelection selection, @Nullable Set<ObjectId> among) {
        Map<ObjectId, Long> sizes = new HashMap<>();
        listing.named().forEach((pack, size) -> {
            boolean meant = among == null || among.contains(pack);
            // A share that is read now and then must not be spent on what cannot be read.
            if (meant
                    && (selection instanceof PackSelection.All
                            || !listing.archived().contains(pack))) {
                sizes.put(pack, size);
            }
        });
        Set<ObjectId> chosen = selection.choose(sizes);
        total = chosen.size();
        findings.phase("data", total);
        List<PackContent> batch = new ArrayList<>(BATCH_PACKS);
        index.forEachPack(content -> {
            if (chosen.contains(content.pack())) {
                batch.add(content);
            }
            if (batch.size() == BATCH_PACKS) {
                check(batch);
            }
        });
        check(batch);
    }

    private void check(List<PackContent> batch) {
        Workers.run(
                "checking packs",
                workers,
                batch.size(),
                repository::packCheck,
                PackCheck::close,
                (check, number) -> check(check, batch.get(number)));
        batch.clear();
    }

    private void check(PackCheck check, PackContent content) {
        try {
            judge(check, content);
        } catch (StorageException e) { // it did not answer, also when asked again
            Workers.stopIfInterrupted("checking packs");
            if (e.kind() == StorageException.Kind.ARCHIVED) {
                archived.incrementAndGet();
                return;
            }
            findings.unanswered(
                    "pack %s could not be read: %s".formatted(content.pack().hex(), e.fact()));
        }
        long bytes = bytesRead.addAndGet(listing.size(content.pack()));
        findings.progress(packsRead.incrementAndGet(), total, bytes);
    }

    private void judge(PackCheck check, PackContent content) {
        List<String> defects = early.isGood(content) ? List.of() : read(check, content);
        if (defects.isEmpty()) {
            good.add(content.pack());
            return;
        }
        List<String> again = read(check, content);
        if (again.isEmpty()) {
            findings.defect("pack %s was read wrongly once (%s) and right the second time"
                    .formatted(content.pack().hex(), defects.getFirst()));
        } else {
            findings.brokenPack(content.pack(), described(content, again));
            damage.examine(content);
        }
    }

    /// Once more if the storage does not answer: that says nothing about the pack.
    private static List<String> read(PackCheck check, PackContent content) {
        try {
            return check.check(content.pack(), content.blobs());
        } catch (StorageException e) {
            if (e.kind() == StorageException.Kind.ARCHIVED) {
                throw e;
            }
            Workers.stopIfInterrupted("checking packs");
            return check.check(content.pack(), content.blobs());
        }
    }

    private static String described(PackContent content, List<String> defects) {
        return "pack %s contains %d errors: [%s]"
                .formatted(content.pack().hex(), defects.size(), String.join("; ", defects));
    }

    /// Packs that were read whole and without defect.
    Set<ObjectId> good() {
        return good;
    }

    /// Packs that were to be read and lie in an archive.
    long archived() {
        return archived.get();
    }

    long packsRead() {
        return packsRead.get();
    }

    long bytesRead() {
        return bytesRead.get();
    }
}
