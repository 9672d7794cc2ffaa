package dev.reprise.operations.check;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.tree.Node;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Looks at the nodes of one tree, in their order.
final class TreeExamination {
    private final BlobIndex index;
    private final BlobDamage damage;
    private final Findings findings;
    private final IdSet reported;
    private final Supplier<String> place;
    private @Nullable RawName previous;
    private boolean disorderReported;
    private boolean bad;

    /// @param reported data blobs that were reported, in any tree
    /// @param place    where this tree is, for people
    TreeExamination(BlobIndex index, BlobDamage damage, Findings findings, IdSet reported, Supplier<String> place) {
        this.index = index;
        this.damage = damage;
        this.findings = findings;
        this.reported = reported;
        this.place = place;
    }

    /// @return the tree of a directory; null for everything else
    @Nullable
    ObjectId add(Node node) {
        examineName(node.name());
        return switch (node.type()) {
            case DIR -> subtree(node);
            case FILE -> {
                examineContent(node);
                yield null;
            }
            case SYMLINK, DEV, CHARDEV, FIFO, SOCKET, IRREGULAR -> null;
        };
    }

    private void examineName(RawName name) {
        if (name.isEmpty()) {
            defect("an entry without name");
        } else if (!name.isPlainName()) {
            findings.hint("\"%s\" in %s is no plain file name and will not be restored".formatted(name, place.get()));
        }
        int order = previous == null ? -1 : previous.compareTo(name);
        if (order == 0) {
            findings.hint("\"%s\" is listed twice in %s".formatted(name, place.get()));
        } else if (order > 0 && !disorderReported) {
            disorderReported = true;
            findings.hint("names are not in order from \"%s\" on in %s".formatted(name, place.get()));
        }
        previous = name;
    }

    private @Nullable ObjectId subtree(Node node) {
        ObjectId subtree = node.subtree();
        if (subtree == null || subtree.isNull()) {
            defect("directory \"" + node.name() + "\" without a tree");
            return null;
        }
        return subtree;
    }

    private void examineContent(Node node) {
        List<ObjectId> content = node.content();
        if (content == null) {
            defect("file \"" + node.name() + "\" without content");
            return;
        }
        for (ObjectId id : content) {
            BlobHandle handle = BlobHandle.data(id);
            boolean known = index.contains(handle);
            bad |= !known || damage.isLost(id);
            if (!known && reported.add(id)) {
                findings.defect("data blob %s is named by no index, needed by file \"%s\" in %s"
                        .formatted(id.hex(), node.name(), place.get()));
            }
        }
    }

    private void defect(String fact) {
        bad = true;
        findings.defect(fact + " in " + place.get());
    }

    boolean isBad() {
        return bad;
    }
}
