package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.RawName;
import dev.reprise.sources.files.FileMeta;
import dev.reprise.sources.files.FileTarget;
import dev.reprise.sources.files.FileTree;
import dev.reprise.testkit.restic.StockRestic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Verbs that read, run on one repository by restic 0.19 and by Reprise: same output, same complaints, same status.
///
/// The repository has every type of node, names in no encoding, access control lists, hard links, empty directories,
/// several hosts, tags and sets of paths.
class ReadingVerbsTest {
    private static final String PASSWORD = "reading";
    private static final String ZONE = "Europe/Berlin";

    @TempDir
    private static Path home;

    private static Path tree;
    private static StockRestic stock;
    private static RepriseRestic ours;
    private static List<String> snapshots;
    private static SequencedMap<String, String> values;

    @BeforeAll
    static void fill() throws IOException {
        tree = home.resolve("source/tree");
        Files.createDirectories(tree);
        NastyTree.write(tree, 1);
        giveAccessControlList();
        CheapRepository.create(home.resolve("repository"), PASSWORD);
        stock = StockRestic.of("0.19", home.resolve("repository"), PASSWORD).with(Map.of("TZ", ZONE));
        ours = RepriseRestic.of(home.resolve("repository"), PASSWORD).inZone(ZONE);
        Path inside = home.resolve("source");
        stock.ok(inside, "backup", "--time", "2024-01-15 10:00:00", "--host", "one", "--tag", "a,b", "tree");
        NastyTree.change(tree, 2);
        stock.ok(inside, "backup", "--time", "2024-07-15 10:00:00", "--host", "one", "--tag", "b", "tree");
        stock.ok(inside, "backup", "--time", "2024-08-01 00:00:00", "--host", "two", "tree/dir", "tree/small.txt");
        ours.ok("snapshots"); // does not count as a snapshot and leaves no trace
        snapshots = stock.ok("list", "snapshots").out().lines().toList();
        snapshots = Stream.of("2024-01-15", "2024-07-15", "2024-08-01")
                .map(ReadingVerbsTest::snapshotOf)
                .toList();
        values = values();
    }

    private static String snapshotOf(String day) {
        return snapshots.stream()
                .filter(id -> stock.ok("cat", "snapshot", id).out().contains("\"time\": \"" + day))
                .findFirst()
                .orElseThrow();
    }

    /// `user:1234:rw-` beside the owner.
    private static void giveAccessControlList() throws IOException {
        byte[] list = {
            2,
            0,
            0,
            0, //
            1,
            0,
            6,
            0,
            -1,
            -1,
            -1,
            -1, //
            2,
            0,
            6,
            0,
            (byte) 0xd2,
            4,
            0,
            0, //
            4,
            0,
            4,
            0,
            -1,
            -1,
            -1,
            -1, //
            16,
            0,
            6,
            0,
            -1,
            -1,
            -1,
            -1, //
            32,
            0,
            4,
            0,
            -1,
            -1,
            -1,
            -1
        };
        try (FileTarget target = FileTarget.open(tree)) {
            var name = List.of(RawName.of("text.txt"));
            var meta = new FileMeta(0100664, 0, 0, 0, 0, 0, 1, 0, 1_700_000_000L, 5, 1_700_000_000L, 5, 0, 0);
            var attribute = new FileTree.Xattr(RawName.of("system.posix_acl_access"), list);
            if (NastyTree.ROOT) {
                assertThat(target.metadata(name, meta, List.of(attribute))).isEmpty();
            }
        }
    }

