package dev.reprise.operations.bucket;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.tree.Node;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The objects of a saved bucket in the order of their keys. Belongs to one thread.
final class StoredObjects {
    private final TreeReader reader;
    private final ObjectSelection selection;
    private final ArrayDeque<Open> open = new ArrayDeque<>();

    private record Open(byte[] key, ObjectId tree, StoredFolder folder) {}

    /// @param key   UTF-8
    /// @param text  the same
    record Stored(byte[] key, String text, Node node) {}

    /// @param folder tree of the bucket's folder
    StoredObjects(TreeReader reader, ObjectId folder, ObjectSelection selection) {
        this.reader = reader;
        this.selection = selection;
        enter(new byte[0], folder);
    }

    private void enter(byte[] key, ObjectId tree) {
        open.push(new Open(key, tree, new StoredFolder(tree, reader::tree)));
    }

    /// @return null at the end
    /// @throws RepositoryException if a tree cannot be read or holds what no bucket does
    @Nullable
    Stored next() {
        while (!open.isEmpty()) {
            Open here = open.element();
            try {
                Stored found = next(here);
                if (found != null) {
                    return found;
                }
            } catch (IllegalArgumentException e) {
                throw RepositoryException.damaged("tree " + here.tree.hex(), String.valueOf(e.getMessage()), e);
            }
        }
        return null;
    }

    /// One step: an object, or null when a folder was entered, left or passed over.
    private @Nullable Stored next(Open here) {
        StoredFolder.Entry entry = here.folder.peek();
        if (entry == null) {
            open.pop();
            return null;
        }
        here.folder.step();
        byte[] key = joined(here.key, entry.key());
        if (entry.isFolder()) {
            if (selection.mayHoldBelow(key)) {
                enter(key, Objects.requireNonNull(entry.node().subtree()));
            }
            return null;
        }
        return selection.holds(key) ? new Stored(key, KeyNames.key(key), entry.node()) : null;
    }

    private static byte[] joined(byte[] a, byte[] b) {
        byte[] joined = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, joined, a.length, b.length);
        return joined;
    }
}
