package dev.reprise.operations.retention;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.point.Points;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RunId;
import dev.reprise.repository.Repository;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Which recovery points of a repository go, and the objects that go with them. Points of jobs that are not
/// named stay, and so does every snapshot that belongs to no point.
///
/// @param points    of which something is left, of any job
/// @param jobs      in the order they were named
/// @param others    points of jobs that were not named, by job
/// @param snapshots that no other point needs
/// @param manifests of the points that go, and of those that went before and would go by now
public record RemovalPlan(
        int points,
        List<JobDecision> jobs,
        Map<String, Integer> others,
        Set<ObjectId> snapshots,
        Set<ObjectId> manifests) {
    /// What is kept of a job.
    ///
    /// @param policy  null keeps all
    /// @param sources names of the job's sources
    public record JobPolicy(String job, @Nullable RetentionPolicy policy, List<String> sources) {
        /// @param zone by whose clock days and months begin
        /// @return those of the job's points that go; empty if all are kept
        public List<RecoveryPoint> removed(List<RecoveryPoint> points, InstantSource clock, ZoneId zone) {
            return policy == null || policy.isEmpty()
                    ? List.of()
                    : new PointRetention(new Retention(policy, clock, zone), zone, sources).removed(points);
        }
    }

    /// @param points  of the job, oldest first
    /// @param removed those that go, oldest first
    public record JobDecision(JobPolicy policy, List<RecoveryPoint> points, List<RecoveryPoint> removed) {
        /// How many machines wrote them; each has its points kept by itself.
        public long hosts() {
            return points.stream().map(RecoveryPoint::host).distinct().count();
        }
    }

    /// Looks, and changes nothing.
    ///
    /// @param zone    by whose clock days and months begin
    /// @param damaged told of every manifest that cannot be read; what it names stays
    public static RemovalPlan of(
            Repository repository,
            List<JobPolicy> policies,
            InstantSource clock,
            ZoneId zone,
            BiConsumer<ObjectId, RuntimeException> damaged) {
        Map<RunId, List<ObjectId>> manifests = new HashMap<>();
        var all = new Points(repository);
        List<RecoveryPoint> written = all.asWritten(
                (id, point) -> manifests
                        .computeIfAbsent(point.run(), _ -> new ArrayList<>())
                        .add(id),
                damaged);
        List<RecoveryPoint> left = all.left(written);
        List<JobDecision> jobs = new ArrayList<>();
        List<RecoveryPoint> removed = new ArrayList<>();
        Set<RunId> gone = new HashSet<>();
        for (JobPolicy policy : policies) {
            List<RecoveryPoint> ofJob = ofJob(left, policy);
            List<RecoveryPoint> leaving = policy.removed(ofJob, clock, zone);
            jobs.add(new JobDecision(policy, ofJob, leaving));
            removed.addAll(leaving);
            leaving.forEach(point -> gone.add(point.run()));
            gone.addAll(spent(ofJob(written, policy), ofJob, policy, clock, zone));
        }
        Set<ObjectId> records = new LinkedHashSet<>();
        gone.forEach(run -> records.addAll(manifests.getOrDefault(run, List.of())));
        return new RemovalPlan(
                left.size(), jobs, others(left, policies), PointRetention.snapshots(left, removed), records);
    }

    /// Points of which nothing is left. Their manifests keep other repositories of the job from giving them back,
    /// so they stay for as long as the policy would have kept the points.
    private static Set<RunId> spent(
            List<RecoveryPoint> written, List<RecoveryPoint> left, JobPolicy policy, InstantSource clock, ZoneId zone) {
        Set<RunId> runs = policy.removed(written, clock, zone).stream()
                .map(RecoveryPoint::run)
                .collect(Collectors.toSet());
        left.forEach(point -> runs.remove(point.run()));
        return runs;
    }

    private static List<RecoveryPoint> ofJob(List<RecoveryPoint> points, JobPolicy policy) {
        return points.stream().filter(point -> point.job().equals(policy.job())).toList();
    }

    private static Map<String, Integer> others(List<RecoveryPoint> left, List<JobPolicy> policies) {
        Set<String> named = policies.stream().map(JobPolicy::job).collect(Collectors.toSet());
        Map<String, Integer> others = new LinkedHashMap<>();
        left.stream()
                .map(RecoveryPoint::job)
                .filter(job -> !named.contains(job))
                .forEach(job -> others.merge(job, 1, Integer::sum));
        return others;
    }

    /// How many points go.
    public int removed() {
        return jobs.stream().mapToInt(decision -> decision.removed().size()).sum();
    }

    /// Their runs.
    public Set<RunId> runs() {
        return jobs.stream()
                .flatMap(decision -> decision.removed().stream())
                .map(RecoveryPoint::run)
                .collect(Collectors.toSet());
    }
}
