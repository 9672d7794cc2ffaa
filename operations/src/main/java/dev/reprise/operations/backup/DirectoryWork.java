package dev.reprise.operations.backup;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.operations.backup.Tally.Change;
import dev.reprise.operations.backup.TargetTree.Branch;
import dev.reprise.repository.chunk.Chunker;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeType;
import dev.reprise.repository.tree.TreeCodec;
import dev.reprise.repository.tree.TreeFormatException;
import dev.reprise.sources.files.FileMeta;
import dev.reprise.sources.files.FileTree.Directory;
import dev.reprise.sources.files.FileTree.Xattr;
import dev.reprise.storage.StorageException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/*
 * How a tree is finished
 *
 * The first step opens and lists. Each later step takes the next few entries, gives the rest back and looks at those
 * few: small and unchanged files are done on the spot, large files and directories become work of their own. Every
 * entry ends in exactly one call of done(), with a node or without. The call that fills the last slot encodes and
 * stores the tree, which is the done() of the parent's slot, and so on upwards, in whatever thread that happens.
 *
 * A directory of the file system is reached through the open directory above it, so that renaming or replacing a
 * parent meanwhile leads nowhere else. That one stays open until the last directory below it is open.
 */

/// A directory whose tree is not complete yet.
final class DirectoryWork implements Work {
    /// Entries of one step: enough to make handing over cheap, few enough to share small files among threads.
    private static final int ENTRIES_PER_STEP = 16;

    private enum Kind {
        /// The root of the snapshot, which is no directory of the file system.
        ROOT,
        /// Leads to targets and holds nothing else.
        PASSAGE,
        LISTED,
        /// Kept, but not entered except on the way to a target.
        MOUNT_POINT
    }

    private final BackupRun run;
    private final Kind kind;
    private final @Nullable Item item;
    private final @Nullable SharedDirectory holder;
    private final SortedMap<RawName, Branch> branches;
    private final @Nullable ObjectId oldTree;
    private final @Nullable ObjectId begunTree;
    private final long device;
    private final String path;
    private final RawName localPath;

    /// Set by the first step.
    private @Nullable SharedDirectory here;

    private @Nullable FileMeta meta;
    private List<Xattr> xattrs = List.of();
    private RawName @Nullable [] names;
    private @Nullable Node[] nodes = new Node[0];
    private ParentNodes parentNodes = ParentNodes.NONE;
    private ParentNodes begunNodes = ParentNodes.NONE;
    private Exclusion.Tagged tagged = Exclusion.Tagged.NOT;
    private int next;

    private final AtomicInteger unfinished = new AtomicInteger();
    private @Nullable ObjectId tree;

    private DirectoryWork(
            BackupRun run,
            Kind kind,
            @Nullable Item item,
            @Nullable SharedDirectory holder,
            SortedMap<RawName, Branch> branches,
            @Nullable ObjectId oldTree,
            @Nullable ObjectId begunTree,
            long device) {
        this.run = run;
        this.kind = kind;
        this.item = item;
        this.holder = holder;
        this.branches = branches;
        this.oldTree = oldTree;
        this.begunTree = begunTree;
        this.device = device;
        this.path = item == null ? "" : item.path();
        this.localPath = item == null ? TargetPath.ROOT : item.localPath();
    }

    static DirectoryWork root(
            BackupRun run, TargetTree targets, @Nullable ObjectId parentTree, @Nullable ObjectId begunTree) {
        return new DirectoryWork(run, Kind.ROOT, null, null, targets.branches(), parentTree, begunTree, 0);
    }

    private static DirectoryWork of(
            BackupRun run, Kind kind, Item item, @Nullable SharedDirectory holder, long device) {
        Branch branch = item.branch();
        return new DirectoryWork(
                run,
                kind,
                item,
                holder,
                branch == null ? Collections.emptySortedMap() : branch.children(),
                subtree(item.old()),
                subtree(item.begun()),
                device);
    }

    private static @Nullable ObjectId subtree(@Nullable Node node) {
        return node != null && node.type() == NodeType.DIR ? node.subtree() : null;
    }

    /// Path in the snapshot; empty for the root.
    String path() {
        return path;
    }

    RawName localPath() {
        return localPath;
    }

    /// The stored tree of the root, once the run is over.
    ///
    /// @return null if it has no entries
    @Nullable
    ObjectId tree() {
        return tree;
    }

    @Override
    public void step(Worker worker) {
        RawName[] entries = names;
        if (entries == null) {
            begin(worker);
            return;
        }
        int from = next;
        int to = Math.min(from + ENTRIES_PER_STEP, entries.length);
        next = to;
        SharedDirectory directory = here == null ? null : here.retain();
        if (to < entries.length) {
            run.push(this);
        } else if (here != null) {
            here.release();
        }
        for (int slot = from; slot < to; slot++) {
            worker.ensureRunning();
            entry(worker, slot, entries[slot], directory);
        }
        if (directory != null) {
            directory.release();
        }
        run.scanned(false);
        run.progress();
    }

