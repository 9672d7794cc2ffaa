package dev.reprise.compat.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.reprise.base.RepriseException;
import dev.reprise.compat.hostile.FuzzTargets.Target;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nearly valid bytes for every reader of what lies on storage: refused with a reason or understood, in bounded time
/// and
/// memory.
///
/// `-Dreprise.fuzz.seed=N` repeats a run, `-Dreprise.fuzz.seconds=N` sets how long the long one takes,
/// `-Dreprise.fuzz.target=NAME` limits it to one reader.
class StorageFuzzTest {
    /// Far more than any of these inputs needs, which are at most a mebibyte: what hangs takes longer.
    private static final long LONGEST_MILLIS = 30_000;

    private static final long MOST_BYTES = 512L << 20;
    private static final int MOST_FINDINGS = 20;

    @TempDir
    private Path home;

    private final long seed = Long.getLong("reprise.fuzz.seed", new SplittableRandom().nextLong());
    private final SplittableRandom random = new SplittableRandom(seed);
    private final Mutation mutation = new Mutation(random);
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Map<String, String> findings = new LinkedHashMap<>();
    private final Map<String, Worst> worst = new LinkedHashMap<>();

    /// @param inputs    number of inputs
    /// @param millis    of the slowest
    /// @param allocated bytes by the greediest, by the thread that reads
    private record Worst(long inputs, long millis, long allocated) {
        @Override
        public String toString() {
            return "%d inputs, slowest %d ms, most %d KiB allocated".formatted(inputs, millis, allocated >> 10);
        }
    }

    @Test
    void nearly_valid_bytes_harm_no_reader() {
        int[] rounds = {40};
        fuzz(() -> rounds[0]-- > 0);
    }

    @Tag("long")
    @Test
    void nearly_valid_bytes_harm_no_reader_for_a_long_time() {
        long end = System.nanoTime()
                + Duration.ofSeconds(Integer.getInteger("reprise.fuzz.seconds", 60))
                        .toNanos();
        fuzz(() -> System.nanoTime() < end);
    }

    private void fuzz(BooleanSupplier goOn) {
        System.out.println("fuzzing readers of storage, seed " + seed);
        long started = System.nanoTime();
        long inputs = 0;
        try (var targets = new FuzzTargets(home)) {
            Map<String, Target> all = targets.all();
            all.keySet().removeIf(name -> !name.contains(System.getProperty("reprise.fuzz.target", "")));
            assertThat(all).isNotEmpty();
            all.forEach((name, target) -> target.examples().forEach(example -> feed(name, target, example)));
            assertThat(findings).as("for valid examples").isEmpty();
            for (long round = 0; goOn.getAsBoolean() && findings.size() < MOST_FINDINGS; round++) {
                for (var each : all.entrySet()) {
                    if (round % 20 == 0 || !each.getKey().equals("index cache")) { // a slow one
                        mutate(each.getKey(), each.getValue());
                        inputs++;
                    }
                }
            }
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        System.out.printf(
                "%d inputs in %.0f s, %.0f a second, %d findings%n",
                inputs, seconds, inputs / seconds, findings.size());
        worst.forEach((name, most) -> System.out.println(name + ": " + most));
        assertThat(new ArrayList<>(findings.values())).as("seed %d", seed).isEmpty();
    }

    private void mutate(String name, Target target) {
        List<byte[]> examples = target.examples();
        feed(name, target, mutation.of(examples.get(random.nextInt(examples.size())), examples));
    }

    private void feed(String name, Target target, byte[] input) {
        long allocated = threads.getCurrentThreadAllocatedBytes();
        long started = System.nanoTime();
        String finding = "";
        try {
            target.reader().read(input);
        } catch (RepriseException refused) {
            finding = refused.fact().isEmpty() ? "refused without a reason" : "";
        } catch (RuntimeException | Error e) {
            StackTraceElement[] trace = e.getStackTrace();
            finding = e.getClass() + " at " + (trace.length == 0 ? "" : trace[0]) + ": " + e.getMessage();
        }
        long millis = Duration.ofNanos(System.nanoTime() - started).toMillis();
        long bytes = threads.getCurrentThreadAllocatedBytes() - allocated;
        worst.merge(
                name,
                new Worst(1, millis, bytes),
                (a, b) -> new Worst(a.inputs + 1, Math.max(a.millis, b.millis), Math.max(a.allocated, b.allocated)));
        if (finding.isEmpty() && (millis > LONGEST_MILLIS || bytes > MOST_BYTES)) {
            finding = "took %d ms and %d bytes".formatted(millis, bytes);
        }
        if (!finding.isEmpty()) {
            String key = name + finding.split(": ", 2)[0].replaceAll("[0-9]+ ", "");
            String input64 = Base64.getEncoder().encodeToString(input);
            findings.putIfAbsent(
                    key, name + ": " + finding + "\n" + input64.substring(0, Math.min(2000, input64.length())));
        }
    }
}
