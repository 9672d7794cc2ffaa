package dev.reprise.cli.stack;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import dev.reprise.cli.GlobalOptions;
import dev.reprise.cli.ImmutabilityReport;
import dev.reprise.cli.Output;
import dev.reprise.operations.immutability.ImmutabilityCheck;
import dev.reprise.operations.immutability.ImmutabilityFinding;
import dev.reprise.repository.Repository;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Attacks the places of repositories, one after another.
final class ImmutabilityRun {
    private final GlobalOptions global;
    private final Stack stack;
    private final Set<ExitStatus> statuses = EnumSet.noneOf(ExitStatus.class);

    ImmutabilityRun(GlobalOptions global, Stack stack) {
        this.global = global;
        this.stack = stack;
    }

    /// @param repositories names, at least one
    /// @return the worst that was found: what can be destroyed counts for more than what could
    ///     not be examined, and that for more than places that can keep nothing
    ExitStatus of(List<String> repositories) {
        for (String name : repositories) {
            try {
                statuses.add(examine(name));
            } catch (CancelledException e) {
                throw e;
            } catch (RepriseException e) {
                if (repositories.size() == 1) {
                    throw e;
                }
                statuses.add(ExitStatus.FAILED);
                global.output().warning("repository %s could not be examined: %s".formatted(name, e.fact()), e.hint());
            }
        }
        return List.of(ExitStatus.NOT_IMMUTABLE, ExitStatus.FAILED, ExitStatus.NEVER_IMMUTABLE).stream()
                .filter(statuses::contains)
                .findFirst()
                .orElse(ExitStatus.OK);
    }

    private ExitStatus examine(String name) {
        Output output = global.output();
        try (Repository opened = stack.open(name)) {
            var random = global.context().random().get();
            ImmutabilityFinding finding =
                    new ImmutabilityCheck(opened, global.context().clock(), random).run();
            var report = new ImmutabilityReport(name, finding);
            report.lines().forEach(output::result);
            if (!report.hint().isEmpty()) {
                output.info("  " + report.hint());
            }
            output.message("immutability", report::json);
            return report.exitStatus();
        }
    }
}