    static Stream<String> lines() {
        return Stream.of(
                "snapshots --json",
                "snapshots",
                "snapshots -c",
                "snapshots --json --latest 1",
                "snapshots --json --last",
                "snapshots --latest 1 --group-by host,paths,tags --host two",
                "snapshots --json --group-by host --host one",
                "snapshots --json --group-by tags,paths --tag a,b",
                "snapshots --json --host one --tag b",
                "snapshots --json --tag ",
                "snapshots --json --tag a --tag ",
                "snapshots --json --path TREE/dir",
                "snapshots --json FIRST latest",
                "snapshots --json no-such FIRST",
                "snapshots --json no-such",
                "snapshots --json --host nobody",
                "snapshots --host nobody",
                "snapshots --json FIRST:dir SECOND latest:dir",
                "snapshots --json FIRST --host two",
                "snapshots --group-by colour",
                "ls --json FIRST",
                "ls --json latest --host one",
                "ls -l SECOND",
                "ls SECOND",
                "ls -q SECOND",
                "ls -l --human-readable THIRD",
                "ls SECOND /tree/dir",
                "ls SECOND /tree/dir/",
                "ls --recursive SECOND /tree/dir /tree/small.txt",
                "ls --json --recursive SECOND /tree/dir",
                "ls --json SECOND:tree/dir",
                "ls SECOND /",
                "ls SECOND /no/such",
                "ls -l --sort size SECOND",
                "ls -l --sort time --reverse SECOND",
                "ls --json --sort extension SECOND",
                "ls -l --sort mtime --reverse SECOND /tree/dir",
                "ls --reverse SECOND",
                "ls --ncdu FIRST",
                "ls --ncdu SECOND /tree/dir",
                "ls --ncdu --recursive SECOND /tree/dir",
                "ls --ncdu --json FIRST",
                "ls --ncdu --sort size FIRST",
                "ls --sort colour FIRST",
                "ls",
                "ls FIRST relative",
                "ls no-such",
                "ls FIRST:no/such",
                "ls FIRST:tree/small.txt",
                "ls latest --host nobody",
                "find --json file-1*",
                "find file-1*",
                "find -l --human-readable t*xt*",
                "find --json small.txt dir/*7 **/empty",
                "find -i --json SMALL.TXT",
                "find -R --json small.txt",
                "find --json -s FIRST *",
                "find --json --host two --newest 2023-11-14 *",
                "find --json -s SECOND --oldest DATE *",
                "find --json no-such-file",
                "find no-such-file",
                "find --json -s no-such small.txt",
                "find --json --tree ROOT",
                "find --tree ROOT",
                "find --json --blob BLOB",
                "find --blob --show-pack-id BLOB",
                "find --json --blob SHORTBLOB",
                "find --json --pack PACK",
                "find --blob --tree x",
                "find --oldest yesterday x",
                "find --oldest 2024-01-02 --newest 2024-01-01 x",
                "find",
                "find --pack abc",
                "find [x",
                "diff --json FIRST SECOND",
                "diff FIRST SECOND",
                "diff --json --metadata SECOND FIRST",
                "diff --metadata FIRST SECOND",
                "diff -q FIRST SECOND",
                "diff --json SECOND THIRD",
                "diff --json SECOND:tree/dir THIRD:tree/dir",
                "diff --json FIRST FIRST",
                "diff FIRST",
                "diff FIRST latest",
                "stats --json",
                "stats",
                "stats --json --mode files-by-contents",
                "stats --json --mode blobs-per-file",
                "stats --json --mode raw-data",
                "stats --mode raw-data",
                "stats --mode blobs-per-file latest",
                "stats --json no-such",
                "stats --json FIRST SECOND",
                "stats --json --host two",
                "stats --mode guess",
                "cat config",
                "cat masterkey",
                "cat snapshot FIRST",
                "cat snapshot latest",
                "cat snapshot no-such",
                "cat key KEY",
                "cat index INDEX",
                "cat blob ROOT",
                "cat blob NOBLOB",
                "cat blob abc",
                "cat tree THIRD:tree",
                "cat tree FIRST",
                "cat pack PACK",
                "cat",
                "cat blob",
                "cat dog FIRST",
                "dump SECOND /tree/small.txt",
                "dump SECOND:tree many-chunks.bin",
                "dump latest tree/empty.txt --host one",
                "dump SECOND /no/such",
                "dump SECOND /tree/dangling",
                "dump SECOND /tree/small.txt/x",
                "dump no-such /tree",
                "dump SECOND",
                "dump -a rar SECOND /tree");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lines")
    void does_what_restic_does(String line) {
        String[] arguments = line.split(" ", -1);
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = filledIn(arguments[i]);
        }

        StockRestic.Result theirs = stock.run(withoutLock(arguments));
        RepriseRestic.Result result = ours.run(withoutLock(arguments));

        assertThat(result.out()).as("stdout, stderr is " + result.err()).isEqualTo(withoutProgress(theirs.out()));
        assertThat(result.status()).as(result.err() + theirs.err()).isEqualTo(theirs.status());
        assertThat(ignored(result.err())).isEqualTo(ignored(theirs.err()));
        assertThat(result.err().isEmpty())
                .as(result.err() + theirs.err())
                .isEqualTo(theirs.err().isEmpty());
    }