    private void begin(Worker worker) {
        RawName[] entries;
        try {
            entries = open();
        } catch (IOException e) {
            worker.ensureRunning();
            Item failed = requireItem();
            run.unreadable(failed, e);
            failed.parent().done(worker, failed.slot(), null);
            return;
        } finally {
            if (holder != null) {
                holder.release();
            }
        }
        nodes = new Node[entries.length];
        unfinished.set(entries.length);
        parentNodes = loadParent(worker);
        begunNodes = loadBegun(worker);
        names = entries;
        run.opened(this);
        if (entries.length > 0) {
            run.push(this);
            return;
        }
        if (here != null) {
            here.release();
        }
        finish(worker);
    }

    /// @return the entries
    private RawName[] open() throws IOException {
        return switch (kind) {
            case ROOT -> branchNames();
            case PASSAGE -> {
                openPassage();
                yield branchNames();
            }
            case LISTED, MOUNT_POINT -> {
                Item listed = requireItem();
                var directory = new SharedDirectory(openListed(listed), run.handles());
                here = directory;
                try {
                    meta = directory.get().meta();
                    xattrs = run.attributes(listed, directory.get()::xattrs);
                    yield kind == Kind.LISTED ? list(directory.get()) : branchNames();
                } catch (IOException e) {
                    directory.release();
                    throw e;
                }
            }
        };
    }

    private RawName[] branchNames() {
        return branches.keySet().toArray(RawName[]::new);
    }

    private Directory openListed(Item listed) throws IOException {
        return holder != null
                ? holder.get().openDirectory(listed.diskName())
                : run.files().open(requireBranch(listed).reached());
    }

    /// Directories above a target may be closed to us; their attributes are then left out, as restic does. A
    /// symbolic link on the way is followed and saved as the directory it leads to.
    private void openPassage() throws IOException {
        RawName entered = requireBranch(requireItem()).reached();
        meta = run.files().stat(entered);
        try (Directory directory = run.files().open(entered)) {
            xattrs = directory.xattrs();
        } catch (IOException unreadable) {
            xattrs = List.of();
        }
    }

    private RawName[] list(Directory directory) throws IOException {
        List<RawName> listed = directory.names();
        tagged = run.exclusion().tagsIn(directory, run::warn);
        var distinct = new ArrayList<RawName>(listed.size());
        for (RawName name : listed) {
            if (!distinct.isEmpty() && distinct.getLast().equals(name)) {
                run.warn(localPath.child(name) + " is listed twice; it is saved once");
            } else {
                distinct.add(name);
            }
        }
        if (branches.isEmpty()) {
            return distinct.toArray(RawName[]::new);
        }
        var all = new TreeSet<>(distinct);
        all.addAll(branches.keySet());
        return all.toArray(RawName[]::new);
    }

    /// A parent tree that cannot be read makes the run incomplete, but only means that more is read.
    private ParentNodes loadParent(Worker worker) {
        if (oldTree == null) {
            return ParentNodes.NONE;
        }
        String problem;
        if (!worker.knowsTree(oldTree)) {
            problem = "tree %s of the parent snapshot is not in the index".formatted(oldTree.hex());
        } else {
            try {
                return ParentNodes.of(worker.readTree(oldTree));
            } catch (TreeFormatException | RepositoryException | StorageException e) {
                worker.ensureRunning();
                problem = "tree %s of the parent snapshot cannot be read: %s".formatted(oldTree.hex(), e.getMessage());
            }
        }
        run.parentUnreadable(localPath.toString(), problem);
        return ParentNodes.NONE;
    }

    /// What was begun may be gone: then it is done again.
    private ParentNodes loadBegun(Worker worker) {
        if (begunTree == null || !worker.knowsTree(begunTree)) {
            return ParentNodes.NONE;
        }
        try {
            return ParentNodes.of(worker.readTree(begunTree));
        } catch (TreeFormatException | RepositoryException | StorageException e) {
            worker.ensureRunning();
            run.warn("what was begun in %s cannot be taken over: %s".formatted(localPath, e.getMessage()));
            return ParentNodes.NONE;
        }
    }

