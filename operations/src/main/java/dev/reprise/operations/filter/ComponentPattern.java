package dev.reprise.operations.filter;

import java.util.Arrays;

/// A pattern for one component of a path. Immutable.
sealed interface ComponentPattern {
    /// @param bytes of a path
    /// @param from  first byte of the component
    /// @param to    its end
    boolean matches(byte[] bytes, int from, int to);

    /// Takes the cheapest form that does.
    ///
    /// @param pattern without `/`; not changed afterwards
    /// @throws IllegalArgumentException if a bracket or an escape is not complete
    static ComponentPattern parse(byte[] pattern) {
        if (isLiteral(pattern, 0)) {
            return new Literal(pattern);
        }
        if (pattern[0] == '*' && isLiteral(pattern, 1)) {
            return new Suffix(Arrays.copyOfRange(pattern, 1, pattern.length));
        }
        return new Wildcards(Glob.parse(pattern));
    }

    private static boolean isLiteral(byte[] pattern, int from) {
        for (int i = from; i < pattern.length; i++) {
            if ("\\[]*?".indexOf(pattern[i]) >= 0) {
                return false;
            }
        }
        return true;
    }

    /// Exactly these bytes.
    record Literal(byte[] text) implements ComponentPattern {
        @Override
        public boolean matches(byte[] bytes, int from, int to) {
            return to - from == text.length && Arrays.equals(bytes, from, to, text, 0, text.length);
        }
    }

    /// `*.tmp`, the most frequent kind. `*` alone is the empty suffix.
    record Suffix(byte[] text) implements ComponentPattern {
        @Override
        public boolean matches(byte[] bytes, int from, int to) {
            return to - from >= text.length && Arrays.equals(bytes, to - text.length, to, text, 0, text.length);
        }
    }

    /// Everything else.
    record Wildcards(Glob glob) implements ComponentPattern {
        @Override
        public boolean matches(byte[] bytes, int from, int to) {
            return glob.matches(bytes, from, to);
        }
    }
}
