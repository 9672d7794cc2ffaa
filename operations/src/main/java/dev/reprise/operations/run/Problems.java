package dev.reprise.operations.run;

import java.util.ArrayList;
import java.util.List;

/// What went wrong with one source, as far as a manifest can hold it: the first thousand, and how many more. Safe for
/// many threads.
final class Problems {
    static final int MOST = 1000;

    private final List<String> first = new ArrayList<>();
    private long more;

    synchronized void add(String fact) {
        if (first.size() < MOST) {
            first.add(fact);
        } else {
            more++;
        }
    }

    synchronized List<String> told() {
        List<String> all = new ArrayList<>(first);
        if (more > 0) {
            all.add("and %d more".formatted(more));
        }
        return List.copyOf(all);
    }
}
