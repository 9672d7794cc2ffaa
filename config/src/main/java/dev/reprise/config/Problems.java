package dev.reprise.config;

import java.util.ArrayList;
import java.util.List;

/// What is wrong with one configuration, collected so that all of it is reported at once. Bounded: a file that is
/// no configuration at all would otherwise fill the screen.
final class Problems {
    private static final int MOST = 20;

    private final List<String> lines = new ArrayList<>();
    private int more;

    void add(Position position, String fact) {
        if (lines.size() < MOST) {
            lines.add(position + ": " + fact);
        } else {
            more++;
        }
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    /// In the order found; the last line tells how many are left out, if any.
    List<String> lines() {
        var all = new ArrayList<>(lines);
        if (more > 0) {
            all.add("and " + more + " more");
        }
        return all;
    }
}
