package dev.reprise.cli.stack;

import dev.reprise.operations.point.RecoveryPoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// How one of several repositories of a job stands beside the others.
///
/// @param points  of the job that it has
/// @param missing points of others that are newer than its newest; what is older it may have forgotten on purpose
record CopyStatus(String job, String repository, int points, Optional<RecoveryPoint> newest, int missing) {
    /// @param points by repository, of any job
    static List<CopyStatus> of(String job, Map<String, List<RecoveryPoint>> points) {
        Set<RecoveryPoint> all = new HashSet<>();
        points.values().forEach(list -> all.addAll(ofJob(job, list)));
        List<CopyStatus> copies = new ArrayList<>();
        points.forEach((repository, list) -> {
            List<RecoveryPoint> own = ofJob(job, list);
            Optional<RecoveryPoint> newest = own.stream().max(Comparator.comparing(RecoveryPoint::started));
            long missing = all.stream()
                    .filter(point -> newest.isEmpty()
                            || point.started().isAfter(newest.get().started()))
                    .map(RecoveryPoint::run)
                    .distinct()
                    .count();
            copies.add(new CopyStatus(job, repository, own.size(), newest, Math.toIntExact(missing)));
        });
        return copies;
    }

    private static List<RecoveryPoint> ofJob(String job, List<RecoveryPoint> points) {
        return points.stream().filter(point -> point.job().equals(job)).toList();
    }
}