    private void entry(Worker worker, int slot, RawName name, @Nullable SharedDirectory directory) {
        Branch branch = branches.get(name);
        var entry = new Item(
                this, slot, name, branch, parentNodes.find(name, slot), begunNodes.find(name, slot), System.nanoTime());
        try {
            if (branch != null) {
                branch(worker, entry, branch);
            } else if (directory != null) {
                listed(worker, entry, directory);
            } else {
                throw new IllegalStateException("an entry without a directory: " + entry.path());
            }
        } catch (NoSuchFileException vanished) {
            done(worker, slot, null);
        } catch (IOException e) {
            worker.ensureRunning();
            run.unreadable(entry, e);
            done(worker, slot, null);
        }
    }

    private void listed(Worker worker, Item entry, SharedDirectory directory) throws IOException {
        Exclusion exclusion = run.exclusion();
        boolean excluded =
                tagged.excludes(entry.name()) || (exclusion.hasPatterns() && exclusion.byPath(entry.localPath()));
        if (excluded) {
            done(worker, entry.slot(), null);
            return;
        }
        FileMeta found = directory.get().stat(entry.name());
        if (exclusion.bySize(found)) {
            done(worker, entry.slot(), null);
        } else {
            take(worker, entry, found, directory, device);
        }
    }

    /// What leads to a target is never excluded, nor is a target the user named.
    private void branch(Worker worker, Item entry, Branch branch) throws IOException {
        boolean whole = branch.isTarget() || kind == Kind.LISTED;
        if (!whole) {
            run.push(of(run, Kind.PASSAGE, entry, null, 0));
            return;
        }
        boolean exempt = branch.isNamed() || !branch.children().isEmpty();
        if (!exempt
                && (run.taggedIn(branch.holder()).excludes(branch.diskName())
                        || run.exclusion().byPath(entry.localPath()))) {
            done(worker, entry.slot(), null);
            return;
        }
        FileMeta found = run.files().stat(branch.reached());
        if (!exempt && run.exclusion().bySize(found)) {
            done(worker, entry.slot(), null);
            return;
        }
        long allowed = run.deviceAt(entry.localPath(), found.device());
        if (found.type() == FileMeta.Type.DIR) {
            take(worker, entry, found, null, allowed);
            return;
        }
        var directory = new SharedDirectory(run.files().open(branch.holder()), run.handles());
        try {
            take(worker, entry, found, directory, allowed);
        } finally {
            directory.release();
        }
    }

    /// @param directory that holds the entry; may be missing for a directory, which is then opened by its path
    private void take(
            Worker worker, Item entry, FileMeta found, @Nullable SharedDirectory directory, long allowedDevice)
            throws IOException {
        boolean foreign = run.isForeign(found, allowedDevice);
        run.found(found);
        switch (found.type()) {
            case DIR ->
                run.push(of(
                        run,
                        foreign ? Kind.MOUNT_POINT : Kind.LISTED,
                        entry,
                        directory == null ? null : directory.retain(),
                        allowedDevice));
            case FILE, SYMLINK, FIFO, BLOCK_DEVICE, CHAR_DEVICE -> {
                if (foreign || directory == null) {
                    done(worker, entry.slot(), null);
                } else {
                    takeFile(worker, entry, found, directory);
                }
            }
            case SOCKET -> done(worker, entry.slot(), null);
            case OTHER -> {
                run.unreadable(entry.localPath().toString(), "unknown type of file");
                done(worker, entry.slot(), null);
            }
        }
    }

    private void takeFile(Worker worker, Item entry, FileMeta found, SharedDirectory directory) throws IOException {
        switch (found.type()) {
            case FILE -> takeRegular(worker, entry, found, directory);
            case SYMLINK -> {
                RawName target = directory.get().readLink(entry.diskName());
                done(
                        worker,
                        entry.slot(),
                        run.nodes()
                                .symlink(
                                        entry.old(), entry.name(), found, attributes(entry, found, directory), target));
            }
            case FIFO -> special(worker, entry, NodeType.FIFO, found, directory);
            case BLOCK_DEVICE -> special(worker, entry, NodeType.DEV, found, directory);
            case CHAR_DEVICE -> special(worker, entry, NodeType.CHARDEV, found, directory);
            case DIR, SOCKET, OTHER -> throw new IllegalStateException("not a file: " + found);
        }
    }

    private void special(Worker worker, Item entry, NodeType type, FileMeta found, SharedDirectory directory) {
        done(
                worker,
                entry.slot(),
                run.nodes().special(entry.old(), entry.name(), type, found, attributes(entry, found, directory)));
    }

    private List<Xattr> attributes(Item entry, FileMeta found, SharedDirectory directory) {
        return run.attributes(entry, () -> directory.get().xattrs(entry.diskName(), found));
    }

