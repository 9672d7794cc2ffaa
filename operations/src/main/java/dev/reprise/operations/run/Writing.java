package dev.reprise.operations.run;

import dev.reprise.base.RepriseException;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.repository.pack.MirroredWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The destinations that take what a run captures while it captures it. With one, its failure is the run's; of several
/// those that fail drop out, and the run fails when none is left.
final class Writing implements AutoCloseable {
    private final List<OpenDestination> destinations;
    private final BlobWriter writer;
    private final @Nullable MirroredWriter mirrored;
    private final ConcurrentMap<String, RepriseException> lost = new ConcurrentHashMap<>();
    private final RunListener listener;

    /// @param destinations at least one; they stay the caller's
    Writing(List<OpenDestination> destinations, RunListener listener) {
        this.destinations = List.copyOf(destinations);
        this.listener = listener;
        List<BlobWriter> writers = new ArrayList<>();
        for (OpenDestination open : destinations) {
            writers.add(open.repository()
                    .writer(open.index(), open.lock(), open.destination().writing()));
        }
        this.mirrored = writers.size() == 1 ? null : new MirroredWriter(writers, this::lose);
        this.writer = mirrored == null ? writers.getFirst() : mirrored;
    }

    private void lose(int number, RepriseException reason) {
        String name = destinations.get(number).name();
        lost.put(name, reason);
        listener.on(new RunEvent.DestinationLost(name, reason));
    }

    BlobWriter writer() {
        return writer;
    }

    BlobIndex index() {
        return mirrored == null
                ? first().index()
                : new SharedIndex(
                        destinations.stream().map(OpenDestination::index).toList(), mirrored::isLive);
    }

    /// Whether there are several, of which one may drop out.
    boolean isShared() {
        return mirrored != null;
    }

    /// The one that parents are looked for and read in, whatever becomes of it.
    OpenDestination first() {
        return destinations.getFirst();
    }

    /// Those that have not failed.
    List<OpenDestination> live() {
        return destinations.stream()
                .filter(open -> !lost.containsKey(open.name()))
                .toList();
    }

    /// Does the same in each that has not failed; one that fails now drops out.
    void each(Consumer<OpenDestination> step) {
        if (mirrored == null) {
            step.accept(first());
        } else {
            mirrored.forEachLive(number -> step.accept(destinations.get(number)));
        }
    }

    /// Why a destination dropped out; null if it did not.
    @Nullable
    RepriseException loss(String name) {
        return lost.get(name);
    }

    @Override
    public void close() {
        writer.close();
    }
}
