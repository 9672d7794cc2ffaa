package dev.reprise.demo;

import java.time.Duration;
import java.util.List;

/// What the demonstration measured. All of it was observed, nothing is configured.
///
/// @param backups the runs, in order
/// @param parts   one per part of the stack that took part
/// @param skipped parts that could not take part, each with the reason
/// @param rpo     from the oldest write that was lost to the disaster; zero when nothing was lost
/// @param rto     from the disaster to the moment everything was recovered and compared
record DemoReport(List<Backup> backups, List<Part> parts, List<String> skipped, Duration rpo, Duration rto) {
    /// @param bytes read from the sources
    /// @param added to the repository
    record Backup(String point, Duration took, long bytes, long added) {}

    /// @param bytes       captured in the last backup
    /// @param capture     how long that took
    /// @param recovery    how long bringing it back took
    /// @param compared    tables, keys or files compared
    /// @param differences what is not as it was; empty is the point of it all
    /// @param lost        writes confirmed before the disaster that did not come back
    /// @param rpo         from the first of those to the disaster
    record Part(
            String name,
            String kind,
            long bytes,
            Duration capture,
            Duration recovery,
            long compared,
            List<String> differences,
            int lost,
            Duration rpo) {}

    /// True when something was compared and all of it was right.
    boolean good() {
        return !parts.isEmpty()
                && parts.stream()
                        .allMatch(part ->
                                part.compared() > 0 && part.differences().isEmpty());
    }
}