    /// restic leaves the last state of its progress among the results of `stats`.
    private static String withoutProgress(String out) {
        return out.replaceAll("(?m)^\\[\\d+:\\d\\d\\] .*\\n", "");
    }

    /// Taking a lock means waiting to see those of others.
    private static String[] withoutLock(String... arguments) {
        return Stream.concat(Stream.of("--no-lock"), Stream.of(arguments)).toArray(String[]::new);
    }

    private static List<String> ignored(String err) {
        return err.lines().filter(line -> line.startsWith("Ignoring ")).toList();
    }

    private static String filledIn(String word) {
        String filled = word;
        for (Map.Entry<String, String> value : values.entrySet()) {
            filled = filled.replace(value.getKey(), value.getValue());
        }
        return filled;
    }

    /// What stands for what in a line, in the order in which it is replaced.
    private static SequencedMap<String, String> values() {
        String root = stock.ok("cat", "snapshot", snapshots.get(1))
                .out()
                .replaceAll("(?s).*\"tree\": \"([0-9a-f]{64})\".*", "$1");
        String blob = stock.ok("cat", "tree", snapshots.get(0) + ":tree")
                .out()
                .replaceAll("(?s).*\"name\":\"text.txt\".*?\"content\":\\[\"([0-9a-f]{64})\".*", "$1");
        var found = new LinkedHashMap<String, String>();
        found.put("FIRST", snapshots.get(0).substring(0, 10));
        found.put("SECOND", snapshots.get(1));
        found.put("THIRD", snapshots.get(2));
        found.put("TREE", tree.toString());
        found.put("DATE", "2023-11-14 23:20:00");
        found.put("ROOT", root);
        found.put("NOBLOB", "0".repeat(64));
        found.put("SHORTBLOB", blob.substring(0, 8));
        found.put("BLOB", blob);
        found.put("PACK", only("packs"));
        found.put("KEY", only("keys"));
        found.put("INDEX", only("index"));
        return found;
    }

    /// The first of its kind.
    private static String only(String kind) {
        return stock.ok("list", kind).out().lines().sorted().findFirst().orElseThrow();
    }

    @ParameterizedTest(name = "list {0}")
    @ValueSource(strings = {"blobs", "packs", "index", "snapshots", "keys", "locks"})
    void lists_the_same_objects(String kind) {
        assertThat(ours.ok("list", kind).out().lines().sorted().toList())
                .isEqualTo(stock.ok("list", kind).out().lines().sorted().toList());
    }

    @Test
    void packs_of_a_snapshot_are_those_it_needs() throws IOException {
        List<String> all = ours.ok("list", "packs").out().lines().toList();
        List<String> needed =
                ours.ok("list", "packs", snapshots.get(0)).out().lines().toList();

        assertThat(needed).isNotEmpty().isSorted().hasSizeLessThan(all.size());
        Path copy = home.resolve("only-needed");
        copyWithout(copy, all.stream().filter(pack -> !needed.contains(pack)).toList());
        StockRestic.of("0.19", copy, PASSWORD)
                .ok("restore", snapshots.get(0), "--target", home.resolve("r").toString());
    }

