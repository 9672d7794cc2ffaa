package dev.reprise.operations.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.repository.snapshot.Snapshot;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackupSnapshotsTest {
    private static final Instant TIME = Instant.parse("2026-07-01T10:00:00Z");
    private static final Instant START = Instant.parse("2026-11-21T10:00:00.25Z");
    private static final Instant END = Instant.parse("2026-11-21T10:00:09Z");

    private final BackupSnapshots snapshots =
            new BackupSnapshots("db1", "alice", 1000, 100, "0.1.0", ZoneId.of("Europe/Berlin"));
    private final SavedTree saved =
            new SavedTree(Nodes.A, List.of("/srv", "/etc"), new SavedTree.Counts(1, 2, 3, 4, 5, 6, 7, 8), 0);
    private final BlobWriter.Stats added = new BlobWriter.Stats(11, 12, 13, 14, 15);

    @Test
    void a_snapshot_says_who_what_and_when() {
        Snapshot snapshot =
                snapshots.snapshot(TIME, Nodes.B, saved, List.of("*.o"), List.of("b", "", "a"), added, START, END);

        assertThat(snapshot.time()).isEqualTo(OffsetDateTime.parse("2026-07-01T12:00:00+02:00"));
        assertThat(snapshot.parent()).isEqualTo(Nodes.B);
        assertThat(snapshot.tree()).isEqualTo(Nodes.A);
        assertThat(snapshot.paths()).containsExactly("/srv", "/etc");
        assertThat(snapshot.hostname()).isEqualTo("db1");
        assertThat(snapshot.username()).isEqualTo("alice");
        assertThat(snapshot.uid()).isEqualTo(1000);
        assertThat(snapshot.gid()).isEqualTo(100);
        assertThat(snapshot.excludes()).containsExactly("*.o");
        assertThat(snapshot.tags()).containsExactly("b", "a");
        assertThat(snapshot.original()).isNull();
        assertThat(snapshot.programVersion()).isEqualTo("reprise 0.1.0");
        assertThat(snapshot.unknown()).isEmpty();
    }

    @Test
    void the_summary_has_the_real_times_and_all_counters() {
        Snapshot snapshot = snapshots.snapshot(TIME, null, saved, List.of(), List.of(), added, START, END);

        assertThat(snapshot.parent()).isNull();
        assertThat(snapshot.summary())
                .isEqualTo(new Snapshot.Summary(
                        OffsetDateTime.parse("2026-11-21T11:00:00.25+01:00"),
                        OffsetDateTime.parse("2026-11-21T11:00:09+01:00"),
                        1,
                        2,
                        3,
                        4,
                        5,
                        6,
                        11,
                        12,
                        13,
                        14,
                        7,
                        8));
    }
}
