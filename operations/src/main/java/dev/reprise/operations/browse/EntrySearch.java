package dev.reprise.operations.browse;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.operations.filter.PatternList;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.tree.Node;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds entries by name and time of modification.
public final class EntrySearch {
    /// Told of what is found, in the order of the tree.
    public interface Receiver {
        void found(RawName path, Node node);

        /// This tree and what is below it was not searched.
        void unreadable(ObjectId tree, RepositoryException reason);
    }

    private final PatternList patterns;
    private final boolean everything;
    private final @Nullable Instant oldest;
    private final @Nullable Instant newest;

    /// @param patterns any of them must match (repository format, section 11.4, without `!`)
    /// @param oldest   entries modified before are passed over; null for no limit
    /// @param newest   entries modified after are passed over; null for no limit
    /// @throws IllegalArgumentException naming a pattern that is malformed
    public EntrySearch(List<String> patterns, boolean ignoreCase, @Nullable Instant oldest, @Nullable Instant newest) {
        this.patterns = PatternList.of(
                patterns.stream().map(EntrySearch::withoutNegation).toList(), ignoreCase);
        this.everything = patterns.contains("");
        this.oldest = oldest;
        this.newest = newest;
    }

    /// Nothing can be taken back from a search.
    private static String withoutNegation(String pattern) {
        return pattern.startsWith("!") ? pattern.substring(1) : pattern;
    }

    public void run(TreeReader reader, ObjectId root, Receiver receiver) {
        new TreeWalk(reader).walk(root, new TreeWalk.Visitor() {
            @Override
            public boolean node(ObjectId tree, RawName path, Node node) {
                boolean matched = everything || patterns.matches(path);
                if (matched && isInTime(node)) {
                    receiver.found(path, node);
                }
                return everything || patterns.mayMatchBelow(path);
            }

            @Override
            public void unreadable(ObjectId tree, RawName path, RepositoryException reason) {
                receiver.unreadable(tree, reason);
            }
        });
    }

    private boolean isInTime(Node node) {
        Instant modified =
                Instant.ofEpochSecond(node.mtime().epochSecond(), node.mtime().nano());
        return (oldest == null || !modified.isBefore(oldest)) && (newest == null || !modified.isAfter(newest));
    }
}
