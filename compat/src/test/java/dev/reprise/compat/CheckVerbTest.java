package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.testkit.restic.StockRestic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `reprise restic check` beside stock restic on one repository.
class CheckVerbTest {
    private static final String PASSWORD = "check verb";

    @TempDir
    private Path home;

    private Path repository;
    private StockRestic restic;
    private RepriseRestic reprise;

    @BeforeEach
    void save() throws IOException {
        repository = home.resolve("repository");
        restic = StockRestic.of("0.19", repository, PASSWORD);
        reprise = RepriseRestic.of(repository, PASSWORD).inZone("UTC");
        CheapRepository.create(repository, PASSWORD);
        Path tree = Files.createDirectories(home.resolve("tree/d"));
        byte[] bytes = new byte[20_000];
        new Random(1).nextBytes(bytes);
        Files.write(tree.resolve("one"), bytes);
        restic.ok(home, "backup", "--host", "first", "tree");
        new Random(2).nextBytes(bytes);
        Files.write(tree.resolve("two"), bytes);
        restic.ok(home, "backup", "--host", "second", "tree");
    }

    /// Compares exit status and the summary, member by member.
    private RepriseRestic.Result compare(String... flags) {
        String[] line = new String[flags.length + 2];
        line[0] = "check";
        line[1] = "--json";
        System.arraycopy(flags, 0, line, 2, flags.length);
        StockRestic.Result expected = restic.run(line);
        RepriseRestic.Result found = reprise.run(line);
        String said = expected.out() + expected.err() + "\n" + found.out() + found.err();
        assertThat(found.status()).as(said).isEqualTo(expected.status());
        assertThat(summary(found.out())).as(said).isEqualTo(summary(expected.out()));
        return found;
    }

    private static String summary(String out) {
        return out.lines().filter(line -> line.contains("\"summary\"")).reduce("", (_, last) -> last);
    }

    private List<Path> objects(String folder) throws IOException {
        try (var walk = Files.walk(repository.resolve(folder))) {
            return walk.filter(Files::isRegularFile)
                    .sorted((a, b) ->
                            Long.compare(b.toFile().length(), a.toFile().length()))
                    .toList();
        }
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 4;
        write(file, bytes);
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        file.toFile().setWritable(true);
        Files.write(file, bytes);
    }

    @Test
    void a_good_repository_has_no_errors_in_every_form() {
        compare();
        compare("--read-data");
        compare("--read-data-subset", "1/1");
        compare("--read-data-subset", "2.5%");
        compare("--read-data-subset", "1K");
        compare("--host", "second", "--read-data");
        compare("latest", "--read-data", "--with-cache", "--no-lock");
        assertThat(reprise.run("check", "abcdef").status()).isEqualTo(1);
        assertThat(reprise.ok("check").out()).contains("no errors were found");
    }

    @Test
    void what_restic_refuses_is_refused_in_its_words() {
        Map.of(
                        "--read-data --read-data-subset 1/2", "cannot be used together",
                        "--read-data-subset 3/2", "must be positive integers, and n <= t",
                        "--read-data-subset 1/257", "t must be at most 256",
                        "--read-data-subset 0%", "x must be above 0.0% and at most 100.0%",
                        "--read-data-subset 500", "has invalid value, please see documentation",
                        "--read-data-subset 1.5G", "has invalid value, please see documentation",
                        "--read-data-subset 0M", "n must be above 0")
                .forEach((flags, words) -> {
                    RepriseRestic.Result found = reprise.run(("check " + flags).split(" "));

                    assertThat(found.status()).as(flags).isEqualTo(1);
                    assertThat(found.err()).startsWith("Fatal: ").contains(words);
                });
    }

    @Test
    void a_pack_no_index_names_is_a_hint() throws IOException {
        Path pack = objects("data").getFirst();
        Path other = repository.resolve("data/00/" + "00".repeat(32));
        Files.createDirectories(other.getParent());
        Files.copy(pack, other);

        assertThat(compare().out()).contains("\"suggest_prune\":true");
    }

    @Test
    void a_missing_pack_is_a_broken_pack() throws IOException {
        Files.delete(objects("data").getFirst());

        assertThat(compare().status()).isEqualTo(1);
    }

    @Test
    void a_pack_that_was_cut_off_is_a_broken_pack() throws IOException {
        Path pack = objects("data").getFirst();
        byte[] bytes = Files.readAllBytes(pack);
        write(pack, Arrays.copyOf(bytes, bytes.length - 7));

        RepriseRestic.Result found = compare();

        assertThat(found.err()).contains(pack.getFileName().toString());
        assertThat(reprise.run("check").err())
                .contains("restic repair packs " + pack.getFileName())
                .contains("Fatal: repository contains errors");
    }

