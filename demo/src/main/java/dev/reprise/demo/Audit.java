package dev.reprise.demo;

import java.util.ArrayList;
import java.util.List;

/// What an auditor found: how many things were compared, and what is not as the books say.
///
/// @param compared    things compared: rows' tables, keys, files
/// @param differences one sentence each
/// @param survived    writes under load that came back: numbers 1 to this
record Audit(long compared, List<String> differences, int survived) {
    private static final int SHOWN = 20;

    boolean clean() {
        return compared > 0 && differences.isEmpty();
    }

    /// Collects differences, keeping the first ones and the number of all.
    static final class Findings {
        private final List<String> kept = new ArrayList<>();
        private long all;

        void add(String difference) {
            if (++all <= SHOWN) {
                kept.add(difference);
            }
        }

        List<String> list() {
            List<String> list = new ArrayList<>(kept);
            if (all > SHOWN) {
                list.add("and %d more".formatted(all - SHOWN));
            }
            return List.copyOf(list);
        }
    }
}
