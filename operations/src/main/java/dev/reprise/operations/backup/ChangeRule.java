package dev.reprise.operations.backup;

import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.Node.ExtendedAttribute;
import dev.reprise.repository.tree.NodeTime;
import dev.reprise.repository.tree.NodeType;
import dev.reprise.sources.files.FileMeta;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Decides what changed since the parent snapshot (repository format, section 8.4).
///
/// @param compareCtime whether a new change time means new content
/// @param compareInode whether another inode means new content
record ChangeRule(boolean compareCtime, boolean compareInode) {
    static ChangeRule of(FilesRequest request) {
        return new ChangeRule(!request.ignoreCtime() && !request.ignoreInode(), !request.ignoreInode());
    }

    /// Whether a regular file still has the content `old` lists. The device is not compared.
    boolean sameContent(FileMeta now, Node old) {
        return old.type() == NodeType.FILE
                && old.size() == now.size()
                && sameInstant(old.mtime(), now.mtimeSecond(), now.mtimeNano())
                && (!compareCtime || sameInstant(old.ctime(), now.ctimeSecond(), now.ctimeNano()))
                && (!compareInode || old.inode() == now.inode());
    }

    /// Whether two nodes agree in everything that is saved. Times are compared as instants, attributes in any order.
    static boolean same(Node a, Node b) {
        return a.name().equals(b.name())
                && a.type() == b.type()
                && a.mode() == b.mode()
                && a.mtime().sameInstant(b.mtime())
                && a.atime().sameInstant(b.atime())
                && a.ctime().sameInstant(b.ctime())
                && a.uid() == b.uid()
                && a.gid() == b.gid()
                && a.user().equals(b.user())
                && a.group().equals(b.group())
                && a.inode() == b.inode()
                && a.deviceId() == b.deviceId()
                && a.size() == b.size()
                && a.links() == b.links()
                && Objects.equals(a.linkTarget(), b.linkTarget())
                && a.device() == b.device()
                && Objects.equals(a.content(), b.content())
                && Objects.equals(a.subtree(), b.subtree())
                && a.error().equals(b.error())
                && sameAttributes(a.extendedAttributes(), b.extendedAttributes());
    }

    private static boolean sameAttributes(List<ExtendedAttribute> a, List<ExtendedAttribute> b) {
        return a.equals(b) || (a.size() == b.size() && byName(a).equals(byName(b)));
    }

    private static Map<String, ExtendedAttribute> byName(List<ExtendedAttribute> attributes) {
        var byName = new HashMap<String, ExtendedAttribute>();
        for (ExtendedAttribute attribute : attributes) {
            byName.put(attribute.name(), attribute);
        }
        return byName;
    }

    private static boolean sameInstant(NodeTime old, long second, int nano) {
        return old.epochSecond() == second && old.nano() == nano;
    }
}
