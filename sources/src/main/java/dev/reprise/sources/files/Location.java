package dev.reprise.sources.files;

import dev.reprise.base.RawName;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Where an entry was found, for messages. Kept as a chain, so that a deep tree of open directories does not hold
/// every path in full.
record Location(@Nullable Location parent, RawName name) {
    static Location of(RawName path) {
        return new Location(null, path);
    }

    Location child(RawName entry) {
        return new Location(this, entry);
    }

    @Override
    public String toString() {
        var names = new ArrayDeque<RawName>();
        for (Location at = this; at != null; at = at.parent) {
            names.addFirst(at.name);
        }
        var text = new StringBuilder();
        for (RawName part : names) {
            boolean slash = text.length() > 0 && text.charAt(text.length() - 1) != '/';
            text.append(slash ? "/" : "").append(part);
        }
        return text.toString();
    }
}
