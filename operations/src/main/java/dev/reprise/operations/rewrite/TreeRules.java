package dev.reprise.operations.rewrite;

import dev.reprise.base.RawName;
import dev.reprise.repository.tree.Node;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a rewriting changes. Called on one thread.
public interface TreeRules {
    /// Called for every entry; the tree below a directory is looked at afterwards.
    ///
    /// @param path absolute, within the snapshot
    /// @return what the entry becomes, itself if it stays as it is; null to leave it out
    @Nullable
    Node node(Node node, RawName path);

    /// Whether a directory stays in which nothing is left.
    default boolean keepsEmpty(RawName path) {
        return true;
    }

    /// A tree cannot be read.
    ///
    /// @return what is to be in the directory instead; null to leave the directory out
    /// @throws RuntimeException to give up: this is what happens unless a rule says otherwise
    default @Nullable List<Node> unreadable(RawName path, RuntimeException reason) {
        throw reason;
    }

    /// Whether the same tree may be treated differently at another path.
    boolean dependsOnPath();

    /// Whether a tree may be changed although writing it anew would lose something of its present form.
    default boolean mayLoseForm() {
        return false;
    }
}
