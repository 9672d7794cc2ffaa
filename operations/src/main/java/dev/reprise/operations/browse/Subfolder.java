package dev.reprise.operations.browse;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The part behind the colon of `snapshot:folder` (repository format, section 8.2).
public final class Subfolder {
    private Subfolder() {}

    /// The tree of a folder below a root tree.
    ///
    /// @param folder with or without a leading `/`; empty, `/` and `.` are the root itself
    /// @throws OperationException if it is not there, or is no directory
    public static ObjectId find(TreeReader reader, ObjectId root, String folder) {
        ObjectId tree = root;
        var walked = new StringBuilder();
        for (String name : components(folder)) {
            walked.append(walked.isEmpty() ? "" : "/").append(name);
            Node node = child(reader.tree(tree), RawName.of(name));
            if (node == null) {
                throw refused("path " + walked + ": not found", "list what is there with \"ls\"");
            }
            ObjectId below = node.subtree();
            if (node.type() != NodeType.DIR || below == null) {
                throw refused("path " + walked + ": not a directory", "name the directory around it");
            }
            tree = below;
        }
        return tree;
    }

    private static OperationException refused(String fact, String hint) {
        return new OperationException(ExitStatus.FAILED, fact, hint, null);
    }

    /// The names of a path, as Go's `path.Clean` leaves them: `.` and doubled slashes go, `..` takes the name before.
    public static List<String> components(String path) {
        var names = new ArrayList<String>();
        for (String name : path.split("/", -1)) {
            if (name.equals("..")) {
                if (!names.isEmpty()) {
                    names.removeLast();
                }
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        return names;
    }

    /// The node of that name.
    ///
    /// @return null if there is none
    public static @Nullable Node child(List<Node> nodes, RawName name) {
        for (Node node : nodes) {
            if (node.name().equals(name)) {
                return node;
            }
        }
        return null;
    }
}
