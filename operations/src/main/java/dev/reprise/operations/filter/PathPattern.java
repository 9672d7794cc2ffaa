package dev.reprise.operations.filter;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// One pattern, cut at `/` and at `**`.
///
/// A path may go on behind what the pattern describes, so that everything below a match matches too. Therefore
/// taking each run at the first place it fits is enough, and no pattern needs backtracking.
///
/// @param negated written with a leading `!`
/// @param rooted  the first run must fit at the root
/// @param runs    components that must follow each other directly; between two runs there may be any number of
///                components. At least one run; runs may be empty
record PathPattern(boolean negated, boolean rooted, List<List<ComponentPattern>> runs) {
    /// @throws IllegalArgumentException if a component is malformed; repeats the pattern
    static PathPattern parse(String pattern, boolean ignoreCase) {
        boolean negated = pattern.startsWith("!");
        String path = clean(negated ? pattern.substring(1) : pattern);
        boolean rooted = path.startsWith("/");
        var runs = new ArrayList<List<ComponentPattern>>();
        var run = new ArrayList<ComponentPattern>();
        for (String component : (rooted ? path.substring(1) : path).split("/", -1)) {
            if (component.equals("**") || component.isEmpty()) { // empty: the pattern is "/" alone
                runs.add(List.copyOf(run));
                run.clear();
            } else {
                run.add(component(component, pattern, ignoreCase));
            }
        }
        runs.add(List.copyOf(run));
        return new PathPattern(negated, rooted, List.copyOf(runs));
    }

    private static ComponentPattern component(String component, String pattern, boolean ignoreCase) {
        byte[] bytes = encode(component);
        try {
            return ComponentPattern.parse(ignoreCase ? LowerCase.of(bytes) : bytes);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("bad pattern: " + pattern + ": " + e.getMessage(), e);
        }
    }

    boolean matches(PathComponents path) {
        int at = 0;
        boolean anchored = rooted;
        boolean described = rooted;
        for (List<ComponentPattern> run : runs) {
            int found = anchored ? (fits(run, path, at) ? at : -1) : find(run, path, at);
            if (found < 0) {
                return false;
            }
            at = found + run.size();
            anchored = false;
            described |= !run.isEmpty();
        }
        return described || path.count() > 0; // "**" is at least one component
    }

    private static int find(List<ComponentPattern> run, PathComponents path, int from) {
        for (int at = from; at <= path.count() - run.size(); at++) {
            if (fits(run, path, at)) {
                return at;
            }
        }
        return -1;
    }

    private static boolean fits(List<ComponentPattern> run, PathComponents path, int at) {
        return run.size() <= path.count() - at && prefixFits(run, run.size(), path, at);
    }

    private static boolean prefixFits(List<ComponentPattern> run, int length, PathComponents path, int at) {
        for (int i = length - 1; i >= 0; i--) {
            if (!run.get(i).matches(path.bytes(), path.start(at + i), path.end(at + i))) {
                return false;
            }
        }
        return true;
    }

    /// A pattern that is not rooted can match anywhere deeper; a rooted one must agree as far as both go.
    boolean mayMatchBelow(PathComponents path) {
        if (!rooted) {
            return true;
        }
        List<ComponentPattern> first = runs.getFirst();
        return prefixFits(first, Math.min(first.size(), path.count()), path, 0);
    }

    /// As Go's `filepath.Clean`: `.` and doubled slashes go, `..` takes the component before it.
    private static String clean(String path) {
        boolean rooted = path.startsWith("/");
        var kept = new ArrayList<String>();
        for (String component : path.split("/", -1)) {
            boolean up = component.equals("..");
            if (up && !kept.isEmpty() && !kept.getLast().equals("..")) {
                kept.removeLast();
            } else if (!component.isEmpty() && !component.equals(".") && !(up && rooted)) {
                kept.add(component);
            }
        }
        String cleaned = String.join("/", kept);
        return rooted ? "/" + cleaned : cleaned.isEmpty() ? "." : cleaned;
    }

    /// UTF-8, but a lone U+DC80 to U+DCFF is the byte it stands for.
    private static byte[] encode(String text) {
        var bytes = new ByteArrayOutputStream(text.length() + 8);
        text.codePoints().forEach(c -> {
            if (c >= 0xdc80 && c <= 0xdcff) {
                bytes.write(c);
            } else {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        });
        return bytes.toByteArray();
    }
}
