package dev.reprise.operations.check;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.base.Workers;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobIndex.PackContent;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.pack.PackCheck;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/// Packs that were read whole while the lock of a check became visible to others, which takes a fifth of a second in
/// which there is nothing else to do.
///
/// Only good packs are remembered. That a pack of this name held these blobs is proven by hashes, whoever changes the
/// repository meanwhile; whether it is still there, and whether the index still says the same of it, is asked
/// afterwards. A pack that is not good is read again, under the lock. Safe for many threads.
public final class EarlyPacks {
    /// Walking a larger index takes longer than there is time, and its repository longer than would be noticed.
    private static final long MAX_BLOBS = 200_000;
    /// More than two processors read in the time.
    private static final int MAX_PACKS = 64;

    /// What a header has beside its entries, and the longest entry (repository format, section 5.2).
    private static final int HEADER_BYTES = 36;

    private static final int HEADER_ENTRY_BYTES = 41;

    private final int workers;
    private final Map<ObjectId, List<BlobLocation>> good = new ConcurrentHashMap<>();

    /// @param workers threads that read
    public EarlyPacks(int workers) {
        this.workers = workers;
    }

    /// Reads packs as long as there is time. A pack that was begun is read to its end.
    ///
    /// @throws CancelledException if the calling thread was interrupted; no thread is left
    public void read(Repository repository, BlobIndex index, BooleanSupplier timeLeft) {
        if (index.size() > MAX_BLOBS) {
            return;
        }
        List<PackContent> packs = new ArrayList<>();
        index.forEachPack(content -> {
            if (packs.size() < MAX_PACKS && !isGood(content)) {
                packs.add(content);
            }
        });
        Workers.run(
                "checking packs", workers, packs.size(), repository::packCheck, PackCheck::close, (check, number) -> {
                    if (timeLeft.getAsBoolean()) {
                        read(repository, check, packs.get(number));
                    }
                });
    }

    private void read(Repository repository, PackCheck check, PackContent content) {
        try {
            if (isAsLongAsDescribed(repository, content)
                    && check.check(content.pack(), content.blobs()).isEmpty()) {
                good.put(content.pack(), content.blobs());
            }
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            Workers.stopIfInterrupted("checking packs"); // else it is read again, and what is wrong is told then
        }
    }

    /// A pack that grew is damaged, and reading it to its end may take any time.
    private static boolean isAsLongAsDescribed(Repository repository, PackContent content) {
        long end = content.blobs().stream()
                .mapToLong(blob -> blob.offset() + blob.length())
                .max()
                .orElse(0);
        long size = repository.storage().size(ObjectKey.of(ObjectType.PACK, content.pack()));
        return size >= end
                && size
                        <= end
                                + HEADER_BYTES
                                + (long) HEADER_ENTRY_BYTES * content.blobs().size();
    }

    /// Whether this pack was found to hold exactly this.
    boolean isGood(PackContent content) {
        return content.blobs().equals(good.get(content.pack()));
    }
}
