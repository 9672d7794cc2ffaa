package dev.reprise.operations.immutability;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which objects are to be kept for longer. Changes nothing.
public final class LockPlan {
    private final LockSurvey survey;
    private final int[] due;
    private final Instant until;

    LockPlan(LockSurvey survey, int[] due, Instant until) {
        this.survey = survey;
        this.due = due;
        this.until = until;
    }

    /// @param end when it is free now; null if it is not kept
    public record Step(ObjectKey key, @Nullable Instant end) {}

    /// How long they are to be kept.
    public Instant until() {
        return until;
    }

    public int size() {
        return due.length;
    }

    /// @param number from 0, the most urgent first
    public Step step(int number) {
        return new Step(survey.key(due[number]), survey.end(due[number]));
    }

    void done(int number) {
        survey.extended(due[number], until);
    }

    /// How many of each type.
    public Map<ObjectType, Integer> counts() {
        Map<ObjectType, Integer> counts = new EnumMap<>(ObjectType.class);
        for (int number : due) {
            counts.merge(survey.key(number).type(), 1, Integer::sum);
        }
        return counts;
    }
}
