package dev.reprise.repository.snapshot;

import dev.reprise.base.ObjectId;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One snapshot as stored, members in writing order (repository format, section 8.1).
///
/// @param time     start of the backup, with the local offset
/// @param parent   the snapshot it was compared with; may be gone
/// @param tree     root tree
/// @param paths    absolute targets as given
/// @param uid      0 is omitted
/// @param original first ancestor if this is a rewritten snapshot
/// @param unknown  JSON of members we do not know, by name, kept when the snapshot is rewritten
public record Snapshot(
        OffsetDateTime time,
        @Nullable ObjectId parent,
        ObjectId tree,
        List<String> paths,
        String hostname,
        String username,
        long uid,
        long gid,
        List<String> excludes,
        List<String> tags,
        @Nullable ObjectId original,
        String programVersion,
        @Nullable Summary summary,
        Map<String, String> unknown) {

    /// Counters of one backup (section 8.1). Files are regular files; directories do not count the root.
    ///
    /// @param unknown JSON of counters other programs add, kept when the snapshot is rewritten
    public record Summary(
            OffsetDateTime backupStart,
            OffsetDateTime backupEnd,
            long filesNew,
            long filesChanged,
            long filesUnmodified,
            long dirsNew,
            long dirsChanged,
            long dirsUnmodified,
            long dataBlobs,
            long treeBlobs,
            long dataAdded,
            long dataAddedPacked,
            long totalFilesProcessed,
            long totalBytesProcessed,
            Map<String, String> unknown) {

        /// A summary of our own.
        public Summary(
                OffsetDateTime backupStart,
                OffsetDateTime backupEnd,
                long filesNew,
                long filesChanged,
                long filesUnmodified,
                long dirsNew,
                long dirsChanged,
                long dirsUnmodified,
                long dataBlobs,
                long treeBlobs,
                long dataAdded,
                long dataAddedPacked,
                long totalFilesProcessed,
                long totalBytesProcessed) {
            this(
                    backupStart,
                    backupEnd,
                    filesNew,
                    filesChanged,
                    filesUnmodified,
                    dirsNew,
                    dirsChanged,
                    dirsUnmodified,
                    dataBlobs,
                    treeBlobs,
                    dataAdded,
                    dataAddedPacked,
                    totalFilesProcessed,
                    totalBytesProcessed,
                    Map.of());
        }
    }
}
