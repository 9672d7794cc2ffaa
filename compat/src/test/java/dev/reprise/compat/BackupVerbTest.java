package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.testkit.restic.StockRestic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `reprise restic backup` and restic 0.19 on one repository and the same files.
class BackupVerbTest {
    private static final String PASSWORD = "compat password";
    private static final List<String> COUNTERS = List.of(
            "files_new",
            "files_changed",
            "files_unmodified",
            "dirs_new",
            "dirs_changed",
            "dirs_unmodified",
            "data_blobs",
            "tree_blobs",
            "data_added",
            "total_files_processed",
            "total_bytes_processed");

    @TempDir
    private Path home;

    private Path tree;
    private StockRestic restic;
    private RepriseRestic ours;

    @BeforeEach
    void makeTree() throws IOException {
        tree = home.resolve("tree");
        Files.createDirectories(tree.resolve("docs"));
        Files.writeString(tree.resolve("docs/a.txt"), "one");
        Files.writeString(tree.resolve("docs/empty"), "");
        Files.writeString(tree.resolve("b.tmp"), "two");
        Files.createSymbolicLink(tree.resolve("link"), Path.of("docs"));
        byte[] large = new byte[3 << 20];
        for (int i = 0; i < large.length; i++) {
            large[i] = (byte) (i * 31 + (i >> 9));
        }
        Files.write(tree.resolve("large"), large);
        Path repository = home.resolve("repository");
        restic = StockRestic.of("0.19", repository, PASSWORD).with(Map.of("TZ", "UTC"));
        CheapRepository.create(repository, PASSWORD);
        ours = RepriseRestic.of(repository, PASSWORD).in(home).inZone("UTC");
    }

    private static String last(String lines) {
        return lines.strip().lines().reduce("", (before, line) -> line);
    }

    private static String value(String json, String member) {
        Matcher matcher =
                Pattern.compile("\"" + member + "\":(\"[^\"]*\"|[^,}\\]]*)").matcher(json);
        assertThat(matcher.find()).as("%s in %s", member, json).isTrue();
        return matcher.group(1).replace("\"", "");
    }

    private static List<String> counters(String summary) {
        return COUNTERS.stream().map(name -> name + "=" + value(summary, name)).toList();
    }

    private static List<String> members(String json) {
        var names = new ArrayList<String>();
        Matcher matcher = Pattern.compile("\"([a-z_]+)\":").matcher(json);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    private StockRestic.Result theirs(String... arguments) {
        return restic.run(home, arguments);
    }

    private String theirSummary(String... arguments) {
        var line = new ArrayList<>(List.of("backup", "--json", "--host", "h"));
        line.addAll(List.of(arguments));
        return last(restic.ok(home, line.toArray(String[]::new)).out());
    }

    private String ourSummary(String... arguments) {
        var line = new ArrayList<>(List.of("backup", "--json", "--host", "h"));
        line.addAll(List.of(arguments));
        return last(ours.ok(line.toArray(String[]::new)).out());
    }

    private String treeOf(String summary) {
        return value(
                restic.ok("cat", "snapshot", value(summary, "snapshot_id"))
                        .out()
                        .replace("\": ", "\":"),
                "tree");
    }

    @Test
    void in_turns_every_run_is_unmodified_and_has_the_same_tree() {
        String first = theirSummary("tree");
        String second = ourSummary("tree");
        String third = theirSummary("tree");

        assertThat(counters(second)).isEqualTo(counters(third));
        assertThat(value(second, "files_unmodified")).isEqualTo("4");
        assertThat(value(second, "tree_blobs")).isEqualTo("0");
        assertThat(List.of(treeOf(second), treeOf(third))).containsOnly(treeOf(first));
    }

    @Test
    void a_changed_tree_gives_the_same_counters_and_tree() throws IOException {
        theirSummary("tree");
        Files.writeString(tree.resolve("docs/new"), "three");
        Files.writeString(tree.resolve("b.tmp"), "four");

        String dry = ourSummary("--dry-run", "tree");
        String theirs = theirSummary("tree");

        assertThat(counters(dry)).isEqualTo(counters(theirs));
        assertThat(members(dry)).isEqualTo(withDryRun(members(theirs)));
    }

    private static List<String> withDryRun(List<String> members) {
        var all = new ArrayList<>(members);
        all.add("dry_run");
        return all;
    }

    @Test
    void the_summary_has_restics_members_in_restics_order() {
        assertThat(members(ourSummary("tree"))).isEqualTo(members(theirSummary("tree")));
    }

    @Test
    void a_dry_run_leaves_the_repository_as_it_was() throws IOException {
        Map<String, String> before = FolderListing.of(home.resolve("repository"));

        ourSummary("--dry-run", "tree");

        assertThat(FolderListing.of(home.resolve("repository"))).isEqualTo(before);
    }

    @Test
    void excludes_leave_out_the_same() throws IOException {
        Files.createDirectory(tree.resolve("cache"));
        Files.writeString(tree.resolve("cache/CACHEDIR.TAG"), "Signature: 8a477f597d28d172789f06886806bc55");
        Files.writeString(tree.resolve("cache/x"), "x");
        Path patterns = Files.writeString(home.resolve("patterns"), "# comment\nempty\n");
        String[] flags = {
            "--exclude",
            "*.tmp",
            "--iexclude",
            "A.TXT",
            "--exclude-file",
            patterns.toString(),
            "--exclude-caches",
            "--exclude-larger-than",
            "1M",
            "tree"
        };

        String theirs = theirSummary(flags);
        String mine = ourSummary(flags);

        assertThat(treeOf(mine)).isEqualTo(treeOf(theirs));
        assertThat(value(mine, "tree_blobs")).isEqualTo("0");
        String snapshot =
                restic.ok("cat", "snapshot", value(mine, "snapshot_id")).out();
        assertThat(snapshot).contains("\"*.tmp\"").doesNotContain("A.TXT").doesNotContain("empty");
    }

    @Test
    void verbose_items_equal_restics() throws IOException {
        theirSummary("tree");
        Files.writeString(tree.resolve("docs/new"), "three");

        List<String> mine = items(ours.ok("backup", "--json", "-v", "--dry-run", "--host", "h", "tree")
                .out());
        List<String> theirs = items(
                restic.ok(home, "backup", "--json", "-v", "--host", "h", "tree").out());

        assertThat(mine).containsExactlyInAnyOrderElementsOf(theirs);
    }

    /// Action, item and sizes; durations differ, and sealed sizes by the compressor.
    private static List<String> items(String lines) {
        return lines.lines()
                .filter(line -> line.contains("verbose_status"))
                .map(line -> line.replaceAll("\"(duration|[a-z]+_size_in_repo)\":[0-9.e-]+", "\"$1\":0"))
                .toList();
    }

    @Test
    void a_path_that_does_not_exist_is_skipped_with_status_3() {
        var mine = ours.run("backup", "--json", "tree", "nope");
        var theirs = theirs("backup", "--json", "tree", "nope");

        assertThat(mine.status()).isEqualTo(theirs.status()).isEqualTo(3);
        assertThat(mine.err()).isEqualTo(theirs.err());
    }

    @Test
    void only_paths_that_do_not_exist_end_with_status_1_and_no_snapshot() {
        var mine = ours.run("backup", "nope");
        var theirs = theirs("backup", "nope");

        assertThat(mine.status()).isEqualTo(theirs.status()).isEqualTo(1);
        assertThat(mine.err()).isEqualTo(theirs.err());
        assertThat(restic.ok("list", "snapshots").out()).isEmpty();
    }

    @Test
    void a_command_that_fails_leaves_no_snapshot() {
        var result = ours.run("backup", "--stdin-from-command", "--", "sh", "-c", "echo some; exit 7");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).contains("Fatal: unable to save snapshot").contains("exit status 7");
        assertThat(restic.ok("list", "snapshots").out()).isEmpty();
        assertThat(restic.ok("list", "locks").out()).isEmpty();
    }

