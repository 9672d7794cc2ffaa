package dev.reprise.operations.run;

import dev.reprise.base.RepriseException;
import dev.reprise.operations.point.RecoveryPoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one run made.
///
/// @param point  the same in every repository that has it
/// @param copies one for each destination, in the order they were given
public record RunResult(RecoveryPoint point, List<Copy> copies) {
    /// Whether every destination has the point.
    public boolean everywhere() {
        return copies.stream().allMatch(copy -> copy.failure() == null);
    }

    /// What became of one destination.
    ///
    /// @param repository its name
    /// @param caughtUp   points it lacked and was given, this run's included; 0 if it took part in the run
    /// @param failure    why it does not have the point; null if it has
    public record Copy(
            String repository, int caughtUp, @Nullable RepriseException failure) {}
}
