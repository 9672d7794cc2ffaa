package dev.reprise.operations.dump;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.artifacts.TreeTar;
import dev.reprise.operations.browse.Subfolder;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeType;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One file or folder of a snapshot, found and ready to be written.
public sealed interface Dump {
    /// The content of a file.
    record File(Node node) implements Dump {}

    /// A folder, to be written as an archive.
    ///
    /// @param names path of the folder, which stands in front of the names in the archive; empty for the root
    record Folder(ObjectId tree, List<String> names) implements Dump {}

    /// Kinds of archives; the words of `--archive`.
    enum Archive {
        TAR,
        ZIP
    }

    /// @param path absolute or not; `/` is the root
    /// @throws OperationException if there is no such file or folder
    static Dump find(TreeReader reader, ObjectId root, String path) {
        List<String> names = Subfolder.components(path);
        ObjectId tree = root;
        var walked = new StringBuilder();
        for (int i = 0; i < names.size(); i++) {
            walked.append('/').append(names.get(i));
            @Nullable Node node = Subfolder.child(reader.tree(tree), RawName.of(names.get(i)));
            if (node == null) {
                throw refused("path \"" + walked + "\" not found in snapshot");
            }
            boolean last = i == names.size() - 1;
            if (last && node.type() == NodeType.FILE) {
                return new File(node);
            }
            ObjectId below = node.subtree();
            if (node.type() != NodeType.DIR || below == null) {
                throw refused("\"%s\" should be a %s, but is a \"%s\""
                        .formatted(
                                walked,
                                last ? "file" : "dir",
                                node.type().name().toLowerCase(Locale.ROOT)));
            }
            tree = below;
        }
        return new Folder(tree, names);
    }

    private static OperationException refused(String fact) {
        return new OperationException(ExitStatus.FAILED, fact, "list what is there with \"ls\"", null);
    }

    /// Writes it without closing `out`.
    ///
    /// @return how many entries the archive has no word for, such as sockets; 0 for a file
    /// @throws dev.reprise.repository.model.RepositoryException if something cannot be read; what was written is
    ///         then incomplete
    default long write(TreeReader reader, Archive archive, OutputStream out) throws IOException {
        switch (this) {
            case File(Node node) -> {
                reader.copy(node, out);
                return 0;
            }
            case Folder(ObjectId tree, List<String> names) -> {
                RawName prefix = RawName.of(names.isEmpty() ? "" : String.join("/", names) + "/");
                return switch (archive) {
                    case TAR -> TreeTar.write(reader, tree, prefix, out).leftOut();
                    case ZIP -> TreeZip.write(reader, tree, prefix, out);
                };
            }
        }
    }
}
