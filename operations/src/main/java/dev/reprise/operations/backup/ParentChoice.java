package dev.reprise.operations.backup;

import dev.reprise.repository.snapshot.SnapshotFilter;
import dev.reprise.repository.snapshot.SnapshotGroup.Criterion;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which snapshot a new one is compared with (repository format, section 8.2): the newest of its group that is not
/// newer than itself.
///
/// @param host     the new snapshot's, as are `paths` and `tags`
/// @param paths    absolute; empty compares with any paths
/// @param groupBy  what must agree
/// @param notAfter the new snapshot's time
public record ParentChoice(
        String host, List<String> paths, List<String> tags, Set<Criterion> groupBy, Instant notAfter) {
    /// @return null if there is none: everything is read
    public @Nullable StoredSnapshot newest(List<StoredSnapshot> snapshots) {
        return group().newest(snapshots, OffsetDateTime.ofInstant(notAfter, ZoneOffset.UTC));
    }

    private SnapshotFilter group() {
        return new SnapshotFilter(
                groupBy.contains(Criterion.HOST) ? List.of(host) : List.of(),
                groupBy.contains(Criterion.TAGS) ? List.of(tags) : List.of(),
                groupBy.contains(Criterion.PATHS) ? paths : List.of());
    }
}
