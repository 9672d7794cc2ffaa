package dev.reprise.operations.backup;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.Node.ExtendedAttribute;
import dev.reprise.repository.tree.NodeMode;
import dev.reprise.repository.tree.NodeTime;
import dev.reprise.repository.tree.NodeType;
import dev.reprise.sources.files.FileMeta;
import dev.reprise.sources.files.FileTree;
import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes nodes of what the file system says (repository format, section 7.2). Safe for many threads.
final class NodeFactory {
    private final FileTree files;
    private final ZoneRules zone;
    private final boolean withAtime;

    NodeFactory(FileTree files, ZoneId zone, boolean withAtime) {
        this.files = files;
        this.zone = zone.getRules();
        this.withAtime = withAtime;
    }

    /// @param size    bytes that were read, whatever `stat` said
    /// @param content data blobs in order
    Node file(RawName name, FileMeta meta, List<FileTree.Xattr> xattrs, long size, List<ObjectId> content) {
        return node(name, NodeType.FILE, meta, xattrs, size, null, content, null);
    }

    Node directory(RawName name, FileMeta meta, List<FileTree.Xattr> xattrs, ObjectId subtree) {
        return node(name, NodeType.DIR, meta, xattrs, 0, null, null, subtree);
    }

    Node symlink(RawName name, FileMeta meta, List<FileTree.Xattr> xattrs, RawName target) {
        return node(name, NodeType.SYMLINK, meta, xattrs, 0, target, null, null);
    }

    /// A FIFO or a device.
    Node special(RawName name, NodeType type, FileMeta meta, List<FileTree.Xattr> xattrs) {
        return node(name, type, meta, xattrs, 0, null, null, null);
    }

    private Node node(
            RawName name,
            NodeType type,
            FileMeta meta,
            List<FileTree.Xattr> xattrs,
            long size,
            @Nullable RawName linkTarget,
            @Nullable List<ObjectId> content,
            @Nullable ObjectId subtree) {
        NodeTime mtime = time(meta.mtimeSecond(), meta.mtimeNano());
        return new Node(
                name,
                type,
                NodeMode.toGo(meta.unixMode()),
                mtime,
                withAtime ? time(meta.atimeSecond(), meta.atimeNano()) : mtime,
                time(meta.ctimeSecond(), meta.ctimeNano()),
                meta.uid(),
                meta.gid(),
                files.userName(meta.uid()),
                files.groupName(meta.gid()),
                meta.inode(),
                meta.device(),
                size,
                countsLinks(type) ? meta.links() : 0,
                linkTarget,
                attributes(xattrs),
                type == NodeType.DEV || type == NodeType.CHARDEV ? meta.rdev() : 0,
                content,
                subtree,
                "",
                Map.of());
    }

    private static boolean countsLinks(NodeType type) {
        return switch (type) {
            case FILE, SYMLINK, DEV, CHARDEV -> true;
            case DIR, FIFO, SOCKET, IRREGULAR -> false;
        };
    }

    private static List<ExtendedAttribute> attributes(List<FileTree.Xattr> xattrs) {
        if (xattrs.isEmpty()) {
            return List.of();
        }
        var attributes = new ArrayList<ExtendedAttribute>(xattrs.size());
        for (FileTree.Xattr xattr : xattrs) {
            attributes.add(new ExtendedAttribute(xattr.name().toString(), xattr.value()));
        }
        return List.copyOf(attributes);
    }

    private NodeTime time(long second, int nano) {
        return new NodeTime(second, nano, offset(second));
    }

    /// File systems hand out times that `Instant` cannot hold; the rules at its limits are as good as any there.
    private int offset(long second) {
        long within = Math.clamp(second, Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond());
        return zone.getOffset(Instant.ofEpochSecond(within)).getTotalSeconds();
    }
}
