package dev.reprise.operations.backup;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeTime;
import dev.reprise.repository.tree.NodeType;
import java.util.List;
import java.util.Map;

/// Nodes for tests: one with a value in every place, and copies of it that differ in one.
final class Nodes {
    static final ObjectId A = ObjectId.hash(new byte[] {'a'});
    static final ObjectId B = ObjectId.hash(new byte[] {'b'});

    private Nodes() {}

    static Node file(String name) {
        return new Node(
                RawName.of(name),
                NodeType.FILE,
                0644,
                new NodeTime(1_000, 1, 3600),
                new NodeTime(2_000, 2, 3600),
                new NodeTime(3_000, 3, 3600),
                10,
                20,
                "user",
                "group",
                40,
                50,
                60,
                1,
                null,
                List.of(attribute("user.a", 1), attribute("user.b", 2)),
                0,
                List.of(A, B),
                null,
                "",
                Map.of());
    }

    static Node.ExtendedAttribute attribute(String name, int value) {
        return new Node.ExtendedAttribute(name, new byte[] {(byte) value});
    }
}
