package dev.reprise.operations.restore;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeMode;
import dev.reprise.repository.tree.NodeType;
import dev.reprise.sources.files.FileMeta;
import dev.reprise.sources.files.FileTarget;
import dev.reprise.sources.files.FileTree.Xattr;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A node that is to be put back. A restore holds all of them at once, so they keep numbers, not records:
/// about 200 bytes for a small file.
abstract sealed class Item permits Item.Folder, Item.RegularFile, Item.Other {
    final @Nullable Folder parent;
    final RawName name;
    private final int unixMode;
    private int uid;
    private int gid;
    final long mtimeSecond;
    final int mtimeNano;
    private final long atimeSecond;
    private final int atimeNano;
    private final List<Xattr> xattrs;
    /// Set once, by [Progress#fail]; nothing more is done with the item.
    volatile boolean failed;

    Outcome outcome = Outcome.RESTORED;
    /// What was there before this run; null for nothing. Folders do not look.
    @Nullable
    FileMeta old;

    private Item() {
        parent = null;
        name = RawName.of("");
        unixMode = 0;
        uid = 0;
        gid = 0;
        mtimeSecond = 0;
        mtimeNano = 0;
        atimeSecond = 0;
        atimeNano = 0;
        xattrs = List.of();
    }

    private Item(Folder parent, Node node) {
        this.parent = parent;
        name = node.name();
        unixMode = typeBits(node.type()) | NodeMode.toUnixPermissions(node.mode());
        uid = (int) node.uid();
        gid = (int) node.gid();
        mtimeSecond = node.mtime().epochSecond();
        mtimeNano = node.mtime().nano();
        atimeSecond = node.atime().epochSecond();
        atimeNano = node.atime().nano();
        xattrs = node.extendedAttributes().isEmpty()
                ? List.of()
                : node.extendedAttributes().stream()
                        .map(attribute -> new Xattr(RawName.of(attribute.name()), attribute.value()))
                        .toList();
    }

    private static int typeBits(NodeType type) {
        return switch (type) {
            case FILE, IRREGULAR -> 0100000;
            case DIR -> 0040000;
            case SYMLINK -> 0120000;
            case DEV -> 0060000;
            case CHARDEV -> 0020000;
            case FIFO -> 0010000;
            case SOCKET -> 0140000;
        };
    }

    /// Replaces the owner the snapshot has; before anything else is done with the item.
    final void own(long user, long group) {
        uid = (int) user;
        gid = (int) group;
    }

    /// Components below the target.
    final List<RawName> path() {
        var path = new ArrayList<RawName>();
        for (Item item = this; item.parent != null; item = item.parent) {
            path.add(item.name);
        }
        Collections.reverse(path);
        return path;
    }

    /// Path inside the snapshot, as raw bytes.
    final RawName absolutePath() {
        var joined = new ByteArrayOutputStream();
        for (RawName component : path()) {
            joined.write('/');
            joined.writeBytes(component.bytes());
        }
        return parent == null ? RawName.of("/") : RawName.of(joined.toByteArray());
    }

    /// Path inside the snapshot, for people.
    final String shown() {
        return absolutePath().toString();
    }

    final List<Xattr> xattrs() {
        return xattrs;
    }

    /// What the snapshot says of it.
    FileMeta meta() {
        return new FileMeta(
                unixMode,
                size(),
                Integer.toUnsignedLong(uid),
                Integer.toUnsignedLong(gid),
                0,
                0,
                1,
                rdev(),
                mtimeSecond,
                mtimeNano,
                atimeSecond,
                atimeNano,
                mtimeSecond,
                mtimeNano);
    }

    long size() {
        return 0;
    }

    long rdev() {
        return 0;
    }

    boolean isNewerThan(FileMeta other) {
        return mtimeSecond != other.mtimeSecond() ? mtimeSecond > other.mtimeSecond() : mtimeNano > other.mtimeNano();
    }

    boolean hasMtimeOf(FileMeta other) {
        return mtimeSecond == other.mtimeSecond() && mtimeNano == other.mtimeNano();
    }

