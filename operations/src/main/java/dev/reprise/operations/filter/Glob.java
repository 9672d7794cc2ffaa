package dev.reprise.operations.filter;

import dev.reprise.repository.model.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// `*`, `?`, `[a-z]`, `[^a]` and `\` within one component, as in Go's `filepath.Match` on Unix.
///
/// A character is UTF-8, a byte that is part of none counts as U+FFFD. `*` takes bytes, not characters.
final class Glob {
    private static final int REPLACEMENT = 0xfffd;

    /// One element of a pattern.
    private sealed interface Element {}

    private record Exact(byte value) implements Element {}

    private record AnyCharacter() implements Element {}

    private record Star() implements Element {}

    /// @param ranges first and last code point of each range, alternating
    private record CharacterClass(boolean negated, int[] ranges) implements Element {
        boolean contains(int codePoint) {
            boolean inside = false;
            for (int i = 0; i < ranges.length; i += 2) {
                inside |= ranges[i] <= codePoint && codePoint <= ranges[i + 1];
            }
            return inside != negated;
        }
    }

    private final Element[] elements;

    private Glob(List<Element> elements) {
        this.elements = elements.toArray(Element[]::new);
    }

    static Glob parse(byte[] pattern) {
        return new Parser(pattern).glob();
    }

    /// Backtracks to the last star only: an earlier one cannot do better.
    boolean matches(byte[] bytes, int from, int to) {
        int at = from;
        int element = 0;
        int star = -1;
        int starAt = from;
        while (at < to || element < elements.length) {
            int size = element < elements.length ? step(elements[element], bytes, at, to) : -1;
            if (size >= 0) {
                if (elements[element] instanceof Star) {
                    star = element;
                    starAt = at;
                }
                at += size;
                element++;
            } else if (star >= 0 && starAt < to) {
                element = star + 1;
                at = ++starAt;
            } else {
                return false;
            }
        }
        return true;
    }

    /// @return bytes taken at `at`, or -1 if the element does not fit there
    private static int step(Element element, byte[] bytes, int at, int to) {
        if (element instanceof Star) {
            return 0;
        }
        if (at == to) {
            return -1;
        }
        return switch (element) {
            case Exact(byte value) -> bytes[at] == value ? 1 : -1;
            case AnyCharacter() -> size(bytes, at, to);
            case CharacterClass c -> c.contains(codePoint(bytes, at, to)) ? size(bytes, at, to) : -1;
            case Star() -> 0;
        };
    }

    /// A malformed byte is a character of one byte.
    private static int size(byte[] bytes, int at, int to) {
        int size = Utf8.characterAt(bytes, at);
        return size == 0 || at + size > to ? 1 : size;
    }

    private static int codePoint(byte[] bytes, int at, int to) {
        if (bytes[at] >= 0) {
            return bytes[at];
        }
        int size = size(bytes, at, to);
        return size == 1 ? REPLACEMENT : new String(bytes, at, size, StandardCharsets.UTF_8).codePointAt(0);
    }

    /// Walks over one pattern.
    private static final class Parser {
        private final byte[] pattern;
        private int at;

        Parser(byte[] pattern) {
            this.pattern = pattern;
        }

        Glob glob() {
            var elements = new ArrayList<Element>();
            while (at < pattern.length) {
                switch (pattern[at++]) {
                    case '*' -> elements.add(new Star());
                    case '?' -> elements.add(new AnyCharacter());
                    case '[' -> elements.add(characterClass());
                    case '\\' -> elements.add(new Exact(escaped()));
                    default -> elements.add(new Exact(pattern[at - 1]));
                }
            }
            return new Glob(elements);
        }

        private byte escaped() {
            if (at == pattern.length) {
                throw new IllegalArgumentException("nothing follows the last \\");
            }
            return pattern[at++];
        }

        private CharacterClass characterClass() {
            boolean negated = at < pattern.length && pattern[at] == '^';
            at += negated ? 1 : 0;
            int[] ranges = new int[8];
            int used = 0;
            while (used == 0 || pattern[at] != ']') {
                int low = bound();
                int high = low;
                if (pattern[at] == '-') {
                    at++;
                    high = bound();
                }
                ranges = used == ranges.length ? Arrays.copyOf(ranges, 2 * used) : ranges;
                ranges[used++] = low;
                ranges[used++] = high;
            }
            at++;
            return new CharacterClass(negated, Arrays.copyOf(ranges, used));
        }

        /// One end of a range. Something must follow it, at least the closing bracket.
        private int bound() {
            if (at == pattern.length || pattern[at] == '-' || pattern[at] == ']') {
                throw unclosed();
            }
            if (pattern[at] == '\\') {
                at++;
            }
            if (at == pattern.length) {
                throw unclosed();
            }
            int size = Utf8.characterAt(pattern, at);
            if (size == 0) {
                throw new IllegalArgumentException("a character class cannot hold bytes that are no UTF-8");
            }
            int codePoint = codePoint(pattern, at, pattern.length);
            at += size;
            if (at == pattern.length) {
                throw unclosed();
            }
            return codePoint;
        }

        private static IllegalArgumentException unclosed() {
            return new IllegalArgumentException("a [ without its characters and ]");
        }
    }
}
