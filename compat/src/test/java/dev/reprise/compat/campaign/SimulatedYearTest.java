package dev.reprise.compat.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.compat.campaign.Participant.Result;
import dev.reprise.compat.campaign.Participant.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Daily runs with a clock of their own: backup, forget with daily, weekly, monthly and yearly rules, prune.
class SimulatedYearTest {
    private static final long SEED = 20_240_101;
    private static final int BASE_BYTES = 400_000;
    private static final int DAY_BYTES = 30_000;
    /// Days a file lives in the folder.
    private static final int LIFE = 20;
    private static final String[] RULES = {
        "forget",
        "--keep-daily",
        "7",
        "--keep-weekly",
        "5",
        "--keep-monthly",
        "12",
        "--keep-yearly",
        "3",
        "--prune",
        "--max-unused",
        "0"
    };

    @TempDir
    private Path home;

    private final Random random = new Random(SEED);
    private final Map<String, Long> sizes = new HashMap<>();
    /// Names of the files that the snapshot of a day holds.
    private final Map<Instant, Set<String>> saved = new HashMap<>();
    /// Times of the snapshots that must be there.
    private final Set<Instant> present = new HashSet<>();

    private Instant now = Instant.parse("2024-01-01T03:00:00Z");
    private Path files;
    private Place place;
    private RepriseParticipant reprise;

    @BeforeEach
    void init() throws IOException {
        files = Files.createDirectory(home.resolve("files"));
        place = new Place(home.resolve("repository"), home);
        place.init(2);
        reprise = new RepriseParticipant(() -> now);
        write("base", BASE_BYTES);
    }

    @Test
    void ten_daily_runs_follow_the_model() throws IOException {
        live(10);
    }

    @Tag("long")
    @Test
    void four_hundred_daily_runs_follow_the_model_with_flat_memory() throws IOException {
        live(100);
        long early = usedHeap();
        live(300);
        long late = usedHeap();

        assertThat(late - early).as("growth of the heap in bytes").isLessThan(8 << 20);
        var stock = new StockParticipant("0.19");
        Result check = stock.run(new Run(home, place.environment(), List.of("check", "--read-data")));
        assertThat(check.status()).as("%s", check).isZero();
    }

    private void live(int days) throws IOException {
        for (int i = 0; i < days; i++) {
            now = now.plus(Duration.ofDays(1));
            int day = saved.size();
            write("day-" + day, DAY_BYTES / 2 + random.nextInt(DAY_BYTES));
            Files.deleteIfExists(files.resolve("day-" + (day - LIFE)));
            saved.put(now, names());
            present.add(now);
            keepByTheRules();
            run("backup", "--quiet", "--host", "year", ".");
            run(RULES);
            verify();
        }
    }

    private void write(String name, int bytes) throws IOException {
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        Files.write(files.resolve(name), content);
        sizes.put(name, (long) bytes);
    }

    private Set<String> names() throws IOException {
        try (Stream<Path> all = Files.list(files)) {
            return new HashSet<>(all.map(file -> file.getFileName().toString()).toList());
        }
    }

    private void run(String... line) {
        Result result = reprise.run(new Run(files, place.environment(), Arrays.asList(line)));
        assertThat(result.status())
                .as("%s at %s: %s", Arrays.asList(line), now, result)
                .isZero();
    }

    private void verify() throws IOException {
        Set<Instant> kept = new HashSet<>(place.times());
        assertThat(kept).isEqualTo(present);
        Set<String> needed = new HashSet<>();
        kept.forEach(time -> needed.addAll(saved.getOrDefault(time, Set.of())));
        long model =
                needed.stream().mapToLong(name -> sizes.getOrDefault(name, 0L)).sum();
        long trees = 12_000L * kept.size();
        assertThat(bytes("data"))
                .as("bytes of packs at %s, of %d in %d snapshots", now, model, kept.size())
                .isBetween(model, model + model / 50 + trees);
        assertThat(count("data")).as("packs at %s", now).isLessThanOrEqualTo(2 * needed.size() + 2 * kept.size());
        assertThat(count("index")).as("index files at %s", now).isLessThanOrEqualTo(kept.size() + 2L);
        assertThat(count("locks")).isZero();
    }

    /// The rules, told once more: each keeps the newest of so many days, weeks, months, years; one that is not used up
    /// keeps the oldest too.
    private void keepByTheRules() {
        List<Instant> newestFirst =
                present.stream().sorted(Comparator.reverseOrder()).toList();
        Set<Instant> kept = new HashSet<>();
        keep(kept, newestFirst, 7, ChronoField.EPOCH_DAY::getFrom);
        keep(
                kept,
                newestFirst,
                5,
                date -> 100L * date.get(IsoFields.WEEK_BASED_YEAR) + date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
        keep(kept, newestFirst, 12, ChronoField.PROLEPTIC_MONTH::getFrom);
        keep(kept, newestFirst, 3, ChronoField.YEAR::getFrom);
        present.retainAll(kept);
    }

    private static void keep(Set<Instant> kept, List<Instant> newestFirst, int count, ToLongFunction<LocalDate> part) {
        long last = -1;
        int left = count;
        for (Instant time : newestFirst) {
            long bucket = part.applyAsLong(LocalDate.ofInstant(time, ZoneOffset.UTC));
            if (left > 0 && (bucket != last || time.equals(newestFirst.getLast()))) {
                kept.add(time);
                last = bucket;
                left--;
            }
        }
    }

    private static long usedHeap() {
        System.gc();
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private long bytes(String folder) throws IOException {
        try (Stream<Path> all = Files.walk(home.resolve("repository").resolve(folder))) {
            long sum = 0;
            for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
                sum += Files.size(file);
            }
            return sum;
        }
    }

    private long count(String folder) throws IOException {
        try (Stream<Path> all = Files.walk(home.resolve("repository").resolve(folder))) {
            return all.filter(Files::isRegularFile).count();
        }
    }
}
