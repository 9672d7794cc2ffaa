package dev.reprise.compat.campaign;

import dev.reprise.testkit.restic.StockRestic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// A version of stock restic, each run a process.
public final class StockParticipant implements Participant {
    /// Verbs that came after 0.14.
    private static final Set<String> NEWER = Set.of("rewrite", "repair index", "repair snapshots");

    private final String series;
    private final Path program;

    public StockParticipant(String series) {
        this.series = series;
        this.program = StockRestic.fetched(series);
    }

    @Override
    public String name() {
        return "restic " + series;
    }

    @Override
    public boolean knows(String verb) {
        return !series.equals("0.14") || !NEWER.contains(verb);
    }

    @Override
    public List<String> unlockFlags() {
        return List.of();
    }

    @Override
    public Result run(Run run) {
        return start(run).end();
    }

    @Override
    public Result kill(Run run, Random random) {
        return start(run).killAtRandom(random);
    }

    @Override
    public Frozen freeze(Run run, Random random) {
        return start(run).freezeAtRandom(random);
    }

    private Child start(Run run) {
        List<String> command = new ArrayList<>(List.of(program.toString(), "--no-cache"));
        command.addAll(run.arguments());
        return new Child(new Run(run.directory(), run.environment(), command));
    }
}