    /// A directory, or the root of the restore.
    static final class Folder extends Item {
        final @Nullable ObjectId subtree;
        /// Chosen by the filter itself, not only on the way to something that was.
        final boolean selected;
        /// In the order of the tree; empty when the tree could not be read.
        List<Item> children = List.of();
        /// Whether `children` is what the tree has; only then anything may be deleted here.
        boolean known;
        /// The target has it; if not, nothing below it can be restored.
        boolean made;
        /// New in the target, so that nothing can be in the way below it.
        boolean fresh;
        /// Names the target had in here before this run; emptied as soon as they are no longer needed.
        Set<RawName> found = Set.of();

        /// The root: the target folder itself, whose metadata is left alone.
        Folder(ObjectId subtree) {
            this.subtree = subtree;
            selected = true;
        }

        Folder(Folder parent, Node node, boolean selected) {
            super(parent, node);
            subtree = node.subtree();
            this.selected = selected;
        }

        boolean isRoot() {
            return parent == null;
        }
    }

    /// A file and where its content comes from.
    static final class RegularFile extends Item {
        private static final long[] NO_CONTENT = {};
        private static final int WORDS = 4;

        private final long size;
        private final long[] content;
        /// Only when the file had several names.
        final HardLinks.@Nullable Inode inode;
        /// Other names of the same file in this snapshot, itself included; null when there are none.
        @Nullable
        HardLinks links;
        /// Whether its whole content was read and found equal.
        boolean compared;
        /// Chunks that the file on disk already has; null for none.
        @Nullable
        BitSet present;
        /// The old file must go before the new one is made: it has other names, or may not be written.
        boolean replaceOld;

        // While content is written; guarded by this.
        volatile boolean unwritable;
        boolean begun;
        int outstanding;
        int users;
        FileTarget.@Nullable WritableFile handle;

        RegularFile(Folder parent, Node node) {
            super(parent, node);
            size = node.size();
            inode = HardLinks.Inode.of(node);
            List<ObjectId> ids = node.content() == null ? List.of() : node.content();
            content = ids.isEmpty() ? NO_CONTENT : new long[ids.size() * WORDS];
            for (int i = 0; i < ids.size(); i++) {
                set(i, ids.get(i));
            }
        }

        private void set(int chunk, ObjectId id) {
            content[chunk * WORDS] = id.w0();
            content[chunk * WORDS + 1] = id.w1();
            content[chunk * WORDS + 2] = id.w2();
            content[chunk * WORDS + 3] = id.w3();
        }

        int chunks() {
            return content.length / WORDS;
        }

        ObjectId chunk(int number) {
            int at = number * WORDS;
            return new ObjectId(content[at], content[at + 1], content[at + 2], content[at + 3]);
        }

        /// Whether it is not the first name of its file, in the order of the tree.
        boolean isFurtherName() {
            return links != null && links.names().getFirst() != this;
        }

        /// Whether it becomes, or already is, another name of a file this run restores.
        boolean isLink() {
            return links != null && outcome != Outcome.SKIPPED && links.leader() != this;
        }

        boolean sameContent(RegularFile other) {
            return size == other.size && Arrays.equals(content, other.content);
        }

        boolean isPresent(int chunk) {
            return present != null && present.get(chunk);
        }

        @Override
        long size() {
            return size;
        }
    }

    /// A symbolic link, device, FIFO or socket.
    static final class Other extends Item {
        final @Nullable RawName linkTarget;
        private final long rdev;

        Other(Folder parent, Node node) {
            super(parent, node);
            linkTarget = node.type() == NodeType.SYMLINK ? node.linkTarget() : null;
            rdev = node.device();
        }

        @Override
        long rdev() {
            return rdev;
        }
    }

    /// What happens, or has happened, to an item.
    enum Outcome {
        /// There was nothing.
        RESTORED,
        /// What was there was replaced, or differing parts of the file were written.
        UPDATED,
        /// The file that was there has this content already, or is trusted to have it; only metadata is
        /// applied.
        UNCHANGED,
        /// Left alone by the overwrite rule.
        SKIPPED,
        /// Becomes another name of a file this run restores.
        LINKED
    }
}
