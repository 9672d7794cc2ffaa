package dev.reprise.operations.bucket;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.bucket.BucketRestorePlan.Action;
import dev.reprise.operations.bucket.BucketRestorePlan.Step;
import dev.reprise.operations.bucket.StoredObjects.Stored;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.storage.bucket.Bucket;
import dev.reprise.storage.bucket.Bucket.Listed;
import dev.reprise.storage.bucket.BucketException;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Puts a saved bucket, or a part of it, into a bucket: [#plan], [#carryOut], [#verify]. Memory does not grow with the
/// number of objects. Belongs to one thread, and uses several.
public final class BucketRestore {
    private static final long LISTING_BYTES = 16L << 20;
    private static final int WINDOW = 256;

    private final Repository repository;
    private final BlobIndex index;
    private final ObjectId folder;
    private final ObjectSelection selection;
    private final Bucket target;
    private final Path temporary;
    private final BucketRestoreListener listener;

    /// @param folder    tree of the bucket's folder in the snapshot
    /// @param target    stays the caller's
    /// @param temporary folder for what memory should not hold
    public BucketRestore(
            Repository repository,
            BlobIndex index,
            ObjectId folder,
            ObjectSelection selection,
            Bucket target,
            Path temporary,
            BucketRestoreListener listener) {
        this.repository = repository;
        this.index = index;
        this.folder = folder;
        this.selection = selection;
        this.target = target;
        this.temporary = temporary;
        this.listener = listener;
    }

    /// @param written objects, as is `deleted`
    /// @param bytes   written
    /// @param failed  objects that are not as they should be; each was told of
    public record Done(long written, long bytes, long deleted, long failed) {}

    /// @param objects   that were looked at, as `bytes`
    /// @param different how many are not what was restored; each was told of
    public record Verified(long objects, long bytes, long different) {}

    /// Looks at the target and changes nothing. The caller closes the plan.
    ///
    /// @param delete whether objects that the point does not have are to be removed; only such as are selected
    public BucketRestorePlan plan(boolean delete) {
        var plan = new BucketRestorePlan(temporary);
        boolean whole = false;
        try {
            compare((stored, there) -> {
                if (stored == null) {
                    if (delete && there != null) {
                        plan.add(new Step(Action.DELETE, there.key(), there.size(), there.etag()));
                    }
                } else {
                    Action action =
                            there == null ? Action.CREATE : isThere(stored, there) ? Action.KEEP : Action.REPLACE;
                    String etag = there == null ? "" : there.etag();
                    plan.add(new Step(action, stored.text(), stored.node().size(), etag));
                }
            });
            whole = true;
            return plan;
        } finally {
            if (!whole) {
                plan.close();
            }
        }
    }

    @FunctionalInterface
    private interface Pair {
        void accept(@Nullable Stored stored, @Nullable Listed there);
    }

    /// What the point has and what is there, key by key.
    private void compare(Pair pair) {
        try (SortedListing listing = SortedListing.of(target, selection.text(), LISTING_BYTES, temporary);
                var reader = new TreeReader(repository, index)) {
            SortedListing.Cursor cursor = listing.cursor();
            var objects = new StoredObjects(reader, folder, selection);
            Stored stored = objects.next();
            SortedListing.Keyed there = next(cursor);
            while (stored != null || there != null) {
                int order = stored == null ? 1 : there == null ? -1 : Arrays.compareUnsigned(stored.key(), there.key());
                pair.accept(order <= 0 ? stored : null, order >= 0 && there != null ? there.object() : null);
                stored = order <= 0 ? objects.next() : stored;
                there = order >= 0 ? next(cursor) : there;
            }
        }
    }

    private SortedListing.@Nullable Keyed next(SortedListing.Cursor cursor) {
        while (cursor.peek() != null) {
            SortedListing.Keyed next = cursor.next();
            if (selection.holds(next.key())) {
                return next;
            }
        }
        return null;
    }

    /// By what a listing tells: it has the ETag that it had when it was saved, or that our own upload gives it, and was
    /// not written before the saved one was.
    private static boolean isThere(Stored stored, Listed there) {
        ObjectAttributes attributes = ObjectAttributes.of(stored.node());
        boolean known = !there.etag().isEmpty()
                && (there.etag().equals(attributes.uploadEtag()) || there.etag().equals(attributes.etag()));
        return known
                && there.size() == stored.node().size()
                && !there.modified()
                        .isBefore(ObjectNodes.instant(stored.node().mtime()).truncatedTo(ChronoUnit.SECONDS));
    }

    /// Does exactly what the plan says: writes first, then removes. An object that is not any more what the plan found
    /// is left alone and told of.
    ///
    /// @throws BucketException if the target stops answering or is full
    /// @throws dev.reprise.base.CancelledException if the calling thread was interrupted
    public Done carryOut(BucketRestorePlan plan) {
        var writing = new ObjectWriting(target, temporary, listener);
        try (var reader = new TreeReader(repository, index);
                var crew = new WriteCrew(Math.max(1, target.connections()), () -> new TreeReader(repository, index))) {
            var window = new ArrayDeque<Future<Boolean>>();
            var objects = new StoredObjects(reader, folder, selection);
            plan.forEach(step -> {
                if (step.action() != Action.DELETE) {
                    Stored stored = find(objects, step.key());
                    window.add(crew.submit(trees -> writing.write(step, stored, trees)));
                    if (window.size() >= WINDOW) {
                        FetchCrew.await(window.remove());
                    }
                }
            });
            window.forEach(FetchCrew::await);
            if (writing.failed() == 0) {
                plan.forEach(step -> {
                    if (step.action() == Action.DELETE) {
                        writing.delete(step);
                    }
                });
            } else if (plan.sum(Action.DELETE).objects() > 0) {
                listener.failed("", "nothing was removed, because not everything could be written");
            }
        }
        return writing.done();
    }

    private static Stored find(StoredObjects objects, String key) {
        for (Stored stored = objects.next(); stored != null; stored = objects.next()) {
            if (stored.text().equals(key)) {
                return stored;
            }
        }
        throw new IllegalStateException("the plan names an object that the point does not have: " + key);
    }

    /// Lists the target again and compares; with `content` also reads every object, its metadata and tags.
    ///
    /// @param exact whether objects that the point does not have are differences too
    public Verified verify(boolean content, boolean exact) {
        var comparison = new ObjectComparison(target, index, listener);
        try (var crew = new WriteCrew(Math.max(1, target.connections()), () -> new TreeReader(repository, index))) {
            var window = new ArrayDeque<Future<Boolean>>();
            compare((stored, there) -> {
                if (stored == null) {
                    if (exact) {
                        comparison.surplus(Objects.requireNonNull(there).key());
                    }
                } else if (comparison.listed(stored, there) && content) {
                    window.add(crew.submit(_ -> comparison.content(stored)));
                    if (window.size() >= WINDOW) {
                        FetchCrew.await(window.remove());
                    }
                }
            });
            window.forEach(FetchCrew::await);
        }
        return comparison.verified();
    }

    /// The folder of a source's bucket in the root tree of its snapshot.
    ///
    /// @throws RepositoryException if there is none
    public static ObjectId folder(TreeReader reader, ObjectId root, String source) {
        ObjectId folder = reader.find(root, "/" + source).subtree();
        if (folder == null) {
            throw RepositoryException.damaged("snapshot of " + source, "it holds no folder of objects", null);
        }
        return folder;
    }
}
