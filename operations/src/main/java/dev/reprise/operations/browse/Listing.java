package dev.reprise.operations.browse;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeType;
import java.util.List;

/// Lists a tree, or some folders of it.
///
/// @param folders   absolute; a folder stands for itself and what is directly in it; empty for everything at any depth
/// @param recursive whether folders stand for everything below them
public record Listing(List<RawName> folders, boolean recursive) {
    /// Told of entries in the order of the tree.
    public interface Receiver {
        /// @param asked false for a directory that only leads to one of the folders
        void node(RawName path, Node node, boolean asked);

        /// After the content of every directory that was given to [#node].
        void leave();
    }

    public Listing {
        folders = folders.stream().map(Listing::withoutLastSlash).toList();
    }

    public void run(TreeReader reader, ObjectId root, Receiver receiver) {
        new TreeWalk(reader).walk(root, new TreeWalk.Visitor() {
            @Override
            public boolean node(ObjectId tree, RawName path, Node node) {
                boolean asked = folders.isEmpty() || folders.stream().anyMatch(folder -> isWithin(folder, path));
                boolean enter = (asked && recursive)
                        || folders.isEmpty()
                        || folders.stream().anyMatch(folder -> isWithin(path, folder));
                if (asked || enter) {
                    receiver.node(path, node, asked);
                }
                if (asked && !enter && node.type() == NodeType.DIR) {
                    receiver.leave();
                }
                return enter;
            }

            @Override
            public void leave(RawName path) {
                receiver.leave();
            }
        });
    }

    /// `/srv/` means `/srv`; the root stays.
    private static RawName withoutLastSlash(RawName folder) {
        int length = folder.length();
        while (length > 1 && folder.at(length - 1) == '/') {
            length--;
        }
        return RawName.of(folder.bytes(), 0, length);
    }

    /// Whether `path` is `folder` or something below it.
    private static boolean isWithin(RawName folder, RawName path) {
        int length = folder.length();
        if (length == 1) {
            return true;
        }
        if (path.length() < length || (path.length() > length && path.at(length) != '/')) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (folder.at(i) != path.at(i)) {
                return false;
            }
        }
        return true;
    }
}
