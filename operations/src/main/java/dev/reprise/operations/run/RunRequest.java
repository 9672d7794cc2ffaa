package dev.reprise.operations.run;

import dev.reprise.operations.retention.RemovalPlan.JobPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What one run captures.
///
/// @param uid           of the process, as is `gid`
/// @param tags          extra tags for its snapshots
/// @param version       of Reprise, for snapshots and manifest
/// @param workers       threads that hash and compress
/// @param checkpoints   how often what is finished of files is written down, for the case that the run is killed
/// @param lockPatience  how long to wait for a conflicting lock
/// @param configuration the job's effective settings without secrets, kept in the manifest
/// @param policy        what is kept of the job's points: what it lets go is not given to a repository that lacks it;
///                      null keeps all
public record RunRequest(
        String job,
        String host,
        String username,
        long uid,
        long gid,
        List<String> tags,
        List<RunSource> sources,
        String version,
        int workers,
        Duration checkpoints,
        Duration lockPatience,
        Map<String, String> configuration,
        @Nullable JobPolicy policy) {
    /// One that keeps all.
    public RunRequest(
            String job,
            String host,
            String username,
            long uid,
            long gid,
            List<String> tags,
            List<RunSource> sources,
            String version,
            int workers,
            Duration checkpoints,
            Duration lockPatience,
            Map<String, String> configuration) {
        this(
                job,
                host,
                username,
                uid,
                gid,
                tags,
                sources,
                version,
                workers,
                checkpoints,
                lockPatience,
                configuration,
                null);
    }
}
