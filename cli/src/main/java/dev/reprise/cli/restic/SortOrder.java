package dev.reprise.cli.restic;

import dev.reprise.base.RawName;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeTime;
import dev.reprise.repository.tree.NodeType;
import java.util.Comparator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Orders of `ls --sort`; equal entries are ordered by path.
enum SortOrder {
    NAME,
    SIZE,
    MTIME,
    ATIME,
    CTIME,
    EXTENSION;

    static SortOrder parse(String word) {
        return switch (word) {
            case "name" -> NAME;
            case "size" -> SIZE;
            case "time", "mtime" -> MTIME;
            case "atime" -> ATIME;
            case "ctime" -> CTIME;
            case "extension" -> EXTENSION;
            default ->
                throw new FatalException(
                        "invalid argument \"%s\" for \"-s, --sort\" flag: invalid sort mode \"%s\", must be one of"
                                        .formatted(word, word)
                                + " (name|size|time=mtime|atime|ctime|extension)");
        };
    }

    /// @return null for the order of the walk
    @Nullable
    Comparator<ListedNode> comparator() {
        Comparator<ListedNode> first = switch (this) {
            case NAME -> null;
            case SIZE -> Comparator.comparing(SortOrder::size, Long::compareUnsigned);
            case MTIME -> byTime(Node::mtime);
            case ATIME -> byTime(Node::atime);
            case CTIME -> byTime(Node::ctime);
            case EXTENSION -> Comparator.comparing(SortOrder::extension);
        };
        return first == null ? null : first.thenComparing(ListedNode::path);
    }

    private static long size(ListedNode entry) {
        return entry.node().type() == NodeType.FILE ? entry.node().size() : 0;
    }

    private static Comparator<ListedNode> byTime(Function<Node, NodeTime> time) {
        return Comparator.<ListedNode>comparingLong(
                        entry -> time.apply(entry.node()).epochSecond())
                .thenComparingInt(entry -> time.apply(entry.node()).nano());
    }

    /// From the last dot of the last component on; empty without a dot.
    private static RawName extension(ListedNode entry) {
        byte[] path = entry.path().bytes();
        int at = path.length - 1;
        while (at >= 0 && path[at] != '/' && path[at] != '.') {
            at--;
        }
        return at >= 0 && path[at] == '.' ? RawName.of(path, at, path.length) : RawName.of("");
    }
}
