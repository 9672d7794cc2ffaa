package dev.reprise.repository.pack;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.cache.CachingStorage;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads blobs out of packs. What one copy cannot give is looked for in the others.
///
/// A storage that does not answer is no damage: such a failure is thrown, never reported as a lost
/// blob.
final class PackReader implements BlobReader {
    /// Unwanted bytes between two blobs that are read along rather than asked for around.
    private static final int MAX_GAP = 256 * 1024;
    /// Lengths come from the index. Before a larger buffer is made, the pack must prove to be that
    /// long.
    private static final int TRUSTED_LENGTH = 64 * 1024 * 1024;

    private final Storage storage;
    /// Null: trees are read as all else.
    private final @Nullable CachingStorage near;
    private final BlobIndex index;
    private final BlobOpener opener;
    private final SpareBuffers spare;
    private byte[] sealed;

    /// @param near copies to read trees from; null for none
    PackReader(Storage storage, @Nullable CachingStorage near, BlobIndex index, BlobOpener opener, SpareBuffers spare) {
        this.storage = storage;
        this.near = near;
        this.index = index;
        this.opener = opener;
        this.spare = spare;
        sealed = spare.take();
    }

    @Override
    public byte[] read(BlobHandle handle) {
        RuntimeException reason = null;
        for (BlobLocation location : index.find(handle)) {
            RuntimeException failure = tryCopy(location);
            if (failure == null) {
                return Arrays.copyOf(opener.plain(), location.plainLength());
            }
            reason = reason == null ? failure : reason;
        }
        throw reason != null ? reason : RepositoryException.missing(handle.toString(), "this read: no index names it");
    }

    @Override
    public void readPack(ObjectId pack, List<BlobLocation> blobs, PackConsumer consumer) {
        List<BlobLocation> sorted = blobs.stream()
                .sorted(Comparator.comparingLong(BlobLocation::offset))
                .toList();
        boolean joined = true;
        int next = near == null ? 0 : readNear(near, sorted, consumer);
        while (next < sorted.size()) {
            int end = joined ? endOfRun(sorted, next) : next + 1;
            var run = new Run(sorted.subList(next, end), consumer);
            StorageException failure = read(pack, run);
            next += run.delivered;
            if (run.damage != null) {
                fromOtherCopies(sorted.get(next++), run.damage, consumer);
            } else if (failure != null && end - next == 1) {
                BlobLocation blob = sorted.get(next++);
                fromOtherCopies(blob, explain(failure, blob), consumer);
            }
            // A range that reaches behind the end of the pack fails as a whole; single blobs of it may be there.
            joined = joined && failure == null;
        }
    }

    /// Delivers leading trees from the copy of their pack, as far as it is good; the caller goes on
    /// at the place.
    ///
    /// @return how many were delivered
    private int readNear(CachingStorage copies, List<BlobLocation> sorted, PackConsumer consumer) {
        int delivered = 0;
        for (BlobLocation blob : sorted) {
            if (blob.handle().type() != BlobType.TREE || tryCopy(blob, copies) != null) {
                break;
            }
            consumer.blob(blob, opener.plain(), blob.plainLength());
            delivered++;
        }
        return delivered;
    }

    /// @return why the run ended early, if it was the pack's fault
    private @Nullable StorageException read(ObjectId pack, Run run) {
        BlobLocation first = run.blobs.getFirst();
        BlobLocation last = run.blobs.getLast();
        try {
            ensurePresent(first, last);
            storage.read(key(pack), first.offset(), end(last) - first.offset(), run);
        } catch (StorageException e) {
            if (!isAboutTheObject(e)) {
                throw e;
            }
            return e;
        }
        if (run.consumerFailure != null) {
            throw run.consumerFailure;
        }
        return null;
    }

    private static int endOfRun(List<BlobLocation> sorted, int start) {
        int end = start + 1;
        while (end < sorted.size()) {
            long gap = sorted.get(end).offset() - end(sorted.get(end - 1));
            if (gap < 0 || gap > MAX_GAP) {
                break;
            }
            end++;
        }
        return end;
    }

    private void fromOtherCopies(BlobLocation wanted, RuntimeException reason, PackConsumer consumer) {
        for (BlobLocation copy : index.find(wanted.handle())) {
            if (!copy.equals(wanted) && tryCopy(copy) == null) {
                consumer.blob(wanted, opener.plain(), copy.plainLength());
                return;
            }
        }
        consumer.damaged(wanted, reason);
    }

    /// Reads and opens one copy; its plaintext is in the opener afterwards.
    ///
    /// @return why that copy is no good, or null
    private @Nullable RuntimeException tryCopy(BlobLocation location) {
        if (near != null && location.handle().type() == BlobType.TREE) {
            if (tryCopy(location, near) == null) {
                return null;
            }
            near.forget(key(location.pack()));
        }
        return tryCopy(location, storage);
    }

