package dev.reprise.operations.filter;

import dev.reprise.base.RawName;
import java.util.List;
import java.util.Map;

/// An ordered list of patterns; the last one that matches wins, `!` takes back. Immutable, safe for many threads.
public final class PatternList {
    /// @param patterns   as typed; cleaned and split here
    /// @param ignoreCase as in `--iexclude`
    /// @throws IllegalArgumentException naming a pattern that is malformed
    public static PatternList of(List<String> patterns, boolean ignoreCase) {
        throw new IllegalStateException("not built yet");
    }

    /// Reads a pattern file: UTF-8 or UTF-16 with BOM, lines trimmed, `#` comments and empty lines skipped,
    /// variables
    /// of `environment` expanded (unset is empty, `$$` is `$`).
    public static List<String> parseFile(byte[] content, Map<String, String> environment) {
        throw new IllegalStateException("not built yet");
    }

    public boolean isEmpty() {
        throw new IllegalStateException("not built yet");
    }

    /// Whether an absolute path matches: its components fit a pattern, or one of its ancestors does.
    public boolean matches(RawName absolutePath) {
        throw new IllegalStateException("not built yet");
    }

    /// Whether something below this directory could match, so that it has to be entered.
    public boolean mayMatchBelow(RawName absolutePath) {
        throw new IllegalStateException("not built yet");
    }
}
