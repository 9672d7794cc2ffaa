package dev.reprise.compat.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.compat.CheapRepository;
import dev.reprise.compat.campaign.Participant.Result;
import dev.reprise.compat.campaign.Participant.Run;
import dev.reprise.testkit.restic.StockRestic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// rustic, which takes no locks, saves again and again while Reprise forgets and prunes in two phases.
class RusticRaceTest {
    private static final String PASSWORD = "race";
    private static final int BACKUPS = 60;
    private static final int FILES = 40;

    @TempDir
    private Path home;

    @Test
    @Tag("long")
    void what_rustic_saves_while_reprise_prunes_with_a_grace_is_never_lost()
            throws IOException, ExecutionException, InterruptedException {
        assumeTrue(RusticParticipant.fetched().isPresent(), "scripts/fetch-rustic was run");
        Participant rustic = RusticParticipant.fetched().orElseThrow();
        var reprise = new RepriseParticipant();
        Path repository = home.resolve("repository");
        Files.createDirectory(source());
        CheapRepository.create(repository, PASSWORD);
        long seed = new Random().nextLong();

        var saving = CompletableFuture.supplyAsync(() -> save(rustic, new Random(seed)));
        int pruned = 0;
        do {
            Result said = run(
                    reprise,
                    "forget",
                    "--keep-last",
                    "1",
                    "--group-by",
                    "",
                    "--prune",
                    "--max-unused",
                    "0",
                    "--keep-delete",
                    "10s");
            assertThat(said.status()).as("seed %d: %s", seed, said).isZero();
            pruned++;
        } while (!saving.isDone());
        System.out.printf("rustic saved %d times while Reprise pruned %d times%n", saving.get(), pruned);
        assertThat(saving.get()).isGreaterThan(BACKUPS / 2);
        assertThat(pruned).isPositive();

        Result last = run(reprise, "prune", "--keep-delete", "10s");
        assertThat(last.status()).as("seed %d: %s", seed, last).isZero();
        StockRestic.of("0.19", repository, PASSWORD).ok("check", "--read-data");
        Result check = run(rustic, "check");
        assertThat(check.status()).as("seed %d: %s", seed, check).isZero();
    }

    private Result run(Participant program, String... line) {
        Map<String, String> environment =
                Map.of("RESTIC_REPOSITORY", home.resolve("repository").toString(), "RESTIC_PASSWORD", PASSWORD);
        return program.run(new Run(source(), environment, List.of(line)));
    }

    private Path source() {
        return home.resolve("source");
    }

    /// @return how many backups succeeded; one that reads an index file just when it is replaced does not
    private int save(Participant rustic, Random random) {
        int saved = 0;
        for (int i = 0; i < BACKUPS; i++) {
            try {
                change(random);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            saved += run(rustic, "backup", source().toString()).status() == 0 ? 1 : 0;
        }
        return saved;
    }

    /// Contents come and go and come again, so that old blobs are found in the index.
    private void change(Random random) throws IOException {
        for (int i = 0; i < 10; i++) {
            byte[] content = new byte[200_000];
            int which = random.nextInt(2 * FILES);
            new Random(which).nextBytes(content);
            Files.write(source().resolve("f" + random.nextInt(FILES)), content);
        }
    }
}
