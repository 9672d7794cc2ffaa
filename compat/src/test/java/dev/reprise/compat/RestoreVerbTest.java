package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.testkit.restic.StockRestic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `reprise restic restore` beside stock restic: the same snapshot and flags, into another folder.
class RestoreVerbTest {
    private static final String PASSWORD = "restore verb";

    @TempDir
    private Path home;

    private Path tree;
    private StockRestic restic;
    private RepriseRestic reprise;

    @BeforeEach
    void makePlaces() throws IOException {
        Path repository = home.resolve("repository");
        restic = StockRestic.of("0.19", repository, PASSWORD);
        reprise = RepriseRestic.of(repository, PASSWORD).inZone("UTC");
        tree = Files.createDirectories(home.resolve("in/src"));
    }

    static IntStream seeds() {
        return IntStream.range(0, 4);
    }

    static IntStream manySeeds() {
        return IntStream.range(1000, 1300);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void a_random_restore_gives_what_restic_gives(int seed) throws IOException {
        compare(seed);
    }

    @Tag("long")
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("manySeeds")
    void many_random_restores_give_what_restic_gives(int seed) throws IOException {
        compare(seed);
    }

    private void compare(int seed) throws IOException {
        var random = new Random(seed);
        var make = new RandomTree(random);
        make.fill(tree);
        save();
        String snapshot = choose(random, "latest", "latest:/", "latest:src", "latest");
        Path theirs = home.resolve("theirs");
        Path ours = home.resolve("ours");
        if (random.nextInt(3) > 0) {
            restic.ok("restore", snapshot, "--target", theirs.toString());
            make.disturb(theirs);
            RandomTree.copy(theirs, ours);
        }
        List<String> flags = flags(random);
        List<String> line = new ArrayList<>(List.of("restore", snapshot, "--json", "-vv"));
        line.addAll(flags);

        StockRestic.Result expected = restic.run(with(line, theirs));
        RepriseRestic.Result found = reprise.run(with(line, ours));

        String what = "seed %d, %s %s%n%s%n%s".formatted(seed, snapshot, flags, expected.err(), found.err());
        assertThat(found.status()).as(what).isEqualTo(expected.status());
        assertThat(lines(found.out(), "summary", ours)).as(what).isEqualTo(lines(expected.out(), "summary", theirs));
        assertThat(lines(found.out(), "verbose_status", ours))
                .as(what)
                .containsExactlyInAnyOrderElementsOf(lines(expected.out(), "verbose_status", theirs));
        assertThat(listing(ours)).as(what).isEqualTo(listing(theirs));
    }

    private static Map<String, String> listing(Path folder) throws IOException {
        return Files.exists(folder) ? FolderListing.of(folder) : Map.of("nothing", "");
    }

    private void save() {
        CheapRepository.create(home.resolve("repository"), PASSWORD);
        restic.ok(home.resolve("in"), "backup", "-q", "src");
    }

    private static String[] with(List<String> line, Path target) {
        var all = new ArrayList<>(line);
        all.add("--target");
        all.add(target.toString());
        return all.toArray(String[]::new);
    }

    private static List<String> lines(String out, String type, Path target) {
        return out.lines()
                .filter(line -> line.startsWith("{\"message_type\":\"" + type + "\""))
                .map(line -> line.replace(target.toString(), "TARGET").replaceAll("\"seconds_elapsed\":\\d+,", ""))
                .toList();
    }

    private static List<String> flags(Random random) {
        List<String> flags = new ArrayList<>();
        int filter = random.nextInt(3);
        for (int i = 0; filter < 2 && i <= random.nextInt(3); i++) {
            flags.add(
                    filter == 0
                            ? choose(random, "--include", "--iinclude", "-i")
                            : choose(random, "--exclude", "--iexclude", "-e"));
            flags.add(choose(
                    random,
                    "foo",
                    "*.txt",
                    "/src/a",
                    "/src/*/b",
                    "b",
                    "**/n.log",
                    "f*",
                    "FOO",
                    "/src/Foo/**",
                    "[xz]",
                    "!a",
                    "*",
                    "\u00fc"));
        }
        if (random.nextBoolean()) {
            flags.addAll(List.of("--overwrite", choose(random, "always", "if-changed", "if-newer", "never")));
        }
        maybe(random, 40, flags, "--delete");
        maybe(random, 30, flags, "--sparse");
        maybe(random, 20, flags, "--ownership-by-name");
        if (random.nextInt(5) == 0) {
            flags.add("--dry-run");
        } else if (!flags.contains("if-changed")) {
            // There Reprise also reads what was taken for unchanged, and says when it is not; restic does not look.
            maybe(random, 20, flags, "--verify");
        }
        if (random.nextInt(5) < 2) {
            flags.add(choose(random, "--exclude-xattr", "--include-xattr"));
            flags.add(choose(random, "user.*", "user.one", "*", "nothing"));
        }
        return flags;
    }

    private static void maybe(Random random, int percent, List<String> flags, String flag) {
        if (random.nextInt(100) < percent) {
            flags.add(flag);
        }
    }

    private static String choose(Random random, String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    @Test
    void patterns_come_from_files_too() throws IOException {
        Files.writeString(tree.resolve("one.TXT"), "1");
        Files.writeString(tree.resolve("two.log"), "2");
        Path patterns = Files.writeString(home.resolve("patterns"), "# comment\n*.txt\n\n");
        save();
        Path target = home.resolve("out");

        reprise.ok("restore", "latest", "--target", target.toString(), "--iinclude-file", patterns.toString());
        assertThat(FolderListing.of(target)).containsOnlyKeys("src", "src/one.TXT");

        reprise.ok(
                "restore", "latest", "--delete", "--target", target.toString(), "--iexclude-file", patterns.toString());
        assertThat(FolderListing.of(target)).containsOnlyKeys("src", "src/one.TXT", "src/two.log");
    }

    /// Lines that restic 0.19 refuses with exit status 1, and what it says.
    private static final Map<String, String> REFUSED = Map.ofEntries(
            Map.entry("restore", "no snapshot ID specified"),
            Map.entry("restore latest", "please specify a directory to restore to (--target)"),
            Map.entry("restore latest other --target OUT", "more than one snapshot ID specified: [latest other]"),
            Map.entry(
                    "restore latest --target OUT --include a --exclude b",
                    "exclude and include patterns are mutually exclusive"),
            Map.entry(
                    "restore latest --target OUT --include-xattr a --exclude-xattr b",
                    "exclude and include xattr patterns are mutually exclusive"),
            Map.entry(
                    "restore latest --target OUT --dry-run --verify", "--dry-run and --verify are mutually exclusive"),
            Map.entry("restore latest --target / --delete", "must be combined with an include or exclude filter"),
            Map.entry(
                    "restore latest --target OUT --overwrite now", "must be one of (always|if-changed|if-newer|never)"),
            Map.entry("restore latest --target OUT --include [x", "--include: invalid pattern(s) provided:\n[x"),
            Map.entry("restore latest --target OUT --exclude-file /no/such", "failed to read patterns from file"),
            Map.entry("restore abcdef --target OUT", "failed to find snapshot: no matching ID found"),
            Map.entry("restore latest --host nobody --target OUT", "no snapshot found"),
            Map.entry("restore latest:nowhere --target OUT", "path nowhere: not found"),
            Map.entry("restore latest:/src/f --target OUT", "path src/f: not a directory"));

    @Test
    void what_restic_refuses_is_refused_in_its_words() throws IOException {
        Files.writeString(tree.resolve("f"), "x");
        save();
        REFUSED.forEach((line, words) -> {
            String typed = line.replace("OUT", home.resolve("out").toString());

            RepriseRestic.Result found = reprise.run(typed.split(" "));

            assertThat(found.status()).as(line).isEqualTo(1);
            assertThat(found.err()).as(line).startsWith("Fatal: ").contains(words);
        });
        assertThat(Files.exists(home.resolve("out"), LinkOption.NOFOLLOW_LINKS)).isFalse();
    }

    @Test
    void a_damaged_file_is_reported_and_the_rest_is_restored() throws IOException {
        Files.write(tree.resolve("good"), new byte[] {1});
        save();
        Files.write(tree.resolve("lost"), new byte[] {2, 2});
        List<Path> before = packs();
        restic.ok(home.resolve("in"), "backup", "-q", "src");
        for (Path pack : packs()) {
            if (!before.contains(pack) && Files.size(pack) < 250) {
                Files.delete(pack); // holds the two bytes; that with the tree is larger
            }
        }
        Path target = home.resolve("out");

        RepriseRestic.Result result = reprise.run("restore", "latest", "--json", "--target", target.toString());

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err())
                .contains("\"during\":\"restore\",\"item\":\"/src/lost\"")
                .contains("{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"Fatal: There were 1 errors\"}");
        assertThat(Files.readAllBytes(target.resolve("src/good"))).containsExactly(1);
    }

    private List<Path> packs() throws IOException {
        try (var walk = Files.walk(home.resolve("repository/data"))) {
            return walk.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void nothing_is_written_through_links_that_lead_out_of_the_target() throws IOException {
        Files.createDirectories(tree.resolve("d"));
        Files.writeString(tree.resolve("d/f"), "from the snapshot");
        save();
        Path outside = Files.createDirectory(home.resolve("outside"));
        Files.writeString(outside.resolve("f"), "not yours");
        Path target = Files.createDirectories(home.resolve("out/src"));
        Files.createSymbolicLink(target.resolve("d"), outside);

        reprise.ok(
                "restore", "latest", "--delete", "--target", home.resolve("out").toString());

        assertThat(outside.resolve("f")).hasContent("not yours");
        assertThat(target.resolve("d/f")).hasContent("from the snapshot").isRegularFile();
        assertThat(Files.isSymbolicLink(target.resolve("d"))).isFalse();
    }

    @Test
    void an_owner_whose_name_nobody_has_keeps_its_number() throws IOException {
        byte[] passwd = "file".getBytes(StandardCharsets.UTF_8);
        Files.write(tree.resolve("f"), passwd);
        Files.setAttribute(tree.resolve("f"), "unix:uid", 54321);
        Files.setAttribute(tree.resolve("f"), "unix:mode", 04755);
        save();
        Path target = home.resolve("out");

        reprise.ok("restore", "latest", "--ownership-by-name", "--target", target.toString());

        // restic gives such files to root; one with set-id bits would then hand out root's rights.
        assertThat(Files.getAttribute(target.resolve("src/f"), "unix:uid")).isEqualTo(54321);
    }
}
