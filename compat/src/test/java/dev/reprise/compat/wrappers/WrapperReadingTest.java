package dev.reprise.compat.wrappers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.compat.CheapRepository;
import dev.reprise.compat.campaign.Participant;
import dev.reprise.compat.campaign.Participant.Result;
import dev.reprise.compat.campaign.Participant.Run;
import dev.reprise.compat.campaign.RepriseParticipant;
import dev.reprise.compat.campaign.StockParticipant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What docs/reference/restic-wrappers.md says resticprofile, autorestic and backrest read: both programs get the same
/// command lines, and what they print is taken apart as the wrappers do.
class WrapperReadingTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String PASSWORD = "read by wrappers";
    /// backrest takes any other line for an error.
    private static final Set<String> MESSAGES = Set.of("summary", "status", "verbose_status", "error");

    private static final String[] SUMMARY = {
        "files_new",
        "files_changed",
        "files_unmodified",
        "dirs_new",
        "dirs_changed",
        "dirs_unmodified",
        "data_blobs",
        "tree_blobs",
        "data_added",
        "data_added_packed",
        "total_files_processed",
        "total_bytes_processed"
    };
    private static final String[] SNAPSHOT = {"id", "time", "tree", "paths", "hostname", "username", "tags", "parent"};

    @TempDir
    private Path home;

    private Path files;
    private final Participant restic = new StockParticipant("0.19");
    private final Participant reprise = new RepriseParticipant();

    /// What the two of them printed.
    private record Both(Result theirs, Result ours) {
        /// @return the lines of each that are a message of this type
        List<JsonNode> messages(boolean mine, String type) {
            return lines(mine).stream()
                    .filter(line -> line.path("message_type").asString().equals(type))
                    .toList();
        }

        List<JsonNode> lines(boolean mine) {
            return (mine ? ours : theirs).out().lines().map(JSON::readTree).toList();
        }
    }

    @BeforeEach
    void fill() throws IOException {
        files = Files.createDirectories(home.resolve("files"));
        Files.createDirectories(files.resolve("sub"));
        Files.writeString(files.resolve("a"), "content of a");
        Files.writeString(files.resolve("sub/b"), "content of b".repeat(1000));
        CheapRepository.create(home.resolve("theirs"), PASSWORD);
        CheapRepository.create(home.resolve("ours"), PASSWORD);
    }

    private Both both(int status, String... line) {
        return both(status, Map.of(), line);
    }

    private Both both(int status, Map<String, String> more, String... line) {
        Result theirs = run(restic, "theirs", more, line);
        Result ours = run(reprise, "ours", more, line);
        assertThat(theirs.status()).as("%s: %s", List.of(line), theirs).isEqualTo(status);
        assertThat(ours.status()).as("%s: %s", List.of(line), ours).isEqualTo(status);
        return new Both(theirs, ours);
    }

    private Result run(Participant program, String whose, Map<String, String> more, String... line) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "RESTIC_REPOSITORY",
                home.resolve(whose).toString(),
                "RESTIC_PASSWORD",
                PASSWORD,
                "RESTIC_PROGRESS_FPS",
                "2",
                "TZ",
                "UTC"));
        environment.putAll(more);
        List<String> words = Stream.of(line)
                .map(word -> word.equals("TARGET")
                        ? home.resolve("restored-" + whose).toString()
                        : word)
                .toList();
        return program.run(new Run(files, environment, words));
    }

    /// Each member is there, and of the same JSON type, in both.
    private static void assertMembers(JsonNode theirs, JsonNode ours, String... names) {
        for (String name : names) {
            assertThat(theirs.has(name)).as("%s of restic in %s", name, theirs).isTrue();
            assertThat(ours.has(name)).as("%s in %s", name, ours).isTrue();
            assertThat(ours.get(name).getNodeType())
                    .as("%s in %s", name, ours)
                    .isEqualTo(theirs.get(name).getNodeType());
        }
    }

    private static void assertSame(JsonNode theirs, JsonNode ours, String... names) {
        assertMembers(theirs, ours, names);
        for (String name : names) {
            assertThat(ours.get(name)).as(name).isEqualTo(theirs.get(name));
        }
    }

    private Both backup(String... more) {
        List<String> line = new ArrayList<>(List.of("backup", "--json"));
        line.addAll(List.of("--exclude-caches", "--tag", "plan:p", "--tag", "created-by:host", files.toString()));
        line.addAll(List.of(more));
        return both(0, line.toArray(String[]::new));
    }

    @Test
    void the_summary_of_a_backup() {
        Both saved = backup("--compression", "off");

        for (boolean mine : new boolean[] {true, false}) {
            assertThat(saved.lines(mine))
                    .allSatisfy(line -> assertThat(MESSAGES)
                            .contains(line.path("message_type").asString()));
        }
        // resticprofile looks at these bytes before it reads the line.
        assertThat(saved.ours().out().lines())
                .anyMatch(line -> line.startsWith("{\"message_type\":\"summary\",") && line.endsWith("}"));
        JsonNode theirs = saved.messages(false, "summary").getLast();
        JsonNode ours = saved.messages(true, "summary").getLast();
        assertMembers(theirs, ours, SUMMARY);
        assertSame(theirs, ours, "files_new", "total_files_processed", "total_bytes_processed", "data_blobs");
        assertMembers(theirs, ours, "total_duration", "snapshot_id");
        assertThat(ours.get("snapshot_id").asString()).hasSize(64);
    }

    @Test
    void what_a_backup_says_of_each_file_and_of_errors() {
        Both told = backup("--dry-run", "-vv");
        JsonNode theirs = told.messages(false, "verbose_status").getFirst();
        JsonNode ours = told.messages(true, "verbose_status").getFirst();
        assertMembers(theirs, ours, "action", "item");

        Both failed = both(3, "backup", "--json", "a", "/proc/self/mem"); // opens, and cannot be read
        assertMessages(failed, "error", "error", "during", "item");

        Both refused = both(12, Map.of("RESTIC_PASSWORD", "another"), "backup", "--json", "a");
        JsonNode said = lastLine(refused.theirs());
        assertMembers(said, lastLine(refused.ours()), "message_type", "code", "message");
        assertThat(lastLine(refused.ours()).get("message_type")).isEqualTo(said.get("message_type"));
    }

    private static JsonNode lastLine(Result result) {
        return JSON.readTree((result.out() + result.err()).lines().toList().getLast());
    }

    /// backrest hears standard output and standard error together.
    private static void assertMessages(Both both, String type, String... members) {
        assertMembers(message(both.theirs(), type), message(both.ours(), type), members);
    }

    private static JsonNode message(Result result, String type) {
        return (result.out() + result.err())
                .lines()
                .filter(line -> line.startsWith("{"))
                .map(JSON::readTree)
                .filter(line -> line.path("message_type").asString().equals(type))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + type + " in " + result));
    }

    @Test
    void snapshots_and_what_forget_keeps_and_removes() {
        backup();
        backup();
        Both listed = both(0, "snapshots", "--json", "--tag", "plan:p,created-by:host");
        JsonNode theirs = JSON.readTree(listed.theirs().out());
        JsonNode ours = JSON.readTree(listed.ours().out());
        assertThat(ours.size()).isEqualTo(2).isEqualTo(theirs.size());
        assertSnapshot(theirs.get(1), ours.get(1));

        Both forgotten = both(
                0, "forget", "--json", "--keep-last", "1", "--keep-yearly", "1", "--tag", "plan:p", "--group-by", "");
        JsonNode theirGroup = JSON.readTree(forgotten.theirs().out()).get(0);
        JsonNode ourGroup = JSON.readTree(forgotten.ours().out()).get(0);
        assertSnapshot(theirGroup.get("keep").get(0), ourGroup.get("keep").get(0));
        assertThat(ourGroup.get("remove").size())
                .isEqualTo(theirGroup.get("remove").size());
    }

    private static void assertSnapshot(JsonNode theirs, JsonNode ours) {
        assertMembers(theirs, ours, SNAPSHOT);
        assertMembers(theirs.get("summary"), ours.get("summary"), SUMMARY);
        assertMembers(theirs.get("summary"), ours.get("summary"), "backup_start", "backup_end");
        assertSame(theirs, ours, "paths", "username", "tags");
        assertThat(ours.get("id").asString()).hasSize(64);
    }

    @Test
    void the_listing_of_a_folder() {
        backup();
        Both listed = both(0, "ls", "--json", "--no-lock", "latest", files.toString());
        List<JsonNode> theirs = listed.lines(false);
        List<JsonNode> ours = listed.lines(true);

        assertMembers(
                theirs.getFirst(), ours.getFirst(), "id", "time", "tree", "paths", "hostname", "username", "tags");
        assertThat(ours).hasSameSizeAs(theirs);
        for (int i = 1; i < theirs.size(); i++) {
            assertSame(theirs.get(i), ours.get(i), "name", "type", "path", "uid", "gid", "mode", "mtime", "ctime");
            assertMembers(theirs.get(i), ours.get(i), "atime");
            if (theirs.get(i).has("size")) {
                assertSame(theirs.get(i), ours.get(i), "size");
            }
        }
    }

    @Test
    void the_summary_of_a_restore() {
        backup();
        Both restored = both(0, "restore", "--json", "latest:" + files, "--target", "TARGET");

        JsonNode theirs = restored.messages(false, "summary").getLast();
        JsonNode ours = restored.messages(true, "summary").getLast();
        assertMembers(theirs, ours, "total_files", "total_bytes");
        assertThat(ours.get("total_files").asInt()).isEqualTo(3);
        assertThat(ours.get("total_bytes").asLong()).isEqualTo(12_012);
    }

    @Test
    void figures_of_the_repository_and_its_config() {
        backup();
        Both counted = both(0, "stats", "--json", "--mode=raw-data");
        assertMembers(
                JSON.readTree(counted.theirs().out()),
                JSON.readTree(counted.ours().out()),
                "total_size",
                "total_uncompressed_size",
                "compression_ratio",
                "compression_progress",
                "compression_space_saving",
                "total_blob_count",
                "snapshots_count");

        Both config = both(0, "cat", "config");
        assertMembers(
                JSON.readTree(config.theirs().out()),
                JSON.readTree(config.ours().out()),
                "version",
                "id",
                "chunker_polynomial");

        Both again = both(1, "init", "--json");
        for (Result each : List.of(again.theirs(), again.ours())) {
            assertThat(each.out() + each.err()).containsAnyOf("config file already exists", "already initialized");
        }
        Both nowhere = both(10, Map.of("RESTIC_REPOSITORY", home.resolve("none").toString()), "cat", "config");
        assertThat(nowhere.ours().out()).isEmpty();
    }

    /// The patterns of autorestic and the forms that resticprofile scans.
    @Test
    void the_text_of_a_backup() {
        both(0, "backup", files.toString());
        Both saved = both(0, "backup", files.toString());

        for (Result each : List.of(saved.theirs(), saved.ours())) {
            for (String pattern : List.of(
                    "^using parent snapshot [0-9a-f]{8}$",
                    "^Files: +0 new, +0 changed, +2 unmodified$",
                    "^Dirs: +0 new, +\\d+ changed, +\\d+ unmodified$",
                    "^Added to the repository: [\\d.]+ (?:Ki|Mi|Gi)?B +\\([\\d.]+ +(?:Ki|Mi|Gi)?B +stored\\)$",
                    "^processed 2 files, 11\\.730 KiB in \\d+:\\d\\d$",
                    "^snapshot [0-9a-f]{8} saved$")) {
                assertThat(each.out().lines())
                        .as("%s in %s", pattern, each)
                        .anyMatch(Pattern.compile(pattern).asMatchPredicate());
            }
        }
    }
}