    @Test
    void a_commands_output_becomes_a_file_restic_restores() {
        var result = ours.ok(
                "backup",
                "--stdin-from-command",
                "--stdin-filename",
                "db/dump",
                "--",
                "sh",
                "-c",
                "echo x >&2; echo dump");

        assertThat(result.err()).isEqualTo("subprocess sh: x\n");
        assertThat(restic.ok("dump", "latest", "/db/dump").out()).isEqualTo("dump\n");
        assertThat(restic.ok("check", "--read-data").status()).isZero();
    }

    @Test
    void an_unchanged_tree_makes_no_snapshot_when_asked() {
        theirSummary("tree");

        String summary = ourSummary("--skip-if-unchanged", "tree");

        assertThat(summary).doesNotContain("snapshot_id");
        assertThat(restic.ok("list", "snapshots").out().lines()).hasSize(1);
    }

    @Test
    void the_parent_is_the_newest_snapshot_of_the_group() {
        String other = theirSummary("--host", "other", "tree");
        String wanted = theirSummary("--time", "2020-01-01 10:00:00", "tree");
        theirSummary("--time", "2021-01-01 10:00:00", "tree/docs");

        String mine = ourSummary("--time", "2020-06-01 10:00:00", "tree");

        String snapshot =
                restic.ok("cat", "snapshot", value(mine, "snapshot_id")).out();
        assertThat(snapshot)
                .contains(value(wanted, "snapshot_id"))
                .doesNotContain(value(other, "snapshot_id"))
                .contains("\"time\": \"2020-06-01T10:00:00Z\"");
    }

    @Test
    void lists_of_files_add_up() throws IOException {
        Path globs = Files.writeString(home.resolve("globs"), "# all\ntree/d*\n tree/none*\n");
        Path raw = home.resolve("raw");
        Files.write(raw, "tree/b.tmp\0".getBytes(StandardCharsets.UTF_8));
        String[] flags = {"--files-from", globs.toString(), "--files-from-raw", raw.toString(), "tree/large"};

        String theirs = theirSummary(flags);
        String mine = ourSummary(flags);

        assertThat(counters(mine)).contains("files_unmodified=4", "tree_blobs=0");
        assertThat(treeOf(mine)).isEqualTo(treeOf(theirs));
    }

    @Test
    void ignoring_the_change_time_keeps_content_unread() throws IOException {
        theirSummary("tree");
        Path file = tree.resolve("large");
        FileTime time = Files.getLastModifiedTime(file);
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        Files.setLastModifiedTime(file, time);

        assertThat(counters(ourSummary("--ignore-ctime", "--dry-run", "tree")))
                .isEqualTo(counters(theirSummary("--ignore-ctime", "tree")));
    }
}
