package dev.reprise.app;

import dev.reprise.cli.CommandContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/// The run that shows the JVM what its ahead-of-time cache needs: the classes, and how the hot loops behave, so that
/// later runs compile them at once. Prints nothing; all it writes lies in a temporary directory that it removes.
final class Training {
    /// Runs one command line; the result does not matter.
    interface Program {
        int run(CommandContext context, String... arguments);
    }

    private static final List<String> WITHOUT_DATA = List.of(
            "version",
            "version --json",
            "--help",
            "help version",
            "no-such-command",
            "config check",
            "config show --json",
            "restic version",
            "restic --json version");

    /// Long verbs and what people ask most; every one sees both small and large files.
    private static final List<String> WITH_DATA = List.of(
            "-q backup",
            "points",
            "status",
            "restore data --to restored",
            "check",
            "check --read-data",
            "restic snapshots",
            "restic --json snapshots",
            "restic ls latest",
            "restic unlock",
            "restic backup data",
            "restic --json backup data",
            "restic -q backup --force data",
            "restic restore latest --target again",
            "restic check",
            "restic check --read-data");

    private static final int LARGE_BYTES = 12 << 20;
    private static final int SMALL_FILES = 2000;
    private static final int LARGEST_SMALL_BYTES = 16 << 10;
    private static final int FILES_PER_DIRECTORY = 100;

    private final Program program;
    private final Path directory;
    private final CommandContext context;

    /// @param repository where the runs keep theirs
    private Training(Program program, Path directory, String repository, CommandContext real) {
        this.program = program;
        this.directory = directory;
        var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        context = new CommandContext(
                Map.of(
                        "TRAINING_PASSWORD",
                        "x",
                        "RESTIC_PASSWORD",
                        "x",
                        "RESTIC_REPOSITORY",
                        repository,
                        "RESTIC_CACHE_DIR",
                        directory.resolve("cache").toString(),
                        "AWS_ACCESS_KEY_ID",
                        "x",
                        "AWS_SECRET_ACCESS_KEY",
                        "x"),
                directory,
                InputStream.nullInputStream(),
                nowhere,
                nowhere,
                CommandContext.Terminal.NONE,
                real.clock(),
                real.zone(),
                real.random(),
                WiredPlaces.all());
    }

    static boolean requested() {
        return System.getProperty("reprise.training") != null;
    }

    /// Whether for a cache of runs over S3: its client is by far the largest library, 20 MB of a cache, and a run shows
    /// all of its cache as memory.
    private static boolean overS3() {
        return "s3".equals(System.getProperty("reprise.training"));
    }

    /// @param real the context of this process; of it clock, zone and chance are used
    static void run(Program program, CommandContext real) {
        WITHOUT_DATA.forEach(new Training(program, Path.of("/nonexistent"), "/nonexistent", real)::type);
        try {
            Path directory = Files.createTempDirectory("reprise-training-");
            try (var store = overS3() ? new TrainingStore() : null) {
                String repository =
                        store == null ? directory.resolve("repository").toString() : store.url();
                new Training(program, directory, repository, real).run(repository);
            } finally {
                remove(directory);
            }
        } catch (IOException _) {
            // No room for data: what was learned without it is better than nothing.
        }
    }

    private void run(String repository) throws IOException {
        Files.writeString(directory.resolve("reprise.yaml"), """
                repositories:
                  main: {location: '%s', password: {env: TRAINING_PASSWORD}}
                sources:
                  data: {kind: files, paths: [data]}
                jobs:
                  all: {sources: [data], repository: main}
                """.formatted(repository));
        makeData(directory.resolve("data"));
        type("init");
        if (type("backup") == 0) { // otherwise the rest would teach nothing
            WITH_DATA.forEach(this::type);
        }
    }

    private int type(String line) {
        return program.run(context, line.split(" ", -1));
    }

    private static void makeData(Path data) throws IOException {
        var random = new Random(1);
        byte[] text = text(random);
        Files.createDirectories(data);
        Files.write(data.resolve("text"), text);
        byte[] noise = new byte[LARGE_BYTES];
        random.nextBytes(noise);
        Files.write(data.resolve("noise"), noise);
        for (int i = 0; i < SMALL_FILES; i++) {
            Path folder = Files.createDirectories(data.resolve("folder-" + i / FILES_PER_DIRECTORY));
            byte[] of = i % 5 == 0 ? noise : text;
            int length = 1 + random.nextInt(LARGEST_SMALL_BYTES);
            int from = random.nextInt(LARGE_BYTES - length);
            Files.write(folder.resolve("file-" + i), Arrays.copyOfRange(of, from, from + length));
        }
    }

    /// Words of a small vocabulary: compresses about as text does.
    private static byte[] text(Random random) {
        byte[] out = new byte[LARGE_BYTES];
        byte[][] words = new byte[4000][];
        for (int i = 0; i < words.length; i++) {
            words[i] = new byte[2 + random.nextInt(9)];
            for (int j = 0; j < words[i].length - 1; j++) {
                words[i][j] = (byte) ('a' + Math.min(random.nextInt(26), random.nextInt(26)));
            }
            words[i][words[i].length - 1] = ' ';
        }
        int at = 0;
        while (at < out.length) {
            byte[] word = words[random.nextInt(words.length)];
            int length = Math.min(word.length, out.length - at);
            System.arraycopy(word, 0, out, at, length);
            at += length;
        }
        return out;
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
