package dev.reprise.operations.bucket;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.base.RepriseException;
import dev.reprise.operations.backup.BackupEvent;
import dev.reprise.operations.backup.BackupListener;
import dev.reprise.operations.backup.Checkpoints;
import dev.reprise.operations.backup.SavedTree;
import dev.reprise.operations.bucket.BucketRequest.TagReading;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.pack.BlobReader;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.TreeCodec;
import dev.reprise.repository.tree.TreeFormatException;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.bucket.Bucket;
import dev.reprise.storage.bucket.Bucket.Listed;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/*
 * The listing comes first and lies sorted, in memory or beside it: then reading may take as long as it does, and what
 * the server's order is does not matter. Objects are met in the order of their keys. Those that are as the snapshot
 * before has them take over its nodes, the others are read by several threads, and a window keeps all in order. Memory
 * is bounded by the window, the folders on the way to one object, and their counterparts of the snapshot before.
 */

/// Saves a bucket as one folder of a tree. Objects that are as they were are not read. One instance, one run.
public final class BucketBackup {
    private static final long LISTING_BYTES = 16L << 20;
    /// Objects whose turn has not come; many are unchanged and take no time.
    private static final int WINDOW = 1024;

    private final Repository repository;
    private final BlobIndex index;
    private final BlobWriter writer;
    private final ObjectNodes nodes;
    private final BackupListener listener;

    private @Nullable Checkpoints checkpoints;
    private @Nullable ObjectId begun;
    private long checkpointNanos;
    private long checkpointBytes;
    private long bytesRead;
    private long fresh;
    private long changed;
    private long unmodified;
    private long bytes;

    /// @param uid owner of the files, that of the process, as is `gid`
    public BucketBackup(
            Repository repository, BlobIndex index, BlobWriter writer, long uid, long gid, BackupListener listener) {
        this.repository = repository;
        this.index = index;
        this.writer = writer;
        this.nodes = new ObjectNodes(uid, gid);
        this.listener = listener;
    }

    /// Goes on from a run that was killed.
    ///
    /// @param tree root tree of one of its checkpoints
    public void continueFrom(ObjectId tree) {
        begun = tree;
    }

    /// Writes down now and then what is finished.
    public void write(Checkpoints when) {
        checkpoints = when;
    }

    /// @param vanished objects that were removed between the listing and the reading
    public record Saved(SavedTree tree, long vanished) {}

    /// What earlier runs have of the objects: the one that was killed, and the snapshot before.
    private record Earlier(ParentObjects begun, ParentObjects parent) {}

    /// @param old in the snapshot before
    private record Pending(List<RawName> names, @Nullable Node old, boolean read, Future<@Nullable Node> coming) {}

    /// @param parent root tree of the snapshot before; null reads everything
    /// @throws dev.reprise.storage.bucket.BucketException if the bucket cannot be listed, or stops answering
    /// @throws CancelledException if the calling thread was interrupted
    public Saved run(BucketRequest request, @Nullable ObjectId parent) {
        try (Bucket bucket = request.opening().get();
                SortedListing listing =
                        SortedListing.of(bucket, "", request.without(), LISTING_BYTES, request.temporary())) {
            listener.on(new BackupEvent.Scanned(listing.objects(), 0, listing.bytes(), true));
            var fetch = new ObjectFetch(bucket, request.tags(), nodes, listener);
            try (BlobReader reader = repository.reader(index);
                    BlobWriter.Session session = writer.session();
                    var crew = new FetchCrew(Math.max(1, bucket.connections()), this::chunks)) {
                var tree = new BucketTree(nodes, session);
                var earlier = new Earlier(objects(begun, request, reader), objects(parent, request, reader));
                checkpointNanos = System.nanoTime();
                save(request, listing.cursor(), earlier, fetch, crew, tree);
                Node folder = tree.finish(RawName.of(request.name()));
                return new Saved(saved(request, tree.root(folder), tree, parent, fetch), fetch.vanished());
            }
        }
    }

    private ParentObjects objects(@Nullable ObjectId root, BucketRequest request, BlobReader reader) {
        return new ParentObjects(bucketIn(root, request.name(), reader), id -> tree(reader, id), this::warn);
    }

    private ObjectChunks chunks(FetchCrew crew) {
        return new ObjectChunks(repository.chunker(), writer.session(), crew::isEnded);
    }

