package dev.reprise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.testkit.restic.StockRestic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A backup that is killed without warning at a random moment, again and again, on one repository.
class KilledBackupTest {
    private static final int EVERYDAY_ROUNDS = 10;
    private static final int LONG_ROUNDS = 50;

    @TempDir
    private Path home;

    @Test
    void ten_kills_leave_a_repository_that_restic_finds_whole() throws Exception {
        survive(EVERYDAY_ROUNDS);
    }

    @Test
    @Tag("long")
    void fifty_kills_leave_a_repository_that_restic_finds_whole() throws Exception {
        survive(LONG_ROUNDS);
    }

    private void survive(int rounds) throws Exception {
        long seed = new Random().nextLong();
        System.err.println("KilledBackupTest seed " + seed);
        var random = new Random(seed);
        Path data = Files.createDirectory(home.resolve("data"));
        RepriseProcess reprise =
                new RepriseProcess(home).configure("files:\n  kind: files\n  paths: [%s]".formatted(data), "files");
        reprise.ok("init");
        StockRestic restic = StockRestic.of("0.19", reprise.repository(), "end to end password");
        write(data, random, -1);
        long whole = timed(() -> reprise.ok("backup"));
        int killed = 0;
        for (int round = 0; round < rounds; round++) {
            write(data, random, round);
            Path log = home.resolve("log-" + round);
            Process process = reprise.start(log, "backup");
            if (!process.waitFor(random.nextLong(whole / 5, whole * 5 / 4), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
                killed++;
            }
            restic.ok("unlock", "--remove-all");
            restic.ok("check", "--read-data");
        }
        assertThat(killed).as("backups that were really killed, seed %d", seed).isGreaterThan(rounds / 4);
        reprise.ok("backup");
        restic.ok("check", "--read-data");
        reprise.ok("check", "--read-data");
        reprise.ok("restore", "files", "--to", "restored");
        assertThat(TreeHash.of(home.resolve("restored"))).isEqualTo(TreeHash.of(data));
    }

    /// Some 40 MiB that are new each round, so that every backup has something to do.
    private static void write(Path data, Random random, int round) throws IOException {
        for (int i = 0; i < 40; i++) {
            byte[] bytes = new byte[1 << 20];
            random.nextBytes(bytes);
            Files.write(data.resolve("file-" + i), bytes);
        }
        Files.writeString(data.resolve("round"), "round " + round);
    }

    private interface Step {
        void run() throws Exception;
    }

    private static long timed(Step step) throws Exception {
        long begun = System.nanoTime();
        step.run();
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }
}
