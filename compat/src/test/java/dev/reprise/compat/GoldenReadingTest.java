package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Verbs that read print, byte for byte, what restic 0.19 printed for the same repository.
class GoldenReadingTest {
    private static final String PASSWORD = "holdfast-fixture";
    private static final String FIRST = "b114e0195811c6e2a94c32ed5e1fb05942dd8fc701ab10a637812f63ed1d9354";
    private static final String THIRD = "11bd662454508ee7c750fd44f806fb8b3622bdb34fbb24adfa6c5d738c158ee0";
    private static final String DUMP = "336e11b7980cb7f2feb9632b21294ca069143e417bf49fa2f7b8c0a931eabd8e";
    private static final String ROOT_OF_THIRD = "58c16eb557eba1d6375aeb253c69d7abf9431cb68f685bb03f20b07a55da7b6b";
    private static final String INDEX = "9802adbde8babe846e74bd487b1469683edb5dcd8f9d5f5344e5e7de71ade9d3";
    private static final String KEY = "ffb5906cebf468f26e9f35708513a1327327e9257910e53cb92d23d764c803a5";
    private static final String PACK = "0cbf7314a427bec6128ebc0b85aa4bf37d6d7cd55f39d1ba8dfe761de3225b8e";

    @TempDir
    private static Path home;

    /// On the repository as restic made it.
    private static RepriseRestic restic;

    /// On a copy that opens faster, where nothing is said of keys.
    private static RepriseRestic quick;

    /// @param arguments separated by spaces
    record Golden(String file, String arguments) {
        @Override
        public String toString() {
            return arguments;
        }
    }

    @BeforeAll
    static void unpack() throws IOException, InterruptedException {
        restic = RepriseRestic.of(unpackInto("as-it-is"), PASSWORD).inZone("UTC");
        Path other = unpackInto("with-a-cheap-key");
        CheapRepository.cheapen(other, PASSWORD);
        quick = RepriseRestic.of(other, PASSWORD).inZone("UTC");
    }

    private static Path unpackInto(String name) throws IOException, InterruptedException {
        Path archive = fixtures().resolve("restic-v2-0.19.tar.gz");
        Path folder = Files.createDirectory(home.resolve(name));
        var tar = new ProcessBuilder("tar", "-xzf", archive.toString(), "-C", folder.toString()).inheritIO();
        assertThat(tar.start().waitFor()).isZero();
        return folder.resolve("restic-v2-0.19");
    }

    private static Path fixtures() {
        return Path.of(System.getProperty("reprise.root", "..")).resolve("fixtures/restic");
    }

    private static byte[] golden(String file) throws IOException {
        return Files.readAllBytes(fixtures().resolve("restic-v2-0.19.golden").resolve(file));
    }

    static Stream<Golden> goldens() {
        return Stream.of(
                new Golden("snapshots.json", "snapshots --json"),
                new Golden("snapshots.txt", "snapshots"),
                new Golden("ls-first.jsonl", "ls --json " + FIRST),
                new Golden("ls-third.jsonl", "ls --json " + THIRD),
                new Golden("ls-first.txt", "ls -l " + FIRST),
                new Golden("stats-restore-size.json", "stats --json --mode restore-size"),
                new Golden("stats-files-by-contents.json", "stats --json --mode files-by-contents"),
                new Golden("stats-blobs-per-file.json", "stats --json --mode blobs-per-file"),
                new Golden("stats-raw-data.json", "stats --json --mode raw-data"),
                new Golden("diff-first-third.jsonl", "diff --json --metadata " + FIRST + " " + THIRD),
                new Golden("diff-first-third.txt", "diff --metadata " + FIRST + " " + THIRD),
                new Golden("find.json", "find --json small*"),
                new Golden("find-tree.json", "find --json --tree " + ROOT_OF_THIRD),
                new Golden("cat-config.json", "cat config"),
                new Golden("cat-masterkey.json", "cat masterkey"),
                new Golden("cat-key.json", "cat key " + KEY),
                new Golden("cat-snapshot-third.json", "cat snapshot " + THIRD),
                new Golden("cat-index.json", "cat index " + INDEX),
                new Golden("cat-tree-dump-db.json", "cat tree " + DUMP + ":db"),
                new Golden("cat-blob-root-tree-third.json", "cat blob " + ROOT_OF_THIRD),
                new Golden("list-packs.txt", "list packs"),
                new Golden("list-index.txt", "list index"),
                new Golden("list-snapshots.txt", "list snapshots"),
                new Golden("list-keys.txt", "list keys"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("goldens")
    void prints_what_restic_printed(Golden golden) throws IOException {
        RepriseRestic program = golden.arguments().contains("key") ? restic : quick;
        RepriseRestic.Result result = program.ok(("--no-lock " + golden.arguments()).split(" ", -1));

        assertThat(HexFormat.of().formatHex(result.bytes()))
                .as(result.out())
                .isEqualTo(HexFormat.of().formatHex(golden(golden.file())));
        assertThat(result.err()).isEmpty();
    }

    @Test
    void groups_hold_the_same_snapshots_in_any_order() throws IOException {
        String ours = quick.ok("--no-lock", "snapshots", "--json", "--group-by", "tags")
                .out()
                .strip();
        String theirs = new String(golden("snapshots-by-tags.json"), StandardCharsets.UTF_8).strip();

        assertThat(groups(ours)).hasSize(3).containsExactlyInAnyOrderElementsOf(groups(theirs));
    }

    private static List<String> groups(String array) {
        return List.of(array.substring(1, array.length() - 1).split("(?=\\{\"group_key\")", -1)).stream()
                .map(group -> group.replaceFirst(",$", ""))
                .toList();
    }

    @Test
    void lists_every_blob_of_the_index() throws IOException {
        String ours = quick.ok("--no-lock", "list", "blobs").out();

        assertThat(ours.lines().sorted().toList())
                .isEqualTo(new String(golden("list-blobs.txt"), StandardCharsets.UTF_8)
                        .lines()
                        .toList());
    }

    @Test
    void a_pack_comes_out_as_it_is_stored() throws IOException {
        byte[] stored =
                Files.readAllBytes(restic.repository().resolve("data/0c").resolve(PACK));

        assertThat(restic.ok("--no-lock", "cat", "pack", PACK).bytes()).isEqualTo(stored);
    }
}
