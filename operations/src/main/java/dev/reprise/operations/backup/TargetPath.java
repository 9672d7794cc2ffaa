package dev.reprise.operations.backup;

import dev.reprise.base.RawName;
import java.util.ArrayList;
import java.util.List;

/// Paths as a command line has them, handled as text: no file system is asked.
public final class TargetPath {
    static final RawName ROOT = RawName.of("/");
    static final RawName HERE = RawName.of(".");
    static final RawName UP = RawName.of("..");

    private TargetPath() {}

    /// The absolute, cleaned form, as a snapshot's `paths` has it.
    ///
    /// @param workingDirectory absolute; a relative target starts here
    public static RawName absolute(RawName workingDirectory, RawName target) {
        return clean(isAbsolute(target) ? target : workingDirectory.child(target));
    }

    /// Drops `.`, doubled and trailing `/`, and every `..` that has a name before it. `..` at the root vanishes, at
    /// the beginning of a relative path it stays. Nothing left is `.` or `/`.
    public static RawName clean(RawName path) {
        boolean absolute = isAbsolute(path);
        var kept = new ArrayList<RawName>();
        for (RawName part : split(path)) {
            boolean hasName = !kept.isEmpty() && !kept.getLast().equals(UP);
            if (part.equals(UP) && hasName) {
                kept.removeLast();
            } else if (!part.equals(HERE) && !(part.equals(UP) && absolute)) {
                kept.add(part);
            }
        }
        if (kept.isEmpty()) {
            return absolute ? ROOT : HERE;
        }
        RawName joined = absolute ? ROOT.child(kept.getFirst()) : kept.getFirst();
        for (RawName part : kept.subList(1, kept.size())) {
            joined = joined.child(part);
        }
        return joined;
    }

    /// @param path absolute and cleaned; the root is its own parent
    static RawName parent(RawName path) {
        byte[] bytes = path.bytes();
        int slash = bytes.length - 1;
        while (slash > 0 && bytes[slash] != '/') {
            slash--;
        }
        return slash == 0 ? ROOT : RawName.of(bytes, 0, slash);
    }

    static boolean isAbsolute(RawName path) {
        return !path.isEmpty() && path.at(0) == '/';
    }

    /// The parts between slashes; empty ones are left out.
    static List<RawName> split(RawName path) {
        byte[] bytes = path.bytes();
        var parts = new ArrayList<RawName>();
        int start = 0;
        for (int i = 0; i <= bytes.length; i++) {
            if (i == bytes.length || bytes[i] == '/') {
                if (i > start) {
                    parts.add(RawName.of(bytes, start, i));
                }
                start = i + 1;
            }
        }
        return parts;
    }
}
