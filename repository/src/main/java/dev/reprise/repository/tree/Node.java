package dev.reprise.repository.tree;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One entry of a directory as a tree stores it (repository format, section 7.2). Immutable.
///
/// @param name       raw bytes
/// @param mode       Go's FileMode bits (section 7.5), unsigned 32 bits; see [NodeMode]
/// @param uid        unsigned 32 bits, as are `gid`
/// @param user       empty when unknown
/// @param inode      unsigned 64 bits, as are `deviceId`, `links` and `device`
/// @param size       bytes; sum of the content blobs' lengths
/// @param linkTarget raw bytes; null unless a symlink
/// @param content    data blobs of a file; null for every other type
/// @param subtree    tree blob of a directory; null for every other type
/// @param unknown    generic attributes and members we do not know, by name, written back in place; also the stored
///                   form of `type` and `linktarget` where ours could not tell it. Usually empty
public record Node(
        RawName name,
        NodeType type,
        long mode,
        NodeTime mtime,
        NodeTime atime,
        NodeTime ctime,
        long uid,
        long gid,
        String user,
        String group,
        long inode,
        long deviceId,
        long size,
        long links,
        @Nullable RawName linkTarget,
        List<ExtendedAttribute> extendedAttributes,
        long device,
        @Nullable List<ObjectId> content,
        @Nullable ObjectId subtree,
        String error,
        Map<String, ForeignMember> unknown) {

    /// A member that is kept as it was read.
    ///
    /// @param json  its value, any JSON
    /// @param after name of the member of section 7.2 it was read behind; empty when it came first
    public record ForeignMember(String json, String after) {}

    /// @param value may be empty
    public record ExtendedAttribute(String name, byte[] value) {
        @Override
        public boolean equals(Object other) {
            return other instanceof ExtendedAttribute(String otherName, byte[] otherValue)
                    && name.equals(otherName)
                    && Arrays.equals(value, otherValue);
        }

        @Override
        public int hashCode() {
            return 31 * name.hashCode() + Arrays.hashCode(value);
        }
    }

    /// The same entry with another tree below it.
    public Node withSubtree(ObjectId newSubtree) {
        return with(size, content, newSubtree);
    }

    /// The same entry with other content.
    public Node withContent(List<ObjectId> newContent, long newSize) {
        return with(newSize, newContent, subtree);
    }

    private Node with(long newSize, @Nullable List<ObjectId> newContent, @Nullable ObjectId newSubtree) {
        return new Node(
                name,
                type,
                mode,
                mtime,
                atime,
                ctime,
                uid,
                gid,
                user,
                group,
                inode,
                deviceId,
                newSize,
                links,
                linkTarget,
                extendedAttributes,
                device,
                newContent,
                newSubtree,
                error,
                unknown);
    }
}