    @Test
    void a_flipped_bit_in_a_pack_is_found_by_reading_the_data() throws IOException {
        Path pack = objects("data").getFirst();
        flip(pack);

        compare();
        RepriseRestic.Result found = compare("--read-data");

        assertThat(found.status()).isEqualTo(1);
        assertThat(found.err()).contains(pack.getFileName().toString());
    }

    @Test
    void an_index_that_cannot_be_read_ends_the_check() throws IOException {
        flip(objects("index").getFirst());

        RepriseRestic.Result found = compare();

        assertThat(found.out()).contains("\"suggest_repair_index\":true");
    }

    @Test
    void a_snapshot_that_cannot_be_read_is_an_error() throws IOException {
        flip(objects("snapshots").getFirst());

        assertThat(compare().status()).isEqualTo(1);
    }

    /// What scripts look for: the lines that name a damaged object begin as restic's, with and without `--json`.
    @Test
    void damaged_objects_are_named_in_restics_words() throws IOException {
        Path pack = objects("data").getFirst();
        byte[] whole = Files.readAllBytes(pack);
        flip(pack);
        compareWords("pack [0-9a-f]{64} contains 2 errors: \\[", "--read-data");
        write(pack, Arrays.copyOf(whole, whole.length - 7));
        compareWords("pack [0-9a-f]{64}: unexpected file size: got [0-9]+, expected [0-9]+");
        Files.delete(pack);
        compareWords("pack [0-9a-f]{64}: does not exist");
        write(pack, whole);

        Path snapshot = objects("snapshots").getFirst();
        flip(snapshot);
        compareWords("error: failed to load snapshot [0-9a-f]{8}: ");
        flip(snapshot);

        flip(objects("index").getFirst());
        compareWords("error: error loading index [0-9a-f]{64}: ");
    }

    private void compareWords(String words, String... flags) {
        List<String> line = new ArrayList<>(List.of("check"));
        line.addAll(List.of(flags));
        assertThat(words(words, restic.run(line.toArray(String[]::new)).err()))
                .hasSize(1)
                .isEqualTo(words(words, reprise.run(line.toArray(String[]::new)).err()));
        line.add("--json");
        String member = "\"message_type\":\"error\",\"message\":\"" + words;
        assertThat(words(member, restic.run(line.toArray(String[]::new)).err()))
                .hasSize(1)
                .isEqualTo(
                        words(member, reprise.run(line.toArray(String[]::new)).err()));
        assertThat(reprise.run(line.toArray(String[]::new)).err()).contains("\"message\":\"\\nThe repository ");
    }

    private static List<String> words(String pattern, String said) {
        return Pattern.compile(pattern)
                .matcher(said)
                .results()
                .map(MatchResult::group)
                .toList();
    }

    @Test
    void checks_with_a_budget_cover_the_repository_one_after_the_other() throws IOException {
        int packs = objects("data").size();
        for (int read = 1; read <= packs; read++) {
            String found = reprise.ok("check", "--json", "--read-data", "--max-age", "30d", "--budget", "1K")
                    .out();
            assertThat(found).contains("\"coverage_packs\":%d,\"packs_never_read\":%d,".formatted(read, packs - read));
        }
        assertThat(reprise.ok("check", "--read-data", "--max-age", "30d").out())
                .contains("read the data of 0 packs")
                .contains("coverage: 100.0% of the data was read and found good");
        assertThat(objects("reprise/readings")).hasSize(1);
        restic.ok("check", "--read-data");
        restic.ok("prune", "--max-unused", "0");
        assertThat(objects("reprise/readings")).hasSize(1);
    }

    @Test
    void a_damaged_pack_stays_unread_and_a_damaged_record_costs_only_reading_again() throws IOException {
        Path pack = objects("data").getFirst();
        flip(pack);
        int packs = objects("data").size();

        assertThat(reprise.run("check", "--json", "--read-data", "--max-age", "1d")
                        .out())
                .contains("\"packs_never_read\":1,");
        flip(pack); // whole again
        flip(objects("reprise/readings").getFirst());

        assertThat(reprise.run("check", "--json", "--read-data", "--budget", "1K")
                        .out())
                .contains("\"packs_never_read\":%d,".formatted(packs - 1));
        assertThat(reprise.run("check", "--max-age", "1d").err()).contains("need --read-data");
    }

    @Test
    void verbs_that_meet_damage_name_the_verb_that_mends_it() throws IOException {
        Path snapshot = objects("snapshots").getFirst();
        flip(snapshot);
        assertThat(reprise.run("cat", "snapshot", snapshot.getFileName().toString())
                        .err())
                .contains(snapshot.getFileName().toString())
                .contains("reprise restic recover");
        flip(snapshot);

        Path index = objects("index").getFirst();
        flip(index);
        assertThat(reprise.run("stats").err())
                .contains(index.getFileName().toString())
                .contains("repair index");
        flip(index);

        Files.delete(objects("data").getFirst());
        assertThat(reprise.run("prune").err()).contains("\"check\" names the snapshots that need them");
    }
}
