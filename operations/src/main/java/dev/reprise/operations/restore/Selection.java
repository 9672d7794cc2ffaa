package dev.reprise.operations.restore;

import dev.reprise.base.RawName;
import dev.reprise.operations.filter.PatternList;
import java.util.List;

/// Which paths inside the snapshot are restored (repository format, sections 10.4 and 11.4). Immutable.
sealed interface Selection {
    /// Whether this item itself is restored, and deleted when the snapshot lacks it.
    boolean selects(RawName absolutePath);

    /// Whether a directory has to be looked into, although it may not be selected itself.
    boolean enters(RawName absolutePath);

    static Selection of(FilesRestoreRequest request) {
        List<PatternList> includes = request.includes();
        List<PatternList> excludes = request.excludes();
        if (!includes.isEmpty() && !excludes.isEmpty()) {
            throw new IllegalArgumentException("includes and excludes exclude each other");
        }
        if (!includes.isEmpty()) {
            return new Included(includes);
        }
        return excludes.isEmpty() ? new All() : new NotExcluded(excludes);
    }

    record All() implements Selection {
        @Override
        public boolean selects(RawName absolutePath) {
            return true;
        }

        @Override
        public boolean enters(RawName absolutePath) {
            return true;
        }
    }

    record Included(List<PatternList> includes) implements Selection {
        @Override
        public boolean selects(RawName absolutePath) {
            return includes.stream().anyMatch(list -> list.matches(absolutePath));
        }

        @Override
        public boolean enters(RawName absolutePath) {
            return includes.stream().anyMatch(list -> list.matches(absolutePath) || list.mayMatchBelow(absolutePath));
        }
    }

    record NotExcluded(List<PatternList> excludes) implements Selection {
        @Override
        public boolean selects(RawName absolutePath) {
            return excludes.stream().noneMatch(list -> list.matches(absolutePath));
        }

        @Override
        public boolean enters(RawName absolutePath) {
            return selects(absolutePath);
        }
    }
}
