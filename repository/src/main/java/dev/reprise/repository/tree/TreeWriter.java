package dev.reprise.repository.tree;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.repository.model.GoJsonWriter;
import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.model.Utf8;
import dev.reprise.repository.tree.Node.ExtendedAttribute;
import dev.reprise.repository.tree.Node.ForeignMember;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes nodes member by member in the order of section 7.2. Belongs to one thread.
final class TreeWriter {
    private static final Map<NodeType, byte[]> TYPES = types();
    private static final byte[] NULL = "null".getBytes(US_ASCII);

    private final GoJsonWriter out;
    /// Of the node being written; mostly empty.
    private Map<String, ForeignMember> foreign = Map.of();

    TreeWriter(int nodes) {
        out = new GoJsonWriter(64 + 512 * Math.min(nodes, 1 << 16));
    }

    private static Map<NodeType, byte[]> types() {
        var types = new EnumMap<NodeType, byte[]>(NodeType.class);
        for (NodeType type : NodeType.values()) {
            types.put(type, ('"' + type.name().toLowerCase(Locale.ROOT) + '"').getBytes(US_ASCII));
        }
        return types;
    }

    byte[] write(List<Node> nodes) {
        out.raw("{\"nodes\":[");
        RawName before = null;
        for (Node node : nodes) {
            if (before != null) {
                requireAscending(before, node.name());
                out.raw(',');
            }
            before = node.name();
            write(node);
        }
        return out.raw("]}\n").toByteArray();
    }

    private static void requireAscending(RawName before, RawName name) {
        if (before.compareTo(name) >= 0) {
            throw new IllegalArgumentException("names are not strictly ascending: " + before + ", " + name);
        }
    }

    private void write(Node node) {
        foreign = node.unknown();
        out.raw('{');
        foreignAfter("");
        begin(Member.NAME);
        NameQuoting.write(node.name(), out);
        end(Member.NAME);
        type(node.type());
        number(Member.MODE, node.mode());
        time(Member.MTIME, node.mtime());
        time(Member.ATIME, node.atime());
        time(Member.CTIME, node.ctime());
        begin(Member.UID).unsigned(node.uid());
        end(Member.UID);
        begin(Member.GID).unsigned(node.gid());
        end(Member.GID);
        text(Member.USER, node.user());
        text(Member.GROUP, node.group());
        number(Member.INODE, node.inode());
        number(Member.DEVICE_ID, node.deviceId());
        number(Member.SIZE, node.size());
        number(Member.LINKS, node.links());
        linkTarget(node.linkTarget());
        extendedAttributes(node.extendedAttributes());
        number(Member.DEVICE, node.device());
        content(node.content());
        if (node.subtree() != null) {
            begin(Member.SUBTREE).id(node.subtree());
        }
        end(Member.SUBTREE);
        text(Member.ERROR, node.error());
        out.raw('}');
    }

    private GoJsonWriter begin(Member member) {
        return out.raw(member.key);
    }

    private void end(Member member) {
        foreignAfter(member.word);
    }

    private void foreignAfter(String word) {
        if (foreign.isEmpty()) {
            return;
        }
        boolean first = word.isEmpty(); // then the comma comes behind
        foreign.forEach((name, member) -> {
            if (member.after().equals(word) && Member.of(name) == null) {
                out.raw(first ? "" : ",")
                        .string(name)
                        .raw(':')
                        .raw(member.json())
                        .raw(first ? "," : "");
            }
        });
    }

    private void type(NodeType type) {
        ForeignMember other = foreign.get(Member.TYPE.word);
        if (type == NodeType.IRREGULAR && other != null) {
            begin(Member.TYPE).raw(other.json());
        } else {
            begin(Member.TYPE).raw(TYPES.getOrDefault(type, NULL));
        }
        end(Member.TYPE);
    }

    private void number(Member member, long value) {
        if (value != 0) {
            begin(member).unsigned(value);
        }
        end(member);
    }

    private void time(Member member, NodeTime time) {
        begin(member).time(new GoTime(time.epochSecond(), time.nano(), time.offsetSeconds()));
        end(member);
    }

    private void text(Member member, String text) {
        if (!text.isEmpty()) {
            begin(member).string(text);
        }
        end(member);
    }

    private void linkTarget(@Nullable RawName target) {
        if (target == null || target.isEmpty()) {
            end(Member.LINK_TARGET);
            end(Member.LINK_TARGET_RAW);
            return;
        }
        byte[] bytes = target.bytes();
        ForeignMember asStored = foreign.get(Member.LINK_TARGET.word);
        if (asStored != null) {
            begin(Member.LINK_TARGET).raw(asStored.json());
        } else {
            begin(Member.LINK_TARGET).string(bytes);
        }
        end(Member.LINK_TARGET);
        if (!isUtf8(bytes)) {
            begin(Member.LINK_TARGET_RAW).base64(bytes);
        }
        end(Member.LINK_TARGET_RAW);
    }

    private static boolean isUtf8(byte[] bytes) {
        for (int i = 0; i < bytes.length; ) {
            int size = Utf8.characterAt(bytes, i);
            if (size == 0) {
                return false;
            }
            i += size;
        }
        return true;
    }

    private void extendedAttributes(List<ExtendedAttribute> attributes) {
        if (!attributes.isEmpty()) {
            begin(Member.EXTENDED_ATTRIBUTES);
            char separator = '[';
            for (ExtendedAttribute attribute : attributes) {
                out.raw(separator).raw("{\"name\":").string(attribute.name());
                out.raw(",\"value\":").base64(attribute.value()).raw('}');
                separator = ',';
            }
            out.raw(']');
        }
        end(Member.EXTENDED_ATTRIBUTES);
    }

    private void content(@Nullable List<ObjectId> content) {
        begin(Member.CONTENT);
        if (content == null) {
            out.raw(NULL);
        } else {
            out.raw('[');
            for (int i = 0; i < content.size(); i++) {
                if (i > 0) {
                    out.raw(',');
                }
                out.id(content.get(i));
            }
            out.raw(']');
        }
        end(Member.CONTENT);
    }
}
