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
import java.time.zone.ZoneOffsetTransition;
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
    /// The last one asked for; times of one tree lie close together.
    private volatile Span span = new Span(0, 0, 0);

    NodeFactory(FileTree files, ZoneId zone, boolean withAtime) {
        this.files = files;
        this.zone = zone.getRules();
        this.withAtime = withAtime;
    }

    /// @param old     what the parent snapshot has; returned itself if nothing differs, so that an unchanged tree is
    ///                known by its very nodes
    /// @param size    bytes that were read, whatever `stat` said
    /// @param content data blobs in order
    Node file(
            @Nullable Node old,
            RawName name,
            FileMeta meta,
            List<FileTree.Xattr> xattrs,
            long size,
            List<ObjectId> content) {
        if (old != null && old.size() == size && content.equals(old.content()) && isUnchanged(old, meta, xattrs)) {
            return old;
        }
        return node(name, NodeType.FILE, meta, xattrs, size, null, content, null);
    }

    Node directory(@Nullable Node old, RawName name, FileMeta meta, List<FileTree.Xattr> xattrs, ObjectId subtree) {
        return oldIfEqual(old, node(name, NodeType.DIR, meta, xattrs, 0, null, null, subtree));
    }

    Node symlink(@Nullable Node old, RawName name, FileMeta meta, List<FileTree.Xattr> xattrs, RawName target) {
        return oldIfEqual(old, node(name, NodeType.SYMLINK, meta, xattrs, 0, target, null, null));
    }

    /// A FIFO or a device.
    Node special(@Nullable Node old, RawName name, NodeType type, FileMeta meta, List<FileTree.Xattr> xattrs) {
        return oldIfEqual(old, node(name, type, meta, xattrs, 0, null, null, null));
    }

    private static Node oldIfEqual(@Nullable Node old, Node now) {
        return old != null && old.equals(now) ? old : now;
    }

    /// Whether a regular file's node would be written as it was, to the last offset; its name, size and content are.
    /// Without making that node: most files of most runs come through here.
    private boolean isUnchanged(Node old, FileMeta meta, List<FileTree.Xattr> xattrs) {
        return old.type() == NodeType.FILE
                && old.mode() == NodeMode.toGo(meta.unixMode())
                && isTime(old.mtime(), meta.mtimeSecond(), meta.mtimeNano())
                && isTime(old.ctime(), meta.ctimeSecond(), meta.ctimeNano())
                && (withAtime
                        ? isTime(old.atime(), meta.atimeSecond(), meta.atimeNano())
                        : old.atime().equals(old.mtime()))
                && old.uid() == meta.uid()
                && old.gid() == meta.gid()
                && old.inode() == meta.inode()
                && old.deviceId() == meta.device()
                && old.links() == meta.links()
                && old.user().equals(files.userName(meta.uid()))
                && old.group().equals(files.groupName(meta.gid()))
                && old.device() == 0
                && old.linkTarget() == null
                && old.subtree() == null
                && old.error().isEmpty()
                && old.unknown().isEmpty()
                && old.extendedAttributes().equals(attributes(xattrs));
    }

    private boolean isTime(NodeTime old, long second, int nano) {
        return old.epochSecond() == second && old.nano() == nano && old.offsetSeconds() == offset(second);
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

    /// Seconds between two changes of the zone's offset: `from` and all before `to`.
    private record Span(long from, long to, int offsetSeconds) {
        boolean contains(long second) {
            return second >= from && second < to;
        }
    }

    /// File systems hand out times that `Instant` cannot hold; the rules at its limits are as good as any there.
    private int offset(long second) {
        Span known = span;
        if (!known.contains(second)) {
            known = spanAround(Math.clamp(second, Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond()));
            span = known;
        }
        return known.offsetSeconds;
    }

    private Span spanAround(long second) {
        Instant instant = Instant.ofEpochSecond(second);
        int offsetSeconds = zone.getOffset(instant).getTotalSeconds();
        if (zone.isFixedOffset()) {
            return new Span(Long.MIN_VALUE, Long.MAX_VALUE, offsetSeconds);
        }
        ZoneOffsetTransition last = zone.previousTransition(instant.plusSeconds(instant.equals(Instant.MAX) ? 0 : 1));
        ZoneOffsetTransition next = zone.nextTransition(instant);
        return new Span(
                last == null ? second : last.getInstant().getEpochSecond(),
                next == null ? second + 1 : next.getInstant().getEpochSecond(),
                offsetSeconds);
    }
}
