package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.compat.Damage.Harm;
import dev.reprise.compat.Damage.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damage of every kind to objects of every kind: found, named, mended by the verbs that `check` names or declared lost
/// with the files concerned, and nothing else lost. Stock restic agrees that what is left is whole.
///
/// `-Dreprise.damage.seed=N` repeats a run, `-Dreprise.damage.cases=N` sets how many the long run has.
class DamageCampaignTest {
    /// Cases wait for locks most of the time.
    private static final int AT_ONCE = 4;

    /// What is beside restic's objects is treated the same whatever is wrong with it.
    private static final Set<Kind> OURS = Set.of(Kind.POINT, Kind.READINGS, Kind.PARTIAL);

    private static final List<Kind> KINDS = List.of(Kind.values());

    private static final long SEED = Long.getLong("reprise.damage.seed", new Random().nextLong());
    private static final Random RANDOM = new Random(SEED);

    @TempDir
    private static Path home;

    private static DamageFixture fixture;

    @BeforeAll
    static void fill() throws IOException {
        System.out.println("damage campaign, seed " + SEED);
        fixture = DamageFixture.create(home, RANDOM);
    }

    @Test
    void one_of_every_kind_is_found_mended_and_costs_nothing_else() {
        List<List<Damage>> cases = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (Harm harm : DamageFixture.harms(kind)) {
                if (kind != Kind.LOCK && (!OURS.contains(kind) || harm == Harm.CUT || harm == Harm.FLIP)) {
                    cases.add(List.of(fixture.draw(kind, harm, RANDOM)));
                }
            }
        }
        run(cases);
    }

    @Test
    void a_bit_in_every_region_of_packs_costs_at_most_the_blob_it_is_in() {
        List<List<Damage>> cases = new ArrayList<>();
        for (Kind kind : List.of(Kind.TREES, Kind.DATA)) {
            String pack = fixture.objects(kind).getFirst();
            List<Damage> flips = fixture.flips(kind, pack);
            cases.add(List.of(flips.getFirst()));
            flips.subList(flips.size() - 2, flips.size()).forEach(flip -> cases.add(List.of(flip)));
        }
        run(cases);
    }

    @Tag("long")
    @Test
    void any_bit_of_any_pack() {
        List<List<Damage>> cases = new ArrayList<>();
        for (Kind kind : List.of(Kind.TREES, Kind.DATA)) {
            for (String pack : fixture.objects(kind)) {
                fixture.flips(kind, pack).forEach(flip -> cases.add(List.of(flip)));
            }
        }
        run(cases);
    }

    @Tag("long")
    @Test
    void up_to_three_at_once_at_random() {
        int wanted = Integer.getInteger("reprise.damage.cases", 1000);
        List<List<Damage>> cases = new ArrayList<>();
        while (cases.size() < wanted) {
            Map<Kind, Damage> damages = new EnumMap<>(Kind.class);
            for (int i = RANDOM.nextInt(3); i >= 0; i--) {
                Kind kind = KINDS.get(RANDOM.nextInt(KINDS.size()));
                List<Harm> harms = DamageFixture.harms(kind);
                if (kind != Kind.LOCK) {
                    damages.put(kind, fixture.draw(kind, harms.get(RANDOM.nextInt(harms.size())), RANDOM));
                }
            }
            if (!damages.isEmpty()) {
                cases.add(List.copyOf(damages.values()));
            }
        }
        run(cases);
    }

    private static void run(List<List<Damage>> cases) {
        Map<String, Integer> counts = new TreeMap<>();
        List<String> failed = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<String>> results = new ArrayList<>();
            for (int i = 0; i < cases.size(); i++) {
                results.add(threads.submit(one("case" + i, cases.get(i))));
                cases.get(i).forEach(each -> counts.merge(each.kind() + " " + each.harm(), 1, Integer::sum));
            }
            for (Future<String> result : results) {
                try {
                    if (!result.get().isEmpty()) {
                        failed.add(result.get());
                    }
                } catch (InterruptedException | ExecutionException e) {
                    throw new AssertionError(e);
                }
            }
        }
        System.out.println(cases.size() + " cases of damage: " + counts);
        assertThat(failed).as("failed of %d, seed %d", cases.size(), SEED).isEmpty();
    }

    private static Callable<String> one(String name, List<Damage> damages) {
        return () -> {
            var damaged = new DamageCase(fixture, name, damages);
            try {
                damaged.run();
                return "";
            } catch (AssertionError | RuntimeException e) {
                System.out.println("FAILED " + damages + "\n" + e);
                return damaged + "\n" + e;
            } finally {
                remove(home.resolve(name));
                remove(home.resolve(name + "-cwd"));
            }
        };
    }

    private static void remove(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(folder)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.delete(each);
        }
    }
}
