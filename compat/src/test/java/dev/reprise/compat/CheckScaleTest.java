package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.testkit.restic.StockRestic;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Verbs that walk a whole repository, on many blobs, within bounded memory.
class CheckScaleTest {
    private static final int MOST_MEBIBYTES = 256;

    @TempDir
    private Path home;

    @Test
    void many_folders_are_walked_without_an_error() throws IOException {
        MillionBlobs.write(home.resolve("r"), MillionBlobs.PASSWORD, 400, 1);

        var reprise = RepriseRestic.of(home.resolve("r"), MillionBlobs.PASSWORD);

        assertThat(reprise.ok("check").out()).contains("no errors were found");
        assertThat(reprise.ok("stats", "--json").out()).contains("\"total_file_count\":");
    }

    /// Everything but trees lies in files then.
    @Test
    void little_memory_finds_what_much_finds() throws IOException {
        Path folder = home.resolve("r");
        MillionBlobs.write(folder, MillionBlobs.PASSWORD, 400, 1);
        var reprise = RepriseRestic.of(folder, MillionBlobs.PASSWORD);
        assertThat(reprise.ok("check", "--memory", "256K").out()).contains("no errors were found");
        List<Path> packs = dataPacks(folder);
        Files.delete(packs.getFirst());
        try (var cut = FileChannel.open(packs.getLast(), StandardOpenOption.WRITE)) {
            cut.truncate(100_000);
        }
        assertThat(packs.size()).isGreaterThan(3);

        RepriseRestic.Result much = reprise.run("check");
        RepriseRestic.Result little = reprise.run("check", "--memory", "256K");

        assertThat(much.status()).isEqualTo(1);
        assertThat(lines(much))
                .filteredOn(line -> line.contains("cannot be restored whole"))
                .hasSizeGreaterThan(800);
        assertThat(little.status()).isEqualTo(1);
        assertThat(lines(little)).isEqualTo(lines(much));
    }

    @Test
    void too_little_memory_is_refused_and_enough_is_named() throws IOException {
        MillionBlobs.write(home.resolve("r"), MillionBlobs.PASSWORD, 400, 1);

        var result = RepriseRestic.of(home.resolve("r"), MillionBlobs.PASSWORD).run("check", "--memory", "4K");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).contains("4.0 KiB of memory are too few").contains("--memory 4M");
        assertThat(result.err()).doesNotContain("cannot be read");
        assertThat(result.out()).doesNotContain("no errors");
    }

    /// Sorted: threads report in any order.
    private static List<String> lines(RepriseRestic.Result result) {
        return Stream.concat(result.out().lines(), result.err().lines())
                .sorted()
                .toList();
    }

    /// By size; those of trees are real and small.
    private static List<Path> dataPacks(Path folder) throws IOException {
        try (var files = Files.walk(folder.resolve("data"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toFile().length() > 1 << 20)
                    .sorted()
                    .toList();
        }
    }

    /// With the launcher's settings for long work. `-Dreprise.scale.folders=N` sets the size: ten blobs for each;
    /// `-Dreprise.scale.verb=NAME` limits it to one verb.
    @Test
    @Tag("long")
    void a_million_blobs_are_checked_within_256_mebibytes() throws IOException, InterruptedException {
        Path folder = home.resolve("r");
        int folders = Integer.getInteger("reprise.scale.folders", 100_000);
        MillionBlobs.write(folder, MillionBlobs.PASSWORD, folders, 2);
        List<List<String>> verbs = List.of(
                List.of("check"),
                List.of("check", "--memory", "32M"),
                List.of("stats", "--mode", "restore-size"),
                List.of("stats", "--mode", "raw-data"),
                List.of("ls", "latest"),
                List.of("find", "file7"),
                List.of("diff", snapshots(folder).getFirst(), snapshots(folder).getLast()),
                List.of("prune", "--dry-run"),
                List.of(
                        "restore",
                        "latest",
                        "--dry-run",
                        "--target",
                        home.resolve("target").toString()));
        List<String> table = new ArrayList<>();
        long ours = 0;
        for (List<String> verb : verbs) {
            if (!verb.getFirst().contains(System.getProperty("reprise.scale.verb", ""))) {
                continue;
            }
            Measured reprise = measure(reprise(), folder, verb);
            Measured restic = measure(
                    List.of(StockRestic.fetched("0.19").toString(), "--no-cache"),
                    folder,
                    verb.contains("--memory") ? List.of(verb.getFirst()) : verb);
            table.add("%-28s reprise %4d MiB %5.1f s, status %d; restic %4d MiB %5.1f s, status %d"
                    .formatted(
                            String.join(
                                    " ",
                                    verb.subList(0, verb.getFirst().equals("diff") ? 1 : Math.min(3, verb.size()))),
                            reprise.peak() >> 10,
                            reprise.seconds(),
                            reprise.status(),
                            restic.peak() >> 10,
                            restic.seconds(),
                            restic.status()));
            if (verb.getFirst().equals("check")) {
                ours = reprise.peak() >> 10;
                assertThat(reprise.status()).isZero();
            }
        }
        System.out.println(10 * folders + " blobs\n" + String.join("\n", table));
        assertThat(ours).as("MiB of check").isLessThan(MOST_MEBIBYTES);
    }

    private static List<String> snapshots(Path folder) throws IOException {
        try (var files = Files.list(folder.resolve("snapshots"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static List<String> reprise() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmn64m",
                "-XX:MaxRAMPercentage=50",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.reprise.app.Main",
                "restic");
    }

    /// @param peak resident KiB
    private record Measured(int status, long peak, double seconds) {}

    private static Measured measure(List<String> program, Path repository, List<String> verb)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of("-r", repository.toString()));
        command.addAll(verb);
        var builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("RESTIC_PASSWORD", MillionBlobs.PASSWORD);
        long started = System.nanoTime();
        Process process = builder.start();
        process.getOutputStream().close();
        long peak = 0;
        while (!process.waitFor(20, TimeUnit.MILLISECONDS)) {
            peak = Math.max(peak, peakKibibytes(process.pid()));
        }
        return new Measured(process.exitValue(), peak, (System.nanoTime() - started) / 1e9);
    }

    /// The most this process has had resident so far; 0 when it has just ended.
    private static long peakKibibytes(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status"), StandardCharsets.ISO_8859_1).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException ended) {
            return 0;
        }
    }
}
