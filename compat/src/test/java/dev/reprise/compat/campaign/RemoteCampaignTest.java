package dev.reprise.compat.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.compat.campaign.RemoteRound.Misfortune;
import dev.reprise.storage.Waiting;
import dev.reprise.storage.s3.S3Place;
import dev.reprise.storage.sftp.SftpPlace;
import dev.reprise.storage.url.Places;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Reprise on repositories behind a network, killed and cut off at random moments: nothing that was promised is lost.
/// One of the rounds again: `-Dreprise.campaign.first=SEED -Dreprise.campaign.rounds=1`.
class RemoteCampaignTest {
    /// Most of a round is waiting for locks to settle.
    private static final int AT_A_TIME = 4;

    /// S3Proxy tells of every connection that ends early. Held, or the setting would be collected.
    private static final Logger SERVER = Logger.getLogger("org.gaul");

    private final RepriseParticipant ours = new RepriseParticipant(
            InstantSource.system(),
            new Places(List.of(new S3Place(), new SftpPlace()), new QuickWaiting(), new Random(1)));
    private final Participant restic = new StockParticipant("0.19");
    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, Integer> done = Collections.synchronizedMap(new TreeMap<>());

    /// What fails is left for a look.
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path home;

    @TempDir
    private Path server;

    /// Fifteen minutes of patience in no time. Each thread has a time of its own: the patience of one round must not
    /// wear out another's.
    private static final class QuickWaiting implements Waiting {
        private final ThreadLocal<Duration> skipped = ThreadLocal.withInitial(() -> Duration.ZERO);

        @Override
        public long nanos() {
            return System.nanoTime() + skipped.get().toNanos();
        }

        @Override
        public void pause(Duration duration) {
            skipped.set(skipped.get().plus(duration));
        }
    }

    @BeforeAll
    static void quieten() {
        SERVER.setLevel(Level.OFF);
    }

    @AfterAll
    static void restore() {
        SERVER.setLevel(null);
    }

    @Test
    void five_rounds_over_s3_lose_nothing() throws Exception {
        try (var s3 = RemoteServer.Buckets.inProcess()) {
            campaign(s3, 1, 5, RemoteCampaignTest::few);
        }
    }

    @Test
    void five_rounds_over_sftp_lose_nothing() throws Exception {
        try (var sftp = RemoteServer.Ssh.start(server)) {
            campaign(sftp, 101, 5, RemoteCampaignTest::few);
        }
    }

    @Tag("long")
    @Test
    void a_hundred_rounds_over_s3_lose_nothing() throws Exception {
        try (var s3 = RemoteServer.Buckets.seaweedFs(server)) {
            campaign(s3, 1_000, 100, RemoteCampaignTest::many);
        }
    }

    @Tag("long")
    @Test
    void a_hundred_rounds_over_sftp_lose_nothing() throws Exception {
        try (var sftp = RemoteServer.Ssh.start(server)) {
            campaign(sftp, 2_000, 100, RemoteCampaignTest::many);
        }
    }

    private interface Choice {
        List<Misfortune> of(long seed);
    }

    /// One process is killed in five rounds: starting one takes longer than all else.
    private static List<Misfortune> few(long seed) {
        return switch ((int) (seed % 5)) {
            case 0 -> List.of(Misfortune.KILLED);
            case 1, 3 -> List.of(Misfortune.DIED, Misfortune.CUT);
            default -> List.of(Misfortune.LOST, Misfortune.DIED);
        };
    }

    /// One of each, in any order.
    private static List<Misfortune> many(long seed) {
        List<Misfortune> all = new ArrayList<>(List.of(Misfortune.values()));
        Collections.shuffle(all, new Random(seed));
        return all;
    }

    private void campaign(RemoteServer place, long usualFirst, int usualRounds, Choice choice) throws Exception {
        long first = Long.getLong("reprise.campaign.first", usualFirst);
        int rounds = Integer.getInteger("reprise.campaign.rounds", usualRounds);
        try (var threads = Executors.newFixedThreadPool(AT_A_TIME)) {
            List<Future<?>> running = new ArrayList<>();
            for (long seed = first; seed < first + rounds; seed++) {
                long chosen = seed;
                running.add(threads.submit(() -> round(chosen, place, choice.of(chosen))));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError("the campaign itself broke", e.getCause());
        }
        System.out.println("seeds " + first + " to " + (first + rounds - 1) + ": " + done);
        assertThat(failures).isEmpty();
    }

    private void round(long seed, RemoteServer place, List<Misfortune> misfortunes) {
        Path folder = home.resolve("round-" + seed);
        try {
            Files.createDirectories(folder);
            try (var round = new RemoteRound(seed, folder, place, ours, restic)) {
                try {
                    round.run(misfortunes);
                } catch (AssertionError | RuntimeException e) {
                    String story = String.join("\n", round.story());
                    failures.add("seed %d after%n%s%n%s".formatted(seed, story, trace(e)));
                    System.err.println(failures.getLast());
                    return;
                } finally {
                    round.story().forEach(line -> done.merge(kind(line), 1, Integer::sum));
                }
            }
            Place.delete(folder);
        } catch (IOException e) {
            failures.add("seed " + seed + ": " + e);
        }
    }

    /// What happened to which verb, and with which status it ended.
    private static String kind(String line) {
        String[] words = line.split(" ", -1);
        return words[0] + " " + words[1] + " " + words[words.length - 1];
    }

    private static String trace(Throwable e) {
        var text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
