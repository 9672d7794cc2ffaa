package dev.reprise.operations.repair;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.operations.repair.RepairListener.RepairEvent;
import dev.reprise.operations.rewrite.TreeRules;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.Node.ForeignMember;
import dev.reprise.repository.tree.NodeType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes out of trees what the index does not have any more: parts of files, unreadable directories, entries of no
/// valid type (repository format, section 10.4).
final class LossRules implements TreeRules {
    private final BlobIndex index;
    private final RepairListener listener;

    LossRules(BlobIndex index, RepairListener listener) {
        this.index = index;
        this.listener = listener;
    }

    @Override
    public @Nullable Node node(Node node, RawName path) {
        if (isInvalid(node)) {
            remark("  file \"%s\": removed node with invalid type", path);
            return null;
        }
        return node.type() == NodeType.FILE ? file(node, path) : node;
    }

    /// A type of another program is not invalid.
    private static boolean isInvalid(Node node) {
        ForeignMember other = node.unknown().get("type");
        return node.type() == NodeType.IRREGULAR
                && (other == null || other.json().equals("\"\""));
    }

    private Node file(Node node, RawName path) {
        List<ObjectId> content = node.content() == null ? List.of() : node.content();
        List<ObjectId> left = new ArrayList<>(content.size());
        long size = 0;
        for (ObjectId id : content) {
            int length = index.plainLength(BlobHandle.data(id));
            if (length >= 0) {
                left.add(id);
                size += length;
            }
        }
        if (left.size() < content.size()) {
            remark("  file \"%s\": removed missing content", path);
        } else if (size != node.size()) {
            remark("  file \"%s\": fixed incorrect size", path);
        } else if (node.content() != null) {
            return node;
        }
        return node.withContent(left, size);
    }

    @Override
    public @Nullable List<Node> unreadable(RawName path, RuntimeException reason) {
        if (path.length() == 1) {
            remark("  dir \"%s\": not readable", path);
            return null;
        }
        remark("  dir \"%s\": replaced with empty directory", path);
        return List.of();
    }

    private void remark(String form, RawName path) {
        listener.on(new RepairEvent.Remark(form.formatted(path)));
    }

    @Override
    public boolean dependsOnPath() {
        return false;
    }

    @Override
    public boolean mayLoseForm() {
        return true;
    }
}