    private @Nullable RuntimeException tryCopy(BlobLocation location, Storage from) {
        try {
            BlobOpener.requireHoldable(location);
            ensurePresent(location, location);
            sealed = Scratch.atLeast(sealed, BlobOpener.STORED_AT + location.length());
            var _ = from.read(key(location.pack()), location.offset(), location.length(), body -> {
                fill(body, location.length());
                return true;
            });
            opener.open(sealed, location);
            return null;
        } catch (RepositoryException e) {
            return e;
        } catch (StorageException e) {
            if (!isAboutTheObject(e)) {
                throw e;
            }
            return explain(e, location);
        }
    }

    private void ensurePresent(BlobLocation first, BlobLocation last) {
        if (Math.max(first.length(), last.length()) > TRUSTED_LENGTH) {
            long size = storage.size(key(first.pack()));
            if (size >= 0 && size < end(last)) {
                throw new StorageException(
                        StorageException.Kind.RANGE_TOO_SHORT,
                        "pack %s has %d bytes, %d are needed".formatted(first.pack(), size, end(last)),
                        "",
                        null);
            }
        }
    }

    private void fill(InputStream body, int length) throws IOException {
        int read = body.readNBytes(sealed, BlobOpener.STORED_AT, length);
        if (read < length) {
            throw new EOFException("ended after " + read + " of " + length + " bytes");
        }
    }

    /// OTHER is in: a sector that cannot be read must not hide the copy in another pack.
    private static boolean isAboutTheObject(StorageException e) {
        return switch (e.kind()) {
            case NOT_FOUND, RANGE_TOO_SHORT, OTHER -> true;
            case ARCHIVED, DENIED, FULL, THROTTLED, UNREACHABLE -> false;
        };
    }

    private static RuntimeException explain(StorageException e, BlobLocation blob) {
        String pack = "pack " + blob.pack().hex();
        return switch (e.kind()) {
            case NOT_FOUND -> RepositoryException.missing(pack, blob.handle().toString());
            case RANGE_TOO_SHORT ->
                RepositoryException.damaged(
                        pack,
                        "it ends before %s, bytes %d to %d".formatted(blob.handle(), blob.offset(), end(blob)),
                        e);
            case OTHER, ARCHIVED, DENIED, FULL, THROTTLED, UNREACHABLE ->
                RepositoryException.damaged(pack, "%s cannot be read: %s".formatted(blob.handle(), e.fact()), e);
        };
    }

    private static ObjectKey key(ObjectId pack) {
        return ObjectKey.of(ObjectType.PACK, pack);
    }

    private static long end(BlobLocation blob) {
        return blob.offset() + blob.length();
    }

    @Override
    public void close() {
        spare.give(sealed);
        sealed = new byte[0];
        opener.close();
    }

    /// Neighbours in one pack, read from one stream. If the storage starts the stream over, blobs
    /// that were delivered are passed over. Ends early at the first blob that is damaged or that
    /// the consumer refuses.
    private final class Run implements Storage.BodyReader<Boolean> {
        private final List<BlobLocation> blobs;
        private final PackConsumer consumer;
        private int delivered;
        private @Nullable RepositoryException damage;
        private @Nullable RuntimeException consumerFailure;

        Run(List<BlobLocation> blobs, PackConsumer consumer) {
            this.blobs = blobs;
            this.consumer = consumer;
        }

        @Override
        public Boolean read(InputStream body) throws IOException {
            long position = blobs.getFirst().offset();
            if (delivered > 0) {
                long done = end(blobs.get(delivered - 1));
                body.skipNBytes(done - position);
                position = done;
            }
            while (delivered < blobs.size()) {
                BlobLocation blob = blobs.get(delivered);
                body.skipNBytes(blob.offset() - position);
                if (!isHoldable(blob)) {
                    return false;
                }
                sealed = Scratch.atLeast(sealed, BlobOpener.STORED_AT + blob.length());
                fill(body, blob.length());
                position = end(blob);
                if (!deliver(blob)) {
                    return false;
                }
            }
            return true;
        }

        private boolean isHoldable(BlobLocation blob) {
            try {
                BlobOpener.requireHoldable(blob);
                return true;
            } catch (RepositoryException e) {
                damage = e;
                return false;
            }
        }

        private boolean deliver(BlobLocation blob) {
            try {
                opener.open(sealed, blob);
            } catch (RepositoryException e) {
                damage = e;
                return false;
            }
            delivered++;
            try {
                consumer.blob(blob, opener.plain(), blob.plainLength());
                return true;
            } catch (RuntimeException e) {
                // Kept and thrown outside: the storage must not take it for a failure of its own and try again.
                consumerFailure = e;
                return false;
            }
        }
    }
}
