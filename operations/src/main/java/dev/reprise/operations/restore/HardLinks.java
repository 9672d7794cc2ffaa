package dev.reprise.operations.restore;

import dev.reprise.operations.restore.Item.RegularFile;
import dev.reprise.repository.tree.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The names of one file with several links, in the order of the tree. One of them is written, the others
/// become links to it.
final class HardLinks {
    private final List<RegularFile> names = new ArrayList<>();

    List<RegularFile> names() {
        return names;
    }

    /// The name that is written: the first that the overwrite rule did not skip, so that no new name is
    /// ever given to a file that was only left alone.
    @Nullable
    RegularFile leader() {
        for (RegularFile name : names) {
            if (name.outcome != Item.Outcome.SKIPPED) {
                return name;
            }
        }
        return null;
    }

    /// What names of one file have in common inside a snapshot.
    record Inode(long inode, long device) {
        /// @return null if the file had one name only
        static @Nullable Inode of(Node node) {
            return node.links() > 1 && node.inode() != 0 ? new Inode(node.inode(), node.deviceId()) : null;
        }
    }

    /// Finds the names that belong together: same inode and the same content. The latter guards against a
    /// file that changed between two reads of one backup.
    static void group(List<RegularFile> files) {
        Map<Inode, HardLinks> groups = new HashMap<>();
        for (RegularFile file : files) {
            if (file.inode != null) {
                HardLinks group = groups.computeIfAbsent(file.inode, _ -> new HardLinks());
                if (group.names.isEmpty() || group.names.getFirst().sameContent(file)) {
                    group.names.add(file);
                    file.links = group;
                }
            }
        }
    }
}
