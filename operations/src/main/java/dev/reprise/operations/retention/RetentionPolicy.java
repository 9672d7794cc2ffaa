package dev.reprise.operations.retention;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is to be kept of each group of snapshots. The rules are alternatives: any of them keeps a snapshot.
///
/// @param counts  how many spans of each kind to keep a snapshot of; [#UNLIMITED] for all; 0 counts as
///                absent
/// @param within  keeps every snapshot this close to the newest; none keeps nothing
/// @param withins keeps one snapshot of each span this close to the newest; not for [Interval#LAST]
/// @param tags    keeps snapshots that have all tags of one of the lists; the empty tag stands for "has no
///                tags"
public record RetentionPolicy(
        Map<Interval, Integer> counts,
        RetentionSpan within,
        Map<Interval, RetentionSpan> withins,
        List<List<String>> tags) {
    public static final int UNLIMITED = -1;

    public RetentionPolicy {
        counts = Collections.unmodifiableMap(without(counts, 0));
        withins = Collections.unmodifiableMap(without(withins, RetentionSpan.NONE));
        tags = tags.stream().map(List::copyOf).toList();
    }

    private static <T> Map<Interval, T> without(Map<Interval, T> rules, T off) {
        Map<Interval, T> kept = new EnumMap<>(Interval.class);
        rules.forEach((interval, rule) -> {
            if (!rule.equals(off)) {
                kept.put(interval, rule);
            }
        });
        return kept;
    }

    /// True when no rule is given: such a policy keeps nothing.
    public boolean isEmpty() {
        return counts.isEmpty() && within.isNone() && withins.isEmpty() && tags.isEmpty();
    }

    int count(Interval interval) {
        return counts.getOrDefault(interval, 0);
    }

    @Nullable
    RetentionSpan within(Interval interval) {
        return withins.get(interval);
    }

    /// In restic's words: `keep 3 latest, all daily snapshots and all snapshots within 1m of the newest`.
    @Override
    public String toString() {
        List<String> alternatives = new ArrayList<>();
        if (!counts.isEmpty()) {
            alternatives.add(String.join(
                            ", ",
                            counts.entrySet().stream()
                                    .map(rule -> amount(rule.getValue()) + " " + noun(rule.getKey()))
                                    .toList())
                    + " snapshots");
        }
        withins.forEach((interval, span) -> alternatives.add(interval.word() + " snapshots within " + span));
        String text = String.join(", ", alternatives);
        if (!tags.isEmpty()) {
            text = and(text) + "all snapshots with tags ["
                    + String.join(" ", tags.stream().map(RetentionPolicy::list).toList()) + "]";
        }
        if (!within.isNone()) {
            text = and(text) + "all snapshots within " + within + " of the newest";
        }
        return text.isEmpty() ? "remove" : "keep " + text;
    }

    private static String amount(int count) {
        return count == UNLIMITED ? "all" : Integer.toString(count);
    }

    private static String noun(Interval interval) {
        return interval == Interval.LAST ? "latest" : interval.word();
    }

    private static String and(String text) {
        return text.isEmpty() ? "" : text + " and ";
    }

    /// `[a, b]`
    static String list(List<String> tags) {
        return "[" + String.join(", ", tags) + "]";
    }
}