    private void takeRegular(Worker worker, Item entry, FileMeta found, SharedDirectory directory) {
        List<ObjectId> content = sameContent(found, entry.old());
        if (content != null && worker.hasAll(content)) {
            reuse(worker, entry, found, directory, content, true);
            return;
        }
        List<ObjectId> begun = sameContent(found, entry.begun());
        if (begun != null && worker.hasAll(begun)) {
            reuse(worker, entry, found, directory, begun, false);
            return;
        }
        if (content != null) {
            run.unreadable(
                    entry.localPath().toString(),
                    "it did not change, but parts of it are not in the index of the repository; it is read again");
        }
        var work = new FileWork(run, entry, directory.retain());
        if (found.size() <= Chunker.MIN_BYTES) {
            work.step(worker);
        } else {
            run.push(work);
        }
    }

    private @Nullable List<ObjectId> sameContent(FileMeta found, @Nullable Node before) {
        return before != null && run.changes().sameContent(found, before) ? before.content() : null;
    }

    /// @param unmodified counts as such whatever became of its attributes, because the parent snapshot has the content
    private void reuse(
            Worker worker,
            Item entry,
            FileMeta found,
            SharedDirectory directory,
            List<ObjectId> content,
            boolean unmodified) {
        Node node = run.nodes()
                .file(entry.old(), entry.name(), found, attributes(entry, found, directory), found.size(), content);
        run.reused(found.size());
        Change change = run.tally().file(entry.old(), node, unmodified);
        if (change != Change.UNMODIFIED || run.reportsUnchanged()) {
            run.report(new BackupEvent.ItemDone(entry.path(), false, change.action(), entry.seconds(), 0, 0, 0, 0));
        }
        done(worker, entry.slot(), node);
    }

    /// An entry is through.
    ///
    /// @param node null if it is not saved
    void done(Worker worker, int slot, @Nullable Node node) {
        DirectoryWork directory = this;
        DirectoryWork stored = null;
        Node filled = node;
        int place = slot;
        while (true) {
            directory.nodes[place] = filled;
            if (stored != null) {
                run.stored(stored); // only now: until then a checkpoint has to find its entries
            }
            if (directory.unfinished.decrementAndGet() > 0) {
                return;
            }
            filled = directory.store(worker);
            if (directory.item == null) {
                run.stack().end();
                return;
            }
            stored = directory;
            place = directory.item.slot();
            directory = directory.item.parent();
        }
    }

    /// For a directory without entries.
    private void finish(Worker worker) {
        Node node = store(worker);
        if (item == null) {
            run.stack().end();
        } else {
            item.parent().done(worker, item.slot(), node);
            run.stored(this);
        }
    }

    @Nullable
    Item item() {
        return item;
    }

    /// The entries that are through, by their slots. Others may become so meanwhile.
    @Nullable
    Node[] finished() {
        return nodes.clone();
    }

    /// This directory with another tree than the one it will get.
    ///
    /// @return null if it was not opened yet
    @Nullable
    Node partialNode(ObjectId partialTree) {
        return meta == null ? null : run.nodes().directory(null, requireItem().name(), meta, xattrs, partialTree);
    }

    /// @return the node of this directory; null for the root
    private @Nullable Node store(Worker worker) {
        StoredTree stored = storeTree(worker);
        if (stored == null) {
            return null;
        }
        if (item == null || meta == null) {
            tree = stored.id;
            return null;
        }
        Node node = run.nodes().directory(item.old(), item.name(), meta, xattrs, stored.id);
        Change change = run.tally().directory(item.old(), node);
        if (change != Change.UNMODIFIED || run.reportsUnchanged()) {
            run.report(new BackupEvent.ItemDone(
                    path, true, change.action(), item.seconds(), 0, 0, stored.freshBytes, stored.storedBytes));
        }
        return node;
    }

    private record StoredTree(ObjectId id, int freshBytes, int storedBytes) {}

    /// A tree whose nodes all come from the parent is there already, and is not even encoded.
    ///
    /// @return null for a root without entries
    private @Nullable StoredTree storeTree(Worker worker) {
        if (oldTree != null && parentNodes.areAll(nodes)) {
            return new StoredTree(oldTree, 0, 0);
        }
        var present = new ArrayList<Node>(nodes.length);
        for (Node node : nodes) {
            if (node != null) {
                present.add(node);
            }
        }
        if (item == null && present.isEmpty()) {
            return null;
        }
        byte[] encoded = TreeCodec.encode(present);
        BlobWriter.Saved saved = worker.saveTree(encoded);
        return new StoredTree(saved.id(), saved.fresh() ? encoded.length : 0, saved.storedBytes());
    }

    private Item requireItem() {
        if (item == null) {
            throw new IllegalStateException("the root of a snapshot is no entry");
        }
        return item;
    }

    private static Branch requireBranch(Item item) {
        if (item.branch() == null) {
            throw new IllegalStateException("no target leads to " + item.path());
        }
        return item.branch();
    }
}
