package dev.reprise.compat.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Reprise and two series of stock restic, some times rustic too, on one repository, in random histories. One of them
/// again:
/// `-Dreprise.campaign.first=SEED -Dreprise.campaign.histories=1`.
class CampaignTest {
    /// Most of a run is waiting for locks to settle.
    private static final int AT_A_TIME = 4;

    private final Participant oldest = new StockParticipant("0.14");
    private final Participant newest = new StockParticipant("0.19");

    private Optional<Participant> rustic = Optional.empty();

    /// A repository that fails is left for a look.
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path home;

    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, Integer> done = Collections.synchronizedMap(new TreeMap<>());

    @Test
    void twenty_short_histories_end_with_every_promise_kept() throws Exception {
        campaign(Long.getLong("reprise.campaign.first", 1), Integer.getInteger("reprise.campaign.histories", 20), 3);
    }

    @Tag("long")
    @Test
    void a_thousand_histories_end_with_every_promise_kept() throws Exception {
        campaign(
                Long.getLong("reprise.campaign.first", 1_000),
                Integer.getInteger("reprise.campaign.histories", 1_000),
                8);
    }

    @Tag("long")
    @Test
    void two_hundred_histories_with_rustic_end_with_every_promise_kept() throws Exception {
        rustic = RusticParticipant.fetched();
        assumeThat(rustic).as("rustic, fetched by scripts/fetch-rustic .peers").isPresent();
        campaign(
                Long.getLong("reprise.campaign.first", 20_000),
                Integer.getInteger("reprise.campaign.histories", 200),
                8);
    }

    private void campaign(long first, int histories, int steps) throws Exception {
        try (var threads = Executors.newFixedThreadPool(AT_A_TIME)) {
            List<Future<?>> running = new ArrayList<>();
            for (long seed = first; seed < first + histories; seed++) {
                long chosen = seed;
                running.add(threads.submit(() -> history(chosen, steps)));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError("the campaign itself broke", e.getCause());
        }
        System.out.println(histories + " histories: " + done);
        assertThat(failures).isEmpty();
        for (Participant who : cast().all()) {
            assertThat(done.keySet())
                    .as("what %s did", who.name())
                    .anyMatch(line -> line.startsWith(who.name() + " | "));
        }
    }

    private Cast cast() {
        return new Cast(oldest, newest, new RepriseParticipant(), rustic);
    }

    private void history(long seed, int steps) {
        Path folder = home.resolve("history-" + seed);
        try {
            Files.createDirectories(folder);
            var history = new History(seed, folder, cast());
            try {
                history.run(steps);
            } catch (AssertionError | RuntimeException e) {
                failures.add("seed %d after%n%s%n%s".formatted(seed, history.story(), trace(e)));
                System.err.println(failures.getLast());
                return;
            } finally {
                history.log().forEach(line -> done.merge(line, 1, Integer::sum));
            }
            Place.delete(folder);
        } catch (IOException e) {
            failures.add("seed " + seed + ": " + e);
        }
    }

    private static String trace(Throwable e) {
        var text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