    private static void copyWithout(Path copy, List<String> packs) throws IOException {
        Path from = home.resolve("repository");
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                if (!packs.contains(file.getFileName().toString())) {
                    Files.copy(file, copy.resolve(from.relativize(file)));
                }
            }
        }
    }

    @Test
    void groups_are_the_same_in_any_order() {
        String line = "snapshots --json --group-by host,tags";

        assertThat(groups(ours.ok(line.split(" ", -1)).out()))
                .hasSize(3)
                .containsExactlyInAnyOrderElementsOf(
                        groups(stock.ok(line.split(" ", -1)).out()));
    }

    private static List<String> groups(String array) {
        String inner = array.strip().substring(1, array.strip().length() - 1);
        return Stream.of(inner.split("(?=\\{\"group_key\")", -1))
                .map(group -> group.replaceFirst(",$", ""))
                .toList();
    }

    @Test
    void a_tar_of_the_snapshot_unpacks_to_what_was_saved() throws IOException, InterruptedException {
        Path archive = home.resolve("all.tar");
        ours.ok("dump", snapshots.get(1) + ":tree", "/", "--target", archive.toString());
        Path unpacked = home.resolve("unpacked");

        unpack(archive, unpacked);

        Map<String, String> expected = FolderListing.of(tree);
        assertThat(FolderListing.of(unpacked)).isEqualTo(expected);
    }

    @Test
    void a_tar_holds_what_the_one_of_restic_holds() throws IOException, InterruptedException {
        Path archive = home.resolve("theirs.tar");
        stock.ok("dump", snapshots.get(1), "/tree/dir", "--target", archive.toString());
        Files.write(
                home.resolve("mine.tar"),
                ours.ok("dump", snapshots.get(1), "/tree/dir").bytes());

        unpack(archive, home.resolve("theirs"));
        unpack(home.resolve("mine.tar"), home.resolve("mine"));

        assertThat(rough(home.resolve("mine"))).isEqualTo(rough(home.resolve("theirs")));
    }

    /// Without hard links, which restic's archives lose, and times, which they round.
    private static List<String> rough(Path folder) throws IOException {
        return FolderListing.of(folder).entrySet().stream()
                .map(entry -> entry.getKey() + " "
                        + entry.getValue()
                                .replaceAll(" -?\\d+\\.\\d{9}", "")
                                .replaceAll(" links \\d+( same as \\S+)?", ""))
                .toList();
    }

    private static void unpack(Path archive, Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        var tar = new ProcessBuilder(
                "tar", "-xpf", archive.toString(), "-C", folder.toString(), "--xattrs", "--xattrs-include=*");
        assertThat(tar.inheritIO().start().waitFor()).isZero();
    }

    @Test
    void a_zip_holds_the_files_of_restics() throws IOException, InterruptedException {
        Path mine = home.resolve("mine.zip");
        Path theirs = home.resolve("theirs.zip");
        ours.ok("dump", "-a", "zip", snapshots.get(1), "/tree/dir", "-t", mine.toString());
        stock.ok("dump", "-a", "zip", snapshots.get(1), "/tree/dir", "-t", theirs.toString());

        assertThat(zipped(mine)).hasSizeGreaterThan(40).isEqualTo(zipped(theirs));
    }

    /// Name, mode and content of each entry as another program reads them.
    private static List<String> zipped(Path archive) throws IOException, InterruptedException {
        var script = "import zipfile,sys,hashlib\nz=zipfile.ZipFile(sys.argv[1])\n"
                + "for i in z.infolist(): print(i.filename, oct(i.external_attr>>16),"
                + " hashlib.sha256(z.read(i)).hexdigest())";
        var python = new ProcessBuilder("python3", "-c", script, archive.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String out = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(python.waitFor()).isZero();
        return out.lines().toList();
    }
}
