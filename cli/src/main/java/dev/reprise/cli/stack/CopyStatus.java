package dev.reprise.cli.stack;

import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RunId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// How one of several repositories of a job stands beside the others.
///
/// @param points  of the job of which it has something
/// @param missing points that are whole in another and that it never had; neither what it forgot nor what the job's
///     retention lets go
record CopyStatus(String job, String repository, int points, Optional<RecoveryPoint> newest, int missing) {
    /// What a repository says of points of any job.
    ///
    /// @param left    those of which something is left, oldest first
    /// @param written runs whose manifest is there
    /// @param whole   runs of which nothing was lost
    record Held(List<RecoveryPoint> left, Set<RunId> written, Set<RunId> whole) {}

    /// @param held  by repository
    /// @param spent what the job's retention lets go of the points of all its repositories
    static List<CopyStatus> of(
            String job, Map<String, Held> held, Function<List<RecoveryPoint>, List<RecoveryPoint>> spent) {
        Set<RunId> whole = new HashSet<>();
        held.values()
                .forEach(one -> ofJob(job, one.left()).stream()
                        .map(RecoveryPoint::run)
                        .filter(one.whole()::contains)
                        .forEach(whole::add));
        Map<RunId, RecoveryPoint> union = new LinkedHashMap<>();
        held.values().forEach(one -> ofJob(job, one.left()).forEach(point -> union.putIfAbsent(point.run(), point)));
        spent.apply(List.copyOf(union.values())).forEach(point -> whole.remove(point.run()));
        List<CopyStatus> copies = new ArrayList<>();
        held.forEach((repository, one) -> {
            List<RecoveryPoint> own = ofJob(job, one.left());
            Optional<RecoveryPoint> newest = own.stream().max(Comparator.comparing(RecoveryPoint::started));
            Set<RunId> missing = new HashSet<>(whole);
            missing.removeAll(one.written());
            copies.add(new CopyStatus(job, repository, own.size(), newest, missing.size()));
        });
        return copies;
    }

    private static List<RecoveryPoint> ofJob(String job, List<RecoveryPoint> points) {
        return points.stream().filter(point -> point.job().equals(job)).toList();
    }
}
