package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.Repository;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.testkit.restic.StockRestic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Prune on random repositories that stock restic has written: the same plan as `restic prune --dry-run -v`, line
/// by line and pack by pack, and a whole repository afterwards.
class PrunePlanComparisonTest {
    private static final String PASSWORD = "prune";
    /// Every line of a plan: blobs, sizes and shares found, to repack, to delete and left over; and packs.
    private static final Pattern LINE = Pattern.compile("^(used|duplicates|unused|unreferenced|total|unused size"
            + "|to repack|this removes|to delete|total prune|remaining|not yet compressed|unused size after prune"
            + "|totally used packs|partly used packs|unused packs|to keep): +[0-9].*");
    private static final Pattern LIST =
            Pattern.compile("Would have (.*) the following(.*) packs:\\s+[\\[{]([0-9a-f ]*)[\\]}]");

    @TempDir
    private Path home;

    @Test
    void plans_equal_restics_and_leave_a_whole_repository() throws IOException {
        compare(new Random().nextLong(), 1);
    }

    @Test
    @Tag("long")
    void plans_equal_restics_on_many_repositories() throws IOException {
        compare(new Random().nextLong(), 25);
    }

    private void compare(long seed, int repositories) throws IOException {
        var random = new Random(seed);
        int plans = 0;
        for (int i = 0; i < repositories; i++) {
            Path folder = home.resolve("r" + i);
            String said = "seed %d, repository %d".formatted(seed, i);
            StockRestic restic = StockRestic.of("0.19", folder, PASSWORD);
            int version = random.nextInt(4) == 0 ? 1 : 2;
            var reprise = new RepriseRepository(folder, PASSWORD);
            reprise.init(version);
            write(restic, folder, random);
            RepriseRestic ours = RepriseRestic.of(folder, PASSWORD).inZone("UTC");
            List<List<String>> choices = choices(version);
            for (List<String> options : choices) {
                assertSamePlan(said + ", version " + version + " " + options, restic, ours, options);
                plans++;
            }
            List<String> recovering = List.of("--unsafe-recover-no-free-space", id(reprise));
            assertSamePlan(said + ", version " + version + " " + recovering, restic, ours, recovering);
            plans++;
            List<String> chosen = choices.get(random.nextInt(choices.size()));
            ours.ok(line(List.of("prune"), chosen));
            restic.ok("check", "--read-data");
            if (i % 5 == 0) {
                StockRestic.of("0.14", folder, PASSWORD).ok("check", "--read-data");
            }
            assertSamePlan(said + ", afterwards " + chosen, restic, ours, List.of());
            delete(folder);
        }
        System.out.println("prune plans compared: " + plans);
    }

    private static String id(RepriseRepository reprise) {
        try (Repository repository = reprise.open()) {
            return repository.config().id();
        }
    }

    private static List<List<String>> choices(int version) {
        var choices = new ArrayList<>(List.of(
                List.<String>of(),
                List.of("--max-unused", "0"),
                List.of("--max-unused", "25%"),
                List.of("--max-unused", "3M"),
                List.of("--max-unused", "unlimited"),
                // Small packs without waste come in the order of the storage's list in restic, which here would
                // decide which of them are below the limit; so none counts as small.
                List.of("--max-repack-size", "9M", "--max-unused", "0", "--repack-smaller-than", "1"),
                List.of("--max-repack-size", "0"),
                List.of("--max-unused", "0.7%", "--repack-small"),
                List.of("--repack-cacheable-only"),
                List.of("--repack-smaller-than", "5M", "--pack-size", "16")));
        if (version == 2) {
            choices.add(List.of("--repack-uncompressed"));
            choices.add(List.of("--repack-uncompressed", "--repack-cacheable-only", "--max-unused", "unlimited"));
        }
        return choices;
    }

    private static String[] line(List<String> verb, List<String> options) {
        List<String> line = new ArrayList<>(verb);
        line.addAll(options);
        return line.toArray(String[]::new);
    }

    private static void assertSamePlan(String said, StockRestic restic, RepriseRestic ours, List<String> options) {
        String[] line = line(List.of("prune", "--dry-run", "-v"), options);
        String text = ours.ok(line).out();
        String theirs = restic.ok(line).out();
        assertThat(lines(text)).as(said).isEqualTo(lines(theirs));
        assertThat(packs(text)).as(said).isEqualTo(packs(theirs));
    }

    private static List<String> lines(String text) {
        List<String> lines =
                text.lines().filter(line -> LINE.matcher(line).matches()).toList();
        assertThat(lines).as(text).hasSizeGreaterThanOrEqualTo(14);
        return lines;
    }

    /// What becomes of which packs.
    private static Map<String, Set<String>> packs(String text) {
        Map<String, Set<String>> packs = new TreeMap<>();
        Matcher list = LIST.matcher(text);
        while (list.find()) {
            String ids = list.group(3).strip();
            packs.put(
                    list.group(1) + list.group(2), new TreeSet<>(ids.isEmpty() ? List.of() : List.of(ids.split(" "))));
        }
        assertThat(packs).as(text).hasSizeGreaterThanOrEqualTo(2);
        return packs;
    }

    /// Packs of 4 MiB, some partly used, some unused, small ones, and at times one that nothing names.
    private void write(StockRestic restic, Path folder, Random random) throws IOException {
        Path tree = Files.createDirectories(home.resolve("tree"));
        int files = 20 + random.nextInt(40);
        for (int file = 0; file < files; file++) {
            change(tree, file, random);
        }
        int backups = 2 + random.nextInt(5);
        for (int i = 0; i < backups; i++) {
            String compression = random.nextInt(3) == 0 ? "off" : "auto";
            restic.ok("backup", "--pack-size", "4", "--compression", compression, "--host", "h" + i, tree.toString());
            for (int changes = random.nextInt(files); changes > 0; changes--) {
                change(tree, random.nextInt(files), random);
            }
        }
        for (int i = 0; i < backups - 1; i++) {
            if (random.nextBoolean()) {
                restic.ok("forget", "--host", "h" + i, "--unsafe-allow-remove-all");
            }
        }
        if (random.nextBoolean()) {
            byte[] leftOver = new byte[1 + random.nextInt(5_000_000)];
            random.nextBytes(leftOver);
            ObjectKey pack = ObjectKey.of(ObjectType.PACK, ObjectId.hash(leftOver));
            Files.write(folder.resolve(pack.path()), leftOver);
        }
        delete(tree);
    }

    private static void change(Path tree, int file, Random random) throws IOException {
        byte[] content = new byte[1 + random.nextInt(900_000)];
        random.nextBytes(content);
        Path folder = Files.createDirectories(tree.resolve("d" + file % 7));
        Files.write(folder.resolve("f" + file), content);
    }

    private static void delete(Path folder) throws IOException {
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
