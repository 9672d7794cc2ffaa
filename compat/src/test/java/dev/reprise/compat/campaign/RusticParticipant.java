package dev.reprise.compat.campaign;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// rustic, each run a process. It takes no locks and marks packs long before it deletes them.
final class RusticParticipant implements Participant {
    private static final String SERIES = "0.11";
    private static final String STUMBLE = "index still in use";
    private static final Set<String> VERBS = Set.of("backup", "forget", "prune", "check", "restore");

    private final Path program;

    private RusticParticipant(Path program) {
        this.program = program;
    }

    /// If `scripts/fetch-rustic` was run.
    static Optional<Participant> fetched() {
        Path program = Path.of(System.getProperty("reprise.root", "."))
                .toAbsolutePath()
                .resolve(".peers/rustic-" + SERIES);
        return Files.isExecutable(program) ? Optional.of(new RusticParticipant(program)) : Optional.empty();
    }

    @Override
    public String name() {
        return "rustic " + SERIES;
    }

    @Override
    public boolean knows(String verb) {
        return VERBS.contains(verb);
    }

    @Override
    public boolean heedsLocks() {
        return false;
    }

    /// It leaves none behind.
    @Override
    public List<String> unlockFlags() {
        return List.of();
    }

    /// Its check sometimes panics before it has looked at anything, since a thread of its own still holds the index.
    @Override
    public Result run(Run run) {
        Result result = start(run).end();
        boolean stumbled =
                run.arguments().getFirst().equals("check") && result.err().contains(STUMBLE);
        return stumbled ? start(run).end() : result;
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
        Map<String, String> environment = new HashMap<>(run.environment());
        environment.put("RUSTIC_REPOSITORY", environment.getOrDefault("RESTIC_REPOSITORY", ""));
        environment.put("RUSTIC_PASSWORD", environment.getOrDefault("RESTIC_PASSWORD", ""));
        List<String> command = new ArrayList<>(List.of(program.toString(), "--no-cache", "--no-progress"));
        command.addAll(translated(run.arguments()));
        return new Child(new Run(run.directory(), environment, command));
    }

    /// The same in its own flags.
    private static List<String> translated(List<String> line) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < line.size(); i++) {
            switch (line.get(i)) {
                case "--quiet", "--no-lock" -> {}
                case "--compression" -> i++; // a setting of the repository
                case "--target" -> words.add(line.get(++i));
                case "--max-unused" -> {
                    boolean none = line.get(++i).equals("0");
                    words.addAll(List.of("--max-unused", none ? "0%" : line.get(i)));
                    if (none) {
                        words.addAll(List.of("--keep-delete", "0s")); // what was marked before goes now
                    }
                }
                case "--repack-cacheable-only" -> words.addAll(List.of("--repack-cacheable-only", "true"));
                default -> words.add(line.get(i));
            }
        }
        return words;
    }
}
