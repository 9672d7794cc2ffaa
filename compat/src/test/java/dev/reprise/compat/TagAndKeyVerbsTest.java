package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.storage.ObjectType;
import dev.reprise.testkit.restic.StockRestic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `tag` and `key` beside stock restic on copies of one repository.
class TagAndKeyVerbsTest {
    @TempDir
    private Path home;

    private HistoryFixture ours;

    @BeforeEach
    void fill() throws IOException {
        ours = HistoryFixture.filled(home);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--add new",
                "--add new,second --add third",
                "--remove first",
                "--remove second --add x,y",
                "--set one,two",
                "--set  ",
                "--add new --tag first",
                "--add new --host h1",
                "--add new --host other",
                "--add new --path /nowhere",
            })
    void tags_change_as_with_restic(String flags) {
        HistoryFixture theirs = ours.copy("theirs");
        List<String> before = List.of(("tag " + flags).split(" ", -1));
        String[] arguments =
                before.stream().map(word -> word.isEmpty() ? "" : word).toArray(String[]::new);

        RepriseRestic.Result told = ours.reprise.ok(withJson(arguments));
        StockRestic.Result expected = theirs.restic.ok(withJson(arguments));

        assertThat(ours.contents()).isEqualTo(theirs.contents());
        assertThat(withoutIds(told.out())).isEqualTo(withoutIds(expected.out()));
        ours.mustBeClean();
    }

    private static String[] withJson(String... arguments) {
        String[] more = Arrays.copyOf(arguments, arguments.length + 1);
        more[arguments.length] = "--json";
        return more;
    }

    private static String withoutIds(String json) {
        return json.replaceAll("[0-9a-f]{64}", "ID");
    }

    @Test
    void what_tag_must_not_be_asked_ends_with_one() {
        assertThat(ours.reprise.run("tag").err()).isEqualTo("Fatal: nothing to do!\n");
        RepriseRestic.Result both = ours.reprise.run("tag", "--set", "a", "--add", "b");
        assertThat(both.status()).isEqualTo(1);
        assertThat(both.err()).isEqualTo("Fatal: --set and --add/--remove cannot be given at the same time\n");
    }

    @Test
    void members_of_other_programs_survive_a_change_of_tags() {
        ours.reprise.ok("tag", "--add", "x");
        ours.reprise.ok("tag", "--add", "y");
        for (StoredSnapshot stored : ours.snapshots()) {
            assertThat(stored.snapshot().programVersion()).startsWith("restic 0.19");
            assertThat(stored.snapshot().summary()).isNotNull();
            assertThat(stored.snapshot().original()).isNotEqualTo(stored.id());
        }
    }

    @Test
    void a_tag_run_that_was_killed_before_the_old_snapshot_went_leaves_no_twin_behind() throws IOException {
        ObjectId old = ours.snapshots().getFirst().id();
        Path file = ours.file(ObjectType.SNAPSHOT, old);
        byte[] bytes = Files.readAllBytes(file);
        ours.reprise.ok("tag", "--add", "x", old.hex());
        Files.write(file, bytes);
        assertThat(ours.snapshots()).hasSize(3);

        ours.reprise.ok("tag", "--add", "x");

        assertThat(ours.snapshots()).hasSize(2);
        assertThat(ours.snapshots()).allMatch(stored -> stored.snapshot().tags().contains("x"));
    }

    @Test
    void unknown_ids_are_ignored_with_a_word_and_filters_beside_ids_too() {
        String id = ours.snapshots().getFirst().id().hex();
        RepriseRestic.Result told = ours.reprise.ok("tag", "--add", "x", "--host", "h1", "ffffffff", id);
        assertThat(told.err()).contains("Ignoring \"ffffffff\": ", "Ignoring \"filters\": explicit snapshot ids are");
        assertThat(told.out()).contains("modified 1 snapshots");
    }

    // Keys

    @Test
    void a_key_of_ours_opens_in_restic_and_the_reverse() throws IOException {
        Path file = Files.writeString(home.resolve("new"), "second password\n");
        ours.reprise.ok("key", "add", "--new-password-file", file.toString(), "--user", "u2", "--host", "h2");
        Files.writeString(file, "third password");
        ours.restic.ok("key", "add", "--new-password-file", file.toString());

        for (String password : List.of("second password", "third password")) {
            Map<String, String> as = Map.of("RESTIC_PASSWORD", password);
            ours.reprise.with(as).ok("key", "list");
            ours.restic.with(as).ok("key", "list");
        }
        StockRestic.Result theirs = ours.restic.ok("key", "list", "--json");
        assertThat(sorted(ours.reprise.ok("key", "list", "--json").out())).isEqualTo(sorted(theirs.out()));
        assertThat(theirs.out()).contains("\"userName\":\"u2\",\"hostName\":\"h2\"");
    }

    private static List<String> sorted(String array) {
        return Arrays.stream(array.strip().replaceAll("^\\[|]$", "").split("(?<=}),", -1))
                .sorted()
                .toList();
    }

    @Test
    void the_key_in_use_stays_and_others_go() throws IOException {
        ObjectId first = ours.ids(ObjectType.KEY).getFirst();
        Path file = Files.writeString(home.resolve("new"), "second password\n");
        ours.reprise.ok("key", "--new-password-file", file.toString(), "add");

        RepriseRestic.Result refused = ours.reprise.run("key", "remove", first.shortHex());
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err()).contains("refusing to remove key currently used to access repository");
        assertThat(ours.reprise.run("key", "remove", "ffff").err()).contains("no matching ID found");

        ours.reprise.with(Map.of("RESTIC_PASSWORD", "second password")).ok("key", "remove", first.shortHex());
        assertThat(ours.ids(ObjectType.KEY)).hasSize(1).doesNotContain(first);
        assertThat(ours.reprise.run("key", "list").status()).isEqualTo(12);
        assertThat(ours.restic.run("key", "list").status()).isEqualTo(12);
    }

    @Test
    void a_changed_password_replaces_the_old_one_for_both() {
        RepriseRestic.Result changed =
                ours.reprise.typed("typed password\n", List.of("-r", ours.repository.toString(), "key", "passwd"));
        assertThat(changed.status()).as(changed.err()).isZero();
        assertThat(ours.ids(ObjectType.KEY)).hasSize(1);
        Map<String, String> as = Map.of("RESTIC_PASSWORD", "typed password");
        ours.restic.with(as).ok("check");
        assertThat(ours.restic.run("key", "list").status()).isEqualTo(12);
        assertThat(ours.reprise.with(as).run("key", "list").out())
                .contains("*" + ours.ids(ObjectType.KEY).getFirst().shortHex());
    }

    @Test
    void an_empty_new_password_must_be_asked_for() {
        RepriseRestic.Result refused =
                ours.reprise.typed("\n", List.of("-r", ours.repository.toString(), "key", "add"));
        assertThat(refused.status()).isEqualTo(1);
        ours.reprise.ok("key", "add", "--new-insecure-no-password");
        assertThat(ours.ids(ObjectType.KEY)).hasSize(2);
        ours.restic.with(Map.of("RESTIC_PASSWORD", "")).ok("--insecure-no-password", "key", "list");
    }
}
