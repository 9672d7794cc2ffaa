package dev.reprise.operations.browse;

import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.Node.ExtendedAttribute;
import dev.reprise.repository.tree.Node.ForeignMember;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Whether two nodes say the same: times by instant, extended attributes in any order.
final class NodeComparison {
    private NodeComparison() {}

    static boolean same(Node a, Node b) {
        return sameBesidesContent(a, b) && Objects.equals(a.content(), b.content());
    }

    static boolean sameBesidesContent(Node a, Node b) {
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
                && attributes(a.extendedAttributes()).equals(attributes(b.extendedAttributes()))
                && foreign(a).equals(foreign(b))
                && Objects.equals(a.subtree(), b.subtree())
                && a.error().equals(b.error());
    }

    private static Map<String, ExtendedAttribute> attributes(List<ExtendedAttribute> attributes) {
        var byName = new HashMap<String, ExtendedAttribute>();
        attributes.forEach(attribute -> byName.put(attribute.name(), attribute));
        return byName;
    }

    /// Generic attributes, and what other programs add, as text.
    private static Map<String, String> foreign(Node node) {
        var values = new HashMap<String, String>();
        for (Map.Entry<String, ForeignMember> member : node.unknown().entrySet()) {
            values.put(member.getKey(), member.getValue().json());
        }
        return values;
    }
}
