package dev.reprise.operations.backup;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.repository.snapshot.Snapshot;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes the snapshots of one process. They are not saved here: that is the caller's last step, after the writer's
/// `finish()`.
///
/// @param hostname what `gethostname` says, also used to find parents
/// @param uid      of the process, as is `gid`
/// @param version  of Reprise
/// @param zone     the process's local zone
public record BackupSnapshots(String hostname, String username, long uid, long gid, String version, ZoneId zone) {
    /// @param time     start of the backup, or the time the user asked for
    /// @param parent   the snapshot it was compared with
    /// @param excludes patterns as given; those from files are not listed
    /// @param tags     order is kept, empty ones are dropped
    /// @param added    what the run added, from [BlobWriter#stats()]
    /// @param start    by the real clock, as is `end`
    public Snapshot snapshot(
            Instant time,
            @Nullable ObjectId parent,
            SavedTree saved,
            List<String> excludes,
            List<String> tags,
            BlobWriter.Stats added,
            Instant start,
            Instant end) {
        return new Snapshot(
                local(time),
                parent,
                saved.tree(),
                saved.paths(),
                hostname,
                username,
                uid,
                gid,
                List.copyOf(excludes),
                tags.stream().filter(tag -> !tag.isEmpty()).toList(),
                null,
                "reprise " + version,
                summary(saved.counts(), added, start, end),
                Map.of());
    }

    private Snapshot.Summary summary(SavedTree.Counts counts, BlobWriter.Stats added, Instant start, Instant end) {
        return new Snapshot.Summary(
                local(start),
                local(end),
                counts.filesNew(),
                counts.filesChanged(),
                counts.filesUnmodified(),
                counts.dirsNew(),
                counts.dirsChanged(),
                counts.dirsUnmodified(),
                added.dataBlobs(),
                added.treeBlobs(),
                added.plainBytes(),
                added.storedBytes(),
                counts.totalFiles(),
                counts.totalBytes());
    }

    private OffsetDateTime local(Instant instant) {
        return instant.atZone(zone).toOffsetDateTime();
    }
}
