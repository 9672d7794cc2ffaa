package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.compat.PlannedRepository.Expected;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Planning a prune of many blobs within bounded memory.
class PruneScaleTest {
    /// What a process takes besides `--memory`: the program, its nursery, one index file, trees and packs.
    private static final int CONSTANT_MEBIBYTES = 300;

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path home;

    @Test
    void a_plan_through_temporary_files_counts_every_blob() throws IOException {
        Expected expected = PlannedRepository.write(home.resolve("r"), 1_880, 1);

        var result = RepriseRestic.of(home.resolve("r"), PlannedRepository.PASSWORD)
                .ok("prune", "--dry-run", "--json", "--memory", "4M");

        assertThat(expected.blobs()).isEqualTo(300_800);
        assertPlan(result.out(), expected);
    }

    @Test
    @Tag("long")
    void ten_million_blobs_are_planned_within_512_mebibytes() throws IOException, InterruptedException {
        Path folder = home.resolve("r");
        Expected expected = PlannedRepository.write(folder, 62_500, 2);
        assertThat(expected.blobs()).isEqualTo(10_000_000);
        assertThat(plan(folder, expected)).isPositive().isLessThan(512);
        assertThat(plan(folder, expected, "--memory", "32M")).isPositive().isLessThan(32 + CONSTANT_MEBIBYTES);
    }

    /// In a process of its own, with the launcher's settings for long work.
    ///
    /// @return the most it had resident, in MiB
    private long plan(Path folder, Expected expected, String... more) throws IOException, InterruptedException {
        Path out = home.resolve("out");
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmn64m",
                "-XX:MaxRAMPercentage=50",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.reprise.app.Main",
                "restic",
                "-r",
                folder.toString(),
                "prune",
                "--dry-run",
                "--json"));
        line.addAll(List.of(more));
        var builder =
                new ProcessBuilder(line).redirectOutput(out.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("RESTIC_PASSWORD", PlannedRepository.PASSWORD);
        long started = System.nanoTime();
        Process process = builder.start();
        long peak = 0;
        while (!process.waitFor(50, TimeUnit.MILLISECONDS)) {
            peak = Math.max(peak, peakKibibytes(process.pid()));
        }
        System.out.printf(
                "planned 10,000,000 blobs %s in %d s, peak resident memory %d MiB%n",
                List.of(more), TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started), peak >> 10);
        assertThat(process.exitValue()).isZero();
        assertPlan(Files.readString(out), expected);
        return peak >> 10;
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

    private static void assertPlan(String json, Expected expected) {
        JsonNode plan = JSON.readTree(json);
        JsonNode blobs = plan.get("blobs");
        JsonNode packs = plan.get("packfiles");
        long trees = blobs.get("used").asLong() - expected.usedBlobs();
        assertThat(trees).as(json).isBetween(2L, expected.usedBlobs() / 10_000 + 2);
        assertThat(blobs.get("duplicate").asLong()).as(json).isEqualTo(expected.copies());
        assertThat(blobs.get("unused").asLong()).as(json).isEqualTo(expected.unusedBlobs());
        assertThat(blobs.get("total").asLong()).as(json).isEqualTo(expected.blobs() + trees);
        // A pack of copies and the one it copies: one of them goes.
        assertThat(packs.get("unused").asLong()).as(json).isEqualTo(expected.unusedPacks() + expected.packs() / 10);
        assertThat(packs.get("unreferenced").asLong()).as(json).isZero();
    }
}
