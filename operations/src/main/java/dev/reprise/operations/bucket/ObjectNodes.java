package dev.reprise.operations.bucket;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.Node.ExtendedAttribute;
import dev.reprise.repository.tree.NodeMode;
import dev.reprise.repository.tree.NodeTime;
import dev.reprise.repository.tree.NodeType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes nodes of objects: private to the owner, times in UTC, a folder as old as the newest object in it. Nothing in
/// them comes from the run, so an unchanged folder is an unchanged tree. Safe for many threads.
///
/// @param uid of the process, as is `gid`
record ObjectNodes(long uid, long gid) {
    private static final int FILE_MODE = 0100600;
    private static final int FOLDER_MODE = 040700;

    Node object(RawName name, Instant modified, long size, ObjectAttributes attributes, List<ObjectId> content) {
        return node(name, NodeType.FILE, FILE_MODE, time(modified), size, attributes.extended(), content, null);
    }

    Node folder(RawName name, NodeTime modified, ObjectId tree) {
        return node(name, NodeType.DIR, FOLDER_MODE, modified, 0, List.of(), null, tree);
    }

    static NodeTime time(Instant instant) {
        return new NodeTime(instant.getEpochSecond(), instant.getNano(), 0);
    }

    static Instant instant(NodeTime time) {
        return Instant.ofEpochSecond(time.epochSecond(), time.nano());
    }

    private Node node(
            RawName name,
            NodeType type,
            int mode,
            NodeTime time,
            long size,
            List<ExtendedAttribute> attributes,
            @Nullable List<ObjectId> content,
            @Nullable ObjectId tree) {
        return new Node(
                name,
                type,
                NodeMode.toGo(mode),
                time,
                time,
                time,
                uid,
                gid,
                "",
                "",
                0,
                0,
                size,
                0,
                null,
                attributes,
                0,
                content,
                tree,
                "",
                Map.of());
    }

    /// The same node, if it has that name and these attributes already.
    static Node changed(Node node, RawName name, List<ExtendedAttribute> attributes) {
        if (node.name().equals(name) && node.extendedAttributes().equals(attributes)) {
            return node;
        }
        return new Node(
                name,
                node.type(),
                node.mode(),
                node.mtime(),
                node.atime(),
                node.ctime(),
                node.uid(),
                node.gid(),
                node.user(),
                node.group(),
                node.inode(),
                node.deviceId(),
                node.size(),
                node.links(),
                node.linkTarget(),
                attributes,
                node.device(),
                node.content(),
                node.subtree(),
                node.error(),
                node.unknown());
    }
}
