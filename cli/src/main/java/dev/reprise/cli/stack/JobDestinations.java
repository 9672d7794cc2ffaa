package dev.reprise.cli.stack;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import dev.reprise.cli.Output;
import dev.reprise.operations.run.Destination;
import dev.reprise.repository.chunk.Polynomial;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The repositories of a job, opened as far as they can be.
final class JobDestinations implements AutoCloseable {
    private final List<Destination> opened = new ArrayList<>();
    private final Map<String, RepriseException> unopened = new LinkedHashMap<>();

    private JobDestinations() {}

    /// One of several that cannot be opened is told and left out: what can be saved elsewhere is saved.
    ///
    /// @throws RepriseException if none can be opened
    static JobDestinations open(Stack stack, Stack.Job job, Output output) {
        var destinations = new JobDestinations();
        RepriseException first = null;
        for (String name : job.repositories()) {
            try {
                destinations.opened.add(new Destination(name, stack.open(name), stack.writing(name)));
            } catch (RepriseException e) {
                if (ends(e) || job.repositories().size() == 1) {
                    destinations.close();
                    throw e;
                }
                first = first == null ? e : first;
                destinations.unopened.put(name, e);
                output.warning("repository %s cannot be opened: %s".formatted(name, e.fact()), e.hint());
            }
        }
        if (first != null && destinations.opened.isEmpty()) {
            throw first;
        }
        destinations.tellOfPolynomials(job, output);
        return destinations;
    }

    /// A wrong configuration is nothing to go on with.
    private static boolean ends(RepriseException e) {
        return e instanceof CancelledException || e.exitStatus() == ExitStatus.BAD_CONFIGURATION;
    }

    private void tellOfPolynomials(Stack.Job job, Output output) {
        int groups = byPolynomial().size();
        if (groups > 1) {
            output.warning(
                    "the repositories of job %s cut files in %d different ways: its sources are read as often"
                            .formatted(job.name(), groups),
                    "create them with \"reprise init\" together, or with \"reprise restic init"
                            + " --copy-chunker-params\"");
        }
    }

    /// Those that can be written in one run each.
    List<List<Destination>> byPolynomial() {
        Map<Polynomial, List<Destination>> groups = new LinkedHashMap<>();
        for (Destination destination : opened) {
            groups.computeIfAbsent(destination.repository().config().polynomial(), _ -> new ArrayList<>())
                    .add(destination);
        }
        return List.copyOf(groups.values());
    }

    boolean allOpened() {
        return unopened.isEmpty();
    }

    /// By name, in the job's order, with the reason.
    Map<String, RepriseException> unopened() {
        return unopened;
    }

    @Override
    public void close() {
        opened.reversed().forEach(destination -> destination.repository().close());
    }
}
