package dev.reprise.cli.restic;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.operations.point.Points;
import dev.reprise.operations.point.Points.Loss;
import dev.reprise.repository.Repository;
import java.util.List;
import java.util.Set;

/// Says, before snapshots are removed, which recovery points need them. It is about a job of `reprise backup`,
/// which restic's snapshots do not show; on other repositories nothing is said. Never ends the verb.
final class PointWarning {
    /// Every night's retention removes some; all of them would be noise.
    private static final int SHOWN = 10;

    private final Repository repository;
    private final ResticOutput output;

    PointWarning(Repository repository, ResticOutput output) {
        this.repository = repository;
        this.output = output;
    }

    /// @param removed snapshots that are about to go
    void warn(Set<ObjectId> removed) {
        if (removed.isEmpty()) {
            return;
        }
        try {
            print(new Points(repository)
                    .losses(
                            removed,
                            (point, reason) -> output.warning("recovery point record %s cannot be read: %s"
                                    .formatted(point.shortHex(), reason.getMessage()))));
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            output.warning("cannot tell which recovery points need these snapshots: " + e.fact());
        }
    }

    private void print(List<Loss> losses) {
        losses.stream().limit(SHOWN).forEach(loss -> output.warning(text(loss)));
        if (losses.size() > SHOWN) {
            output.warning("and %d more recovery points".formatted(losses.size() - SHOWN));
        }
    }

    private static String text(Loss loss) {
        return "recovery point %s of job %s loses %s: %s"
                .formatted(
                        loss.point().run().shortHex(),
                        loss.point().job(),
                        String.join(", ", loss.sources()),
                        loss.whole() ? "nothing is left of it" : "it can no longer be restored whole");
    }
}