    private void save(
            BucketRequest request,
            SortedListing.Cursor listing,
            Earlier earlier,
            ObjectFetch fetch,
            FetchCrew crew,
            BucketTree tree) {
        var window = new ArrayDeque<Pending>();
        while (listing.peek() != null || !window.isEmpty()) {
            while (listing.peek() != null && window.size() < WINDOW) {
                window.add(pending(request, listing.next().object(), earlier, fetch, crew));
            }
            Pending first = window.remove();
            Node node = FetchCrew.await(first.coming);
            if (node != null) {
                count(first.old, node);
                tree.add(first.names, node);
                bytesRead += first.read ? node.size() : 0;
                checkpointIfDue(request, tree);
            }
        }
    }

    /// A storage that fails ends the run through the writer; a checkpoint alone that fails does not.
    private void checkpointIfDue(BucketRequest request, BucketTree tree) {
        Checkpoints when = checkpoints;
        boolean due = when != null
                && (System.nanoTime() - checkpointNanos >= when.every().toNanos()
                        || bytesRead - checkpointBytes >= when.bytes());
        if (when == null || !due) {
            return;
        }
        try {
            ObjectId soFar = tree.soFar(RawName.of(request.name()));
            writer.finish();
            when.destination().take(soFar, counts(tree, true));
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            warn("no checkpoint could be written: " + e.fact());
        }
        checkpointNanos = System.nanoTime();
        checkpointBytes = bytesRead;
    }

    private Pending pending(BucketRequest request, Listed object, Earlier earlier, ObjectFetch fetch, FetchCrew crew) {
        List<RawName> names = KeyNames.split(object.key());
        Node before = earlier.parent().find(names);
        Node started = earlier.begun().find(names);
        Node old = started != null ? started : before;
        String shown = "/" + request.name() + "/" + object.key();
        if (old == null || !ObjectFetch.isUnchanged(object, old) || !hasContent(old)) {
            return new Pending(
                    names,
                    before,
                    true,
                    crew.submit(chunks -> fetch.object(object, old, names.getLast(), shown, chunks)));
        }
        return new Pending(
                names,
                before,
                false,
                request.tags() == TagReading.ALWAYS
                        ? crew.submit(_ -> fetch.unchanged(object, old, shown))
                        : CompletableFuture.completedFuture(fetch.unchanged(object, old, shown)));
    }

    private boolean hasContent(Node old) {
        List<ObjectId> content = old.content();
        return content != null && content.stream().allMatch(id -> index.contains(BlobHandle.data(id)));
    }

    private void count(@Nullable Node old, Node node) {
        bytes += node.size();
        if (old == null) {
            fresh++;
        } else if (old.equals(node)) {
            unmodified++;
        } else {
            changed++;
        }
        listener.on(new BackupEvent.Progress(fresh + changed + unmodified, bytes));
    }

    private SavedTree saved(
            BucketRequest request, ObjectId root, BucketTree tree, @Nullable ObjectId parent, ObjectFetch fetch) {
        return new SavedTree(root, List.of("/" + request.name()), counts(tree, parent == null), fetch.unreadable());
    }

    private SavedTree.Counts counts(BucketTree tree, boolean first) {
        return new SavedTree.Counts(
                fresh,
                changed,
                unmodified,
                first ? tree.freshFolders() : 0,
                first ? 0 : tree.freshFolders(),
                tree.knownFolders(),
                fresh + changed + unmodified,
                bytes);
    }

    private @Nullable ObjectId bucketIn(@Nullable ObjectId parent, String name, BlobReader reader) {
        if (parent == null) {
            return null;
        }
        try {
            return tree(reader, parent).stream()
                    .filter(node -> node.name().equals(RawName.of(name)))
                    .findFirst()
                    .map(Node::subtree)
                    .orElse(null);
        } catch (ParentObjects.UnreadableTreeException e) {
            warn("the snapshot before cannot be read and everything is read anew: " + e.getMessage());
            return null;
        }
    }

    private static List<Node> tree(BlobReader reader, ObjectId id) {
        try {
            return TreeCodec.decode(reader.read(BlobHandle.tree(id)));
        } catch (TreeFormatException | RepositoryException | StorageException e) {
            throw new ParentObjects.UnreadableTreeException(String.valueOf(e.getMessage()), e);
        }
    }

    private void warn(String fact) {
        listener.on(new BackupEvent.Warning(fact));
    }
}
