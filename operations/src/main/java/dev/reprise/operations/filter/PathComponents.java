package dev.reprise.operations.filter;

import dev.reprise.base.RawName;
import java.util.Arrays;

/// A path cut at its slashes, without copying the pieces.
final class PathComponents {
    private final byte[] bytes;
    /// First byte and end of each component, alternating.
    private int[] bounds = new int[32];
    private int count;

    PathComponents(RawName path, boolean ignoreCase) {
        bytes = ignoreCase ? LowerCase.of(path.bytes()) : path.bytes();
        int start = 0;
        for (int i = 0; i <= bytes.length; i++) {
            if (i == bytes.length || bytes[i] == '/') {
                add(start, i);
                start = i + 1;
            }
        }
    }

    private void add(int start, int end) {
        if (start == end) {
            return; // in front of the first slash
        }
        if (2 * count == bounds.length) {
            bounds = Arrays.copyOf(bounds, 2 * bounds.length);
        }
        bounds[2 * count] = start;
        bounds[2 * count + 1] = end;
        count++;
    }

    int count() {
        return count;
    }

    byte[] bytes() {
        return bytes;
    }

    int start(int component) {
        return bounds[2 * component];
    }

    int end(int component) {
        return bounds[2 * component + 1];
    }
}
