package dev.reprise.operations.restore;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.operations.restore.Item.Folder;
import dev.reprise.operations.restore.Item.Other;
import dev.reprise.operations.restore.Item.RegularFile;
import dev.reprise.operations.trees.TreeLoader;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.tree.Node;
import dev.reprise.sources.files.OwnerNumbers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Loads the trees of a snapshot level by level and chooses what will be restored. Touches no file.
final class TreeWalk {
    /// Deeper nesting cannot be made by a file system walk: paths end at 4096 bytes.
    private static final int MAX_DEPTH = 2048;
    /// An item takes 200 bytes and more. A few trees that name each other over and over make up any number of items.
    private static final long MAX_ITEMS = Runtime.getRuntime().maxMemory() / 256;

    /// Folders whose trees are looked up together.
    private static final int BATCH_FOLDERS = 16 * 1024;

    private final TreeLoader trees;
    private final Selection selection;
    private final @Nullable OwnerNumbers owners;
    private final Progress progress;
    private final AtomicLong items = new AtomicLong();

    static TreeWalk of(TreeLoader trees, FilesRestoreRequest request, Progress progress) {
        var owners = request.metadata().ownersByName() ? new OwnerNumbers() : null;
        return new TreeWalk(trees, Selection.of(request), owners, progress);
    }

    /// @param owners null to take the numbers of owners as the snapshot has them
    private TreeWalk(TreeLoader trees, Selection selection, @Nullable OwnerNumbers owners, Progress progress) {
        this.trees = trees;
        this.selection = selection;
        this.owners = owners;
        this.progress = progress;
    }

    /// @throws dev.reprise.repository.model.RepositoryException if the root tree cannot be read
    RestorePlan walk(ObjectId rootTree) {
        var root = new Folder(rootTree);
        var rootDamage = new AtomicReference<@Nullable RuntimeException>();
        List<Folder> level = List.of(root);
        for (int depth = 0; !level.isEmpty(); depth++) {
            for (int from = 0; from < level.size(); from += BATCH_FOLDERS) {
                load(level.subList(from, Math.min(level.size(), from + BATCH_FOLDERS)), rootDamage);
            }
            if (rootDamage.get() != null) {
                throw rootDamage.get();
            }
            if (items.get() > MAX_ITEMS) {
                throw RepositoryException.refused(
                        "the snapshot has more than %d files and folders, too many for the memory of this program"
                                .formatted(MAX_ITEMS),
                        "restore it in parts, or set REPRISE_MAX_HEAP to more");
            }
            level = below(level, depth);
        }
        return RestorePlan.of(root);
    }

    private void load(List<Folder> level, AtomicReference<@Nullable RuntimeException> rootDamage) {
        Map<ObjectId, List<Folder>> waiting = new HashMap<>();
        for (Folder folder : level) {
            if (folder.subtree != null) {
                waiting.computeIfAbsent(folder.subtree, _ -> new ArrayList<>(1)).add(folder);
            }
        }
        trees.load(waiting.keySet(), new TreeLoader.Receiver() {
            @Override
            public void tree(ObjectId id, List<Node> nodes) {
                waiting.getOrDefault(id, List.of()).forEach(folder -> fill(folder, nodes));
            }

            @Override
            public void damaged(ObjectId id, RuntimeException reason) {
                for (Folder folder : waiting.getOrDefault(id, List.of())) {
                    if (folder.isRoot()) {
                        rootDamage.set(reason);
                    } else {
                        progress.fail(folder, "its content is unknown: " + reason.getMessage());
                    }
                }
            }
        });
    }

    private List<Folder> below(List<Folder> level, int depth) {
        List<Folder> below = new ArrayList<>();
        for (Folder folder : level) {
            for (Item child : folder.children) {
                if (child instanceof Folder next) {
                    below.add(next);
                }
            }
        }
        if (depth == MAX_DEPTH) {
            below.forEach(folder -> progress.fail(folder, "it is nested deeper than " + MAX_DEPTH + " folders"));
            return List.of();
        }
        return below;
    }

    private void fill(Folder folder, List<Node> nodes) {
        if (items.addAndGet(nodes.size()) > MAX_ITEMS) {
            return;
        }
        Set<RawName> names = new HashSet<>(nodes.size() * 2);
        List<Item> children = new ArrayList<>(nodes.size());
        RawName path = folder.absolutePath();
        for (Node node : nodes) {
            RawName nodePath = path.child(node.name());
            if (!node.name().isPlainName()) {
                progress.fail(nodePath.toString(), "its name is not a plain file name, so it is not restored");
            } else if (!names.add(node.name())) {
                progress.fail(
                        nodePath.toString(),
                        "tree " + folder.subtree + " lists this name twice; the first is restored");
            } else {
                Item child = choose(folder, node, nodePath);
                if (child != null) {
                    children.add(child);
                }
            }
        }
        folder.children = children;
        folder.known = true;
    }

    private @Nullable Item choose(Folder folder, Node node, RawName path) {
        boolean selected = selection.selects(path);
        Item item = switch (node.type()) {
            case DIR -> selected || selection.enters(path) ? new Folder(folder, node, selected) : null;
            case FILE, IRREGULAR -> selected ? new RegularFile(folder, node) : null;
            case SYMLINK, DEV, CHARDEV, FIFO, SOCKET -> selected ? new Other(folder, node) : null;
        };
        if (item != null) {
            refuseUnusable(item, node);
            if (owners != null) {
                own(item, node, owners);
            }
        }
        return item;
    }

    private static void own(Item item, Node node, OwnerNumbers owners) {
        long user = owners.user(node.user());
        long group = owners.group(node.group());
        item.own(user < 0 ? node.uid() : user, group < 0 ? node.gid() : group);
    }

    /// Nodes that lack what their type needs. They stay in the plan, so that nothing of their name is
    /// deleted.
    private void refuseUnusable(Item item, Node node) {
        switch (node.type()) {
            case DIR -> {
                if (node.subtree() == null || node.subtree().isNull()) {
                    progress.fail(item, "the snapshot names no tree for this directory");
                }
            }
            case SYMLINK -> {
                if (node.linkTarget() == null || node.linkTarget().isEmpty()) {
                    progress.fail(item, "the snapshot has no target for this symbolic link");
                }
            }
            case IRREGULAR -> progress.fail(item, "it was neither file, directory, link nor device when it was saved");
            case FILE -> {
                if (node.content() == null && node.size() > 0) {
                    progress.fail(item, "the snapshot has no content for this file");
                }
            }
            case DEV, CHARDEV, FIFO, SOCKET -> {}
        }
    }
}
