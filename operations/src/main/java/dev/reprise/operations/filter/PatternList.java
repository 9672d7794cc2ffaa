package dev.reprise.operations.filter;

import dev.reprise.base.RawName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// An ordered list of patterns; the last one that matches wins, `!` takes back. Immutable, safe for many threads.
public final class PatternList {
    private final List<PathPattern> patterns;
    private final boolean ignoreCase;

    private PatternList(List<PathPattern> patterns, boolean ignoreCase) {
        this.patterns = patterns;
        this.ignoreCase = ignoreCase;
    }

    /// @param patterns   as typed; cleaned and split here. A low surrogate U+DC80 to U+DCFF that stands alone means
    ///                   the byte 80 to FF, for names that are no UTF-8; see [#parseFile]
    /// @param ignoreCase as in `--iexclude`
    /// @throws IllegalArgumentException naming a pattern that is malformed
    public static PatternList of(List<String> patterns, boolean ignoreCase) {
        var parsed = new ArrayList<PathPattern>();
        for (String pattern : patterns) {
            if (!pattern.isEmpty()) {
                parsed.add(PathPattern.parse(pattern, ignoreCase));
            }
        }
        return new PatternList(List.copyOf(parsed), ignoreCase);
    }

    /// Reads a pattern file: UTF-8 or UTF-16 with BOM, lines trimmed, `#` comments and empty lines skipped,
    /// variables of `environment` expanded (unset is empty, `$$` is `$`).
    ///
    /// @return patterns for [#of], bytes that are no UTF-8 as lone low surrogates
    public static List<String> parseFile(byte[] content, Map<String, String> environment) {
        return PatternFile.parse(content, environment);
    }

    public boolean isEmpty() {
        return patterns.isEmpty();
    }

    /// Whether an absolute path matches: its components fit a pattern, or one of its ancestors does.
    public boolean matches(RawName absolutePath) {
        if (patterns.isEmpty()) {
            return false;
        }
        var path = new PathComponents(absolutePath, ignoreCase);
        boolean matched = false;
        for (PathPattern pattern : patterns) {
            // A pattern that could not change the answer is not tried.
            if (matched == pattern.negated() && pattern.matches(path)) {
                matched = !pattern.negated();
            }
        }
        return matched;
    }

    /// Whether something below this directory could match, so that it has to be entered.
    public boolean mayMatchBelow(RawName absolutePath) {
        if (patterns.isEmpty()) {
            return false;
        }
        var path = new PathComponents(absolutePath, ignoreCase);
        boolean may = false;
        for (PathPattern pattern : patterns) {
            if (pattern.negated()) {
                may = may && !pattern.matches(path);
            } else {
                may = may || pattern.mayMatchBelow(path);
            }
        }
        return may;
    }
}
