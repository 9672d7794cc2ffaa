package dev.reprise.config;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// Finds what was probably meant.
public final class Spelling {
    private Spelling() {}

    /// The candidate fewest typing errors away, or null when none is near.
    public static @Nullable String nearest(String typed, Collection<String> candidates) {
        String nearest = null;
        int best = Math.max(1, typed.length() / 3) + 1;
        for (String candidate : candidates) {
            int distance = distance(typed, candidate);
            if (distance < best) {
                best = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    /// Insertions, deletions and replacements between two texts.
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
