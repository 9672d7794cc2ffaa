package dev.reprise.compat.campaign;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// A program that takes restic's command lines.
public interface Participant {
    /// @param status exit status; of a killed run whatever came
    record Result(int status, String out, String err) {
        @Override
        public String toString() {
            return "status %d%n%s%n%s".formatted(status, out, err);
        }
    }

    /// @param directory   where it runs
    /// @param environment instead of every inherited `RESTIC_` variable
    record Run(Path directory, Map<String, String> environment, List<String> arguments) {}

    /// A run that stands still and goes on when told.
    interface Frozen {
        /// Lets it go on and waits for its end.
        Result thaw();
    }

    String name();

    /// Whether it has a verb, given as the first words of a command line.
    boolean knows(String verb);

    /// Whether it takes locks and honours those of others.
    default boolean heedsLocks() {
        return true;
    }

    Result run(Run run);

    /// Runs and ends it at a moment chosen by `random`, without any chance to clean up; maybe after its natural end.
    Result kill(Run run, Random random);

    /// Runs it up to a moment chosen by `random`.
    Frozen freeze(Run run, Random random);

    /// Flags of `unlock` that remove what a killed one leaves behind.
    List<String> unlockFlags();
}
