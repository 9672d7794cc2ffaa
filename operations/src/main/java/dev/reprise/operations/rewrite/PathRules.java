package dev.reprise.operations.rewrite;

import dev.reprise.base.RawName;
import dev.reprise.operations.filter.PatternList;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeType;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Leaves out what patterns exclude, or all that no pattern includes. Lists that respect and that ignore case are
/// separate; any of them decides.
///
/// @param excludes patterns of what to leave out; empty lists when something is included
/// @param includes patterns of what to keep; empty lists when something is excluded
/// @param told     of each path that is left out (false) or included (true)
public record PathRules(List<PatternList> excludes, List<PatternList> includes, BiConsumer<RawName, Boolean> told)
        implements TreeRules {
    public boolean includesOnly() {
        return includes.stream().anyMatch(list -> !list.isEmpty());
    }

    public boolean isEmpty() {
        return !includesOnly() && excludes.stream().allMatch(PatternList::isEmpty);
    }

    @Override
    public @Nullable Node node(Node node, RawName path) {
        if (!includesOnly()) {
            boolean left = matches(excludes, path);
            if (left) {
                told.accept(path, false);
            }
            return left ? null : node;
        }
        if (node.type() == NodeType.DIR) {
            boolean entered = matches(includes, path) || includes.stream().anyMatch(list -> list.mayMatchBelow(path));
            return entered ? node : null;
        }
        boolean kept = matches(includes, path);
        if (kept) {
            told.accept(path, true);
        }
        return kept ? node : null;
    }

    @Override
    public boolean keepsEmpty(RawName path) {
        return !includesOnly() || matches(includes, path);
    }

    private static boolean matches(List<PatternList> lists, RawName path) {
        return lists.stream().anyMatch(list -> list.matches(path));
    }

    @Override
    public boolean dependsOnPath() {
        return !isEmpty();
    }
}
