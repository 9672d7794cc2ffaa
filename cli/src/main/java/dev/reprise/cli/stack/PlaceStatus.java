package dev.reprise.cli.stack;

import dev.reprise.cli.CommandContext;
import dev.reprise.cli.Output;
import dev.reprise.cli.ProbedPlaces;
import dev.reprise.operations.immutability.ImmutabilityMemory;
import dev.reprise.operations.immutability.ImmutabilityMemory.PointEnd;
import dev.reprise.operations.immutability.ProbeResult;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.repository.Repository;
import dev.reprise.storage.immutability.Immutability;
import dev.reprise.storage.immutability.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What this machine knows of how a repository's store keeps objects.
///
/// @param location for people
/// @param memory   what was found out before
/// @param points   of the repository, oldest first
/// @param promised how long objects are to be kept; null if that is not asked for
record PlaceStatus(
        String location,
        ImmutabilityMemory memory,
        List<RecoveryPoint> points,
        @Nullable Duration promised) {
    /// @return empty if nothing is known
    static Optional<PlaceStatus> of(ImmutabilityMemory memory, Repository repository) {
        Immutability place = repository.storage().capability(Immutability.class);
        Promise promise = place == null ? null : place.promise();
        return memory.probed().isEmpty() && !memory.knowsPoints()
                ? Optional.empty()
                : Optional.of(new PlaceStatus(
                        repository.storage().location(), memory, List.of(), promise == null ? null : promise.time()));
    }

    PlaceStatus with(List<RecoveryPoint> left) {
        return new PlaceStatus(location, memory, List.copyOf(left), promised);
    }

    /// What runs out, for people; empty if nothing does, or nothing is asked for or known.
    Optional<String> runningOut(Instant now) {
        if (promised == null) {
            return Optional.empty();
        }
        Instant soon = now.plus(promised.dividedBy(LockKeeping.PARTS));
        List<PointEnd> scarce = ends().stream()
                .filter(end -> end.until() == null || end.until().isBefore(soon))
                .toList();
        if (!scarce.isEmpty()) {
            return Optional.of("%d of %d points are not kept whole for a quarter of the %d days that are asked for"
                    .formatted(scarce.size(), points.size(), promised.toDays()));
        }
        Instant looked = memory.looked();
        return looked != null
                        && looked.plus(promised.dividedBy(LockKeeping.PARTS)).isBefore(now)
                ? Optional.of("how long points are kept was looked up %s ago"
                        .formatted(Show.duration(Duration.between(looked, now))))
                : Optional.empty();
    }

    private List<PointEnd> ends() {
        return points.stream()
                .map(point -> memory.point(point.run()))
                .flatMap(Optional::stream)
                .toList();
    }

    /// Whether the store kept what it promised, as far as it was asked, and nothing runs out.
    boolean isSound(Instant now) {
        return memory.probed().map(ProbeResult::keepsItsWord).orElse(true)
                && runningOut(now).isEmpty();
    }

    void show(String repository, Output output, CommandContext context) {
        memory.probed().ifPresent(probe -> show(repository, probe, output, context));
        Instant now = context.clock().instant();
        Optional<String> runningOut = runningOut(now);
        runningOut.ifPresent(fact -> output.warning(
                "repository %s: %s".formatted(repository, fact),
                "run \"reprise extend-locks\" and see what keeps \"reprise backup\" from doing it"));
        List<PointEnd> ends = ends();
        if (ends.isEmpty()) {
            return;
        }
        KeptPoints kept = KeptPoints.of(ends, now);
        int unknown = points.size() - ends.size();
        output.result("repository %s: %s%s, looked up %s ago"
                .formatted(
                        repository,
                        kept.words(context.zone()),
                        unknown == 0 ? "" : ", of %d newer ones nothing is known".formatted(unknown),
                        Show.duration(Duration.between(ends.getFirst().looked(), now))));
        output.message(
                "points_kept",
                fields -> fields.put("repository", repository)
                        .put("points", points.size())
                        .put("looked_at", ends.size())
                        .put("kept", kept.kept())
                        .put("first_end", kept.first().map(Instant::toString).orElse(null))
                        .put("looked", ends.getFirst().looked().toString())
                        .put("running_out", runningOut.orElse(null)));
    }

    private void show(String repository, ProbeResult probe, Output output, CommandContext context) {
        output.message("place_probe", fields -> ProbedPlaces.json(fields, repository, probe));
        if (!probe.objectLock().isEmpty() || !probe.faults().isEmpty()) {
            Duration age = Duration.between(probe.at(), context.clock().instant());
            output.result("repository %s: its store was probed %s ago and %s"
                    .formatted(
                            repository,
                            Show.duration(age),
                            probe.faults().isEmpty() ? "kept what it promises" : "does not do what it promises"));
        }
        for (String fault : probe.faults()) {
            output.warning(
                    "the store of repository %s, %s: %s".formatted(repository, location, fault),
                    "run \"reprise check --immutability\"");
        }
    }
}
