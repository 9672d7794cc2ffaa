package dev.reprise.mount;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.mount.fuse.Attributes;
import dev.reprise.mount.fuse.FuseNode;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeMode;
import dev.reprise.repository.tree.NodeTime;
import dev.reprise.repository.tree.NodeType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Turns the nodes of one snapshot's trees into those of the file system.
///
/// @param owner   shows everything as root's, or as what is stored
/// @param inode   of the snapshot's root directory
record MountedSnapshot(MountedContent content, Owner owner, long inode) {
    /// Whom files belong to.
    enum Owner {
        STORED,
        ROOT
    }

    /// @param tree  that holds the node
    /// @param place of the node in the tree's folder
    FuseNode node(ObjectId tree, int place, Node node, long directoryInode) {
        Attributes attributes = attributes(node, inode(node, directoryInode));
        var origin = new Origin(content, tree, place);
        return switch (node.type()) {
            case DIR -> new Directory(this, origin, attributes, node.subtree());
            case FILE -> new File(origin, attributes);
            case SYMLINK -> new Link(origin, attributes, target(node));
            case DEV, CHARDEV, FIFO, SOCKET, IRREGULAR -> new Special(origin, attributes);
        };
    }

    private static RawName target(Node node) {
        RawName target = node.linkTarget();
        return target == null ? RawName.of("") : target;
    }

    long inode(Node node, long directoryInode) {
        boolean linked = node.links() > 1 && node.type() != NodeType.DIR;
        return linked ? Inodes.linked(inode, node.deviceId(), node.inode()) : Inodes.below(directoryInode, node.name());
    }

    private Attributes attributes(Node node, long inode) {
        boolean stored = owner == Owner.STORED;
        // How many directories lie inside would take another tree to say; 1 stands for unknown.
        long links = node.type() == NodeType.DIR ? 1 : Math.clamp(node.links(), 1, 0xffff_ffffL);
        return new Attributes(
                inode,
                type(node.type()) | NodeMode.toUnixPermissions(node.mode()),
                size(node),
                links,
                stored ? node.uid() : 0,
                stored ? node.gid() : 0,
                node.type() == NodeType.DEV || node.type() == NodeType.CHARDEV ? node.device() : 0,
                time(node.atime()),
                time(node.mtime()),
                time(node.ctime()));
    }

    private static long size(Node node) {
        RawName target = node.linkTarget();
        return switch (node.type()) {
            case FILE -> Math.max(node.size(), 0);
            case SYMLINK -> target == null ? 0 : target.length();
            case DIR, DEV, CHARDEV, FIFO, SOCKET, IRREGULAR -> 0;
        };
    }

    private static Attributes.Time time(NodeTime time) {
        return new Attributes.Time(time.epochSecond(), time.nano());
    }

    static int type(NodeType type) {
        return switch (type) {
            case DIR -> Attributes.DIRECTORY;
            case SYMLINK -> Attributes.LINK;
            case DEV -> Attributes.BLOCK_DEVICE;
            case CHARDEV -> Attributes.CHARACTER_DEVICE;
            case FIFO -> Attributes.FIFO;
            case SOCKET -> Attributes.SOCKET;
            case FILE, IRREGULAR -> Attributes.FILE;
        };
    }

    /// Where a node comes from; what it holds is read there again when it is wanted.
    ///
    /// @param tree  of the directory it lies in
    record Origin(MountedContent content, ObjectId tree, int place) {
        Node node() {
            return content.folder(tree).node(place);
        }

        List<RawName> extendedAttributes() {
            return node().extendedAttributes().stream()
                    .map(attribute -> RawName.of(attribute.name()))
                    .filter(name -> !name.isEmpty())
                    .toList();
        }

        byte @Nullable [] extendedAttribute(RawName name) {
            return node().extendedAttributes().stream()
                    .filter(attribute -> RawName.of(attribute.name()).equals(name))
                    .findFirst()
                    .map(Node.ExtendedAttribute::value)
                    .orElse(null);
        }
    }

    /// @param tree null for a directory that could not be read when it was saved: empty
    record Directory(
            MountedSnapshot snapshot,
            Origin origin,
            Attributes attributes,
            @Nullable ObjectId tree) implements FuseNode.Directory {
        @Override
        public @Nullable FuseNode find(RawName name) {
            return tree == null ? null : new Entries(snapshot, tree, attributes.inode()).find(name);
        }

        @Override
        public Listing list() {
            return new Entries(snapshot, tree, attributes.inode());
        }

        @Override
        public List<RawName> extendedAttributes() {
            return origin.extendedAttributes();
        }

        @Override
        public byte @Nullable [] extendedAttribute(RawName name) {
            return origin.extendedAttribute(name);
        }
    }

    record File(Origin origin, Attributes attributes) implements FuseNode.File {
        @Override
        public Content open() {
            List<ObjectId> blobs = origin.node().content();
            return MountedFile.open(origin.content(), blobs == null ? List.of() : blobs, attributes.size());
        }

        @Override
        public List<RawName> extendedAttributes() {
            return origin.extendedAttributes();
        }

        @Override
        public byte @Nullable [] extendedAttribute(RawName name) {
            return origin.extendedAttribute(name);
        }
    }

    record Link(Origin origin, Attributes attributes, RawName target) implements FuseNode.Link {
        @Override
        public List<RawName> extendedAttributes() {
            return origin.extendedAttributes();
        }

        @Override
        public byte @Nullable [] extendedAttribute(RawName name) {
            return origin.extendedAttribute(name);
        }
    }

    record Special(Origin origin, Attributes attributes) implements FuseNode.Special {
        @Override
        public List<RawName> extendedAttributes() {
            return origin.extendedAttributes();
        }

        @Override
        public byte @Nullable [] extendedAttribute(RawName name) {
            return origin.extendedAttribute(name);
        }
    }

    /// The entries of one tree.
    static final class Entries implements FuseNode.Listing {
        private final MountedSnapshot snapshot;
        private final ObjectId tree;
        private final Folder folder;
        private final long inode;

        /// @param tree null for none
        Entries(MountedSnapshot snapshot, @Nullable ObjectId tree, long inode) {
            this.snapshot = snapshot;
            this.tree = tree == null ? ObjectId.NULL : tree;
            this.folder = tree == null
                    ? Folder.of(List.of(), (_, _) -> {})
                    : snapshot.content().folder(tree);
            this.inode = inode;
        }

        @Nullable
        FuseNode find(RawName name) {
            int place = folder.find(name);
            return place < 0 ? null : node(place);
        }

        @Override
        public int size() {
            return folder.size();
        }

        @Override
        public RawName name(int index) {
            return folder.node(index).name();
        }

        @Override
        public FuseNode node(int index) {
            return snapshot.node(tree, index, folder.node(index), inode);
        }

        @Override
        public int type(int index) {
            return MountedSnapshot.type(folder.node(index).type());
        }

        @Override
        public long inode(int index) {
            return snapshot.inode(folder.node(index), inode);
        }
    }
}
