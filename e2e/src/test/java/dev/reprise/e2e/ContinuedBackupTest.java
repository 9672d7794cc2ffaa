package dev.reprise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.testkit.restic.StockRestic;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `reprise restic backup` killed with SIGKILL in the middle, then run again.
class ContinuedBackupTest {
    private static final String PASSWORD = "end to end password";
    private static final long ENDLESS_BYTES = 1L << 40;
    private static final int PATIENCE_SECONDS = 120;

    @TempDir
    private Path home;

    @Test
    void the_next_run_reads_only_what_the_killed_one_had_not_finished() throws Exception {
        Path data = Files.createDirectory(home.resolve("data"));
        Path finished = Files.writeString(data.resolve("a-finished"), "first content");
        try (var endless = new RandomAccessFile(data.resolve("z-endless").toFile(), "rw")) {
            endless.setLength(ENDLESS_BYTES); // takes no room, but no run gets through it
        }
        Path repository = home.resolve("repository");
        var reprise = new RepriseProcess(home)
                .with("RESTIC_PASSWORD", PASSWORD)
                .with("RESTIC_REPOSITORY", repository.toString())
                .with("REPRISE_CHECKPOINT_INTERVAL", "200ms");
        reprise.ok("restic", "init");
        StockRestic restic = StockRestic.of("0.19", repository, PASSWORD);

        Process killed = reprise.start(home.resolve("log"), "restic", "backup", "--host", "h", data.toString());
        try {
            awaitPartialSnapshot(repository, killed);
        } finally {
            killed.destroyForcibly().waitFor();
        }
        assertThat(restic.ok("list", "snapshots").out()).isEmpty();
        restic.ok("unlock", "--remove-all");
        restic.ok("check", "--read-data");

        // Whoever reads this file again would find the second content.
        FileTime time = Files.getLastModifiedTime(finished);
        Files.write(finished, "other content".getBytes(StandardCharsets.UTF_8));
        Files.setLastModifiedTime(finished, time);
        Files.delete(data.resolve("z-endless"));
        Files.writeString(data.resolve("b-new"), "new");
        reprise.ok("restic", "backup", "--host", "h", "--ignore-ctime", data.toString());

        assertThat(restic.ok("dump", "latest", finished.toString()).out()).isEqualTo("first content");
        assertThat(restic.ok("dump", "latest", data.resolve("b-new").toString()).out())
                .isEqualTo("new");
        assertThat(partialSnapshots(repository)).isZero();
        restic.ok("check", "--read-data");
    }

    private static void awaitPartialSnapshot(Path repository, Process running) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (partialSnapshots(repository) == 0) {
            assertThat(running.waitFor(20, TimeUnit.MILLISECONDS))
                    .as("the backup ended by itself")
                    .isFalse();
            assertThat(System.nanoTime()).as("waiting for a checkpoint").isLessThan(end);
        }
    }

    /// Names being written begin otherwise.
    private static long partialSnapshots(Path repository) throws IOException {
        Path folder = repository.resolve("reprise/partial");
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("[0-9a-f]{64}"))
                    .count();
        }
    }
}
