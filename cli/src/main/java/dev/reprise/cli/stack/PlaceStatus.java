package dev.reprise.cli.stack;

import dev.reprise.cli.CommandContext;
import dev.reprise.cli.Output;
import dev.reprise.cli.ProbedPlaces;
import dev.reprise.operations.immutability.ImmutabilityMemory;
import dev.reprise.operations.immutability.ImmutabilityMemory.PointEnd;
import dev.reprise.operations.immutability.ProbeResult;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.repository.Repository;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What this machine knows of how a repository's store keeps objects.
///
/// @param location for people
/// @param memory   what was found out before
/// @param points   of the repository, oldest first
record PlaceStatus(String location, ImmutabilityMemory memory, List<RecoveryPoint> points) {
    /// @return empty if nothing is known
    static Optional<PlaceStatus> of(ImmutabilityMemory memory, Repository repository) {
        return memory.probed().isEmpty() && !memory.knowsPoints()
                ? Optional.empty()
                : Optional.of(new PlaceStatus(repository.storage().location(), memory, List.of()));
    }

    PlaceStatus with(List<RecoveryPoint> left) {
        return new PlaceStatus(location, memory, List.copyOf(left));
    }

    /// Whether the store kept what it promised, as far as it was asked.
    boolean isSound() {
        return memory.probed().map(ProbeResult::keepsItsWord).orElse(true);
    }

    void show(String repository, Output output, CommandContext context) {
        memory.probed().ifPresent(probe -> show(repository, probe, output, context));
        List<PointEnd> ends = points.stream()
                .map(point -> memory.point(point.run()))
                .flatMap(Optional::stream)
                .toList();
        if (ends.isEmpty()) {
            return;
        }
        Instant now = context.clock().instant();
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
                        .put("looked", ends.getFirst().looked().toString()));
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
