package dev.reprise.operations.restore;

import static dev.reprise.operations.restore.SampleRepository.dir;
import static dev.reprise.operations.restore.SampleRepository.symlink;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.operations.restore.FilesRestoreRequest.Overwrite;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesRestoreTest {
    @TempDir
    Path temporary;

    private Path target;
    private SampleRepository sample;
    private final List<RestoreEvent> events = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void create() {
        sample = new SampleRepository();
        target = temporary.resolve("target");
    }

    @AfterEach
    void close() {
        sample.close();
    }

    private RestoreResult restore(FilesRestoreRequest request) {
        sample.finish();
        events.clear();
        return new FilesRestore(sample.repository, sample.index, events::add).run(request);
    }

    private RestoreResult restore(ObjectId tree) {
        return restore(Requests.into(target, tree));
    }

    private List<String> actions() {
        return events.stream()
                .filter(RestoreEvent.ItemDone.class::isInstance)
                .map(RestoreEvent.ItemDone.class::cast)
                .map(done -> done.action() + " " + done.path())
                .sorted()
                .toList();
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }

    private void write(String name, String content) throws IOException {
        Files.createDirectories(target.resolve(name).getParent());
        Files.writeString(target.resolve(name), content);
    }

    private List<String> found() throws IOException {
        try (Stream<Path> paths = Files.walk(target)) {
            return paths.skip(1)
                    .map(path -> target.relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }

    private ObjectId nested() {
        ObjectId inner = sample.tree(sample.file("deep.txt", "deep"), symlink("link", "deep.txt"));
        return sample.tree(dir("a", inner), sample.file("b.txt", "one", "two"), sample.file("empty"));
    }

    // Content and metadata

    @Test
    void files_folders_and_links_come_back_with_their_metadata() throws IOException {
        RestoreResult result = restore(nested());

        assertThat(result.failures()).isEmpty();
        assertThat(result).isEqualTo(new RestoreResult(5, 0, 0, 10, 0, 0, List.of()));
        assertThat(found()).containsExactly("a", "a/deep.txt", "a/link", "b.txt", "empty");
        assertThat(text(target.resolve("b.txt"))).isEqualTo("onetwo");
        assertThat(Files.readSymbolicLink(target.resolve("a/link"))).hasToString("deep.txt");
        assertThat(Files.getLastModifiedTime(target.resolve("a")).toInstant())
                .isEqualTo(Instant.ofEpochSecond(SampleRepository.MTIME, 123_456_789));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target.resolve("b.txt"))))
                .isEqualTo("rw-r-----");
    }

    @Test
    void the_plan_is_told_before_anything_is_written() {
        restore(nested());

        assertThat(events.getFirst()).isEqualTo(new RestoreEvent.Planned(5, 3, 10, 1));
    }

    @Test
    void a_blob_used_many_times_is_written_to_every_place() throws IOException {
        ObjectId tree = sample.tree(
                sample.file("1", "same", "other", "same"), sample.file("2", "same"), sample.file("3", "same", "same"));

        restore(tree);

        assertThat(text(target.resolve("1"))).isEqualTo("sameothersame");
        assertThat(text(target.resolve("2"))).isEqualTo("same");
        assertThat(text(target.resolve("3"))).isEqualTo("samesame");
    }

    @Test
    void one_tree_in_two_places_is_restored_twice() throws IOException {
        ObjectId inner = sample.tree(sample.file("f", "content"));

        restore(sample.tree(dir("x", inner), dir("y", inner)));

        assertThat(found()).containsExactly("x", "x/f", "y", "y/f");
    }

    @Test
    void content_longer_than_the_recorded_size_is_written_in_full() throws IOException {
        Node file = SampleRepository.file("f", 3, List.of(sample.data("12345")));

        assertThat(restore(sample.tree(file)).failures()).isEmpty();

        assertThat(text(target.resolve("f"))).isEqualTo("12345");
    }

    @Test
    void content_shorter_than_the_recorded_size_is_followed_by_zeros() throws IOException {
        Node file = SampleRepository.file("f", 8, List.of(sample.data("12345")));

        assertThat(restore(sample.tree(file)).failures()).isEmpty();

        assertThat(text(target.resolve("f"))).isEqualTo("12345\0\0\0");
    }

    @Test
    void names_of_one_inode_become_one_file() throws IOException {
        ObjectId content = sample.data("shared");
        ObjectId tree = sample.tree(
                linked("a", 6, content), linked("b", 6, content), dir("c", sample.tree(linked("d", 6, content))));

        RestoreResult result = restore(tree);

        assertThat(result.failures()).isEmpty();
        assertThat(result.items()).isEqualTo(4);
        assertThat(Files.getAttribute(target.resolve("a"), "unix:nlink")).isEqualTo(3);
        assertThat(Files.isSameFile(target.resolve("a"), target.resolve("c/d"))).isTrue();
        assertThat(restore(tree).items()).isEqualTo(4);
        assertThat(actions()).containsExactly("restored /b", "restored /c", "restored /c/d", "unchanged /a");
    }

    private static Node linked(String name, long size, ObjectId content) {
        return new SampleRepository.Sample(RawName.of(name), NodeType.FILE)
                .content(size, List.of(content))
                .links(77, 3)
                .node();
    }

    @Test
    void names_of_one_inode_with_different_content_stay_two_files() throws IOException {
        ObjectId tree = sample.tree(linked("a", 3, sample.data("old")), linked("b", 3, sample.data("new")));

        restore(tree);

        assertThat(text(target.resolve("a"))).isEqualTo("old");
        assertThat(text(target.resolve("b"))).isEqualTo("new");
    }

    @Test
    void sparse_leaves_holes_and_the_same_content() throws IOException {
        byte[] zeros = new byte[1 << 20];
        byte[] island = new byte[1 << 20];
        island[500_000] = 7;
        ObjectId zero = sample.data(zeros);
        Node file = SampleRepository.file("f", 3 << 20, List.of(zero, sample.data(island), zero));
        ObjectId tree = sample.tree(file);

        RestoreResult result = restore(Requests.sparse(Requests.verifying(Requests.into(target, tree))));

        assertThat(result.failures()).isEmpty();
        assertThat(result.verified()).isEqualTo(1);
        byte[] content = Files.readAllBytes(target.resolve("f"));
        assertThat(content).hasSize(3 << 20);
        assertThat(content[(1 << 20) + 500_000]).isEqualTo((byte) 7);
        var process = new ProcessBuilder("stat", "-c", "%b", target.resolve("f").toString()).start();
        String blocks = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        assertThat(Long.parseLong(blocks)).as("512-byte blocks").isBetween(1L, 64L);
    }

    // What is already there

    @Test
    void always_writes_only_what_differs() throws IOException {
        ObjectId tree = sample.tree(sample.file("b.txt", "one", "two", "three"));
        write("b.txt", "oneTWOthree and more");
        Object inode = Files.getAttribute(target.resolve("b.txt"), "unix:ino");

        RestoreResult result = restore(tree);

        assertThat(result.failures()).isEmpty();
        assertThat(text(target.resolve("b.txt"))).isEqualTo("onetwothree");
        assertThat(Files.getAttribute(target.resolve("b.txt"), "unix:ino")).isEqualTo(inode);
        assertThat(actions()).containsExactly("updated /b.txt");
    }

    @Test
    void a_file_that_is_right_is_not_opened_for_writing() throws IOException {
        ObjectId tree = nested();
        restore(tree);
        Object changed = Files.getAttribute(target.resolve("b.txt"), "lastModifiedTime");

        RestoreResult result = restore(tree);

        assertThat(result.items()).isEqualTo(5);
        assertThat(result.bytes()).isEqualTo(10);
        assertThat(actions()).contains("unchanged /b.txt", "unchanged /a/deep.txt", "unchanged /empty");
        assertThat(Files.getAttribute(target.resolve("b.txt"), "lastModifiedTime"))
                .isEqualTo(changed);
        assertThat(events).contains(new RestoreEvent.Planned(5, 3, 10, 0));
    }

    @Test
    void a_longer_file_is_cut_to_its_size() throws IOException {
        ObjectId tree = sample.tree(sample.file("f", "12345"), sample.file("empty"));
        write("f", "12345678");
        write("empty", "no longer");

        restore(tree);

        assertThat(text(target.resolve("f"))).isEqualTo("12345");
        assertThat(target.resolve("empty")).isEmptyFile();
    }

    @Test
    void another_name_of_a_file_outside_the_snapshot_keeps_its_content() throws IOException {
        ObjectId tree = sample.tree(sample.file("f", "restored"));
        write("f", "outside");
        Path other = temporary.resolve("other");
        Files.createLink(other, target.resolve("f"));

        restore(tree);

        assertThat(text(target.resolve("f"))).isEqualTo("restored");
        assertThat(text(other)).isEqualTo("outside");
    }

    @Test
    void never_leaves_what_is_there_and_restores_the_rest() throws IOException {
        ObjectId tree = nested();
        write("b.txt", "mine");
        write("a/link", "also mine");

        RestoreResult result = restore(Requests.overwriting(Requests.into(target, tree), Overwrite.NEVER));

        assertThat(result.failures()).isEmpty();
        assertThat(result.skipped()).isEqualTo(2);
        assertThat(text(target.resolve("b.txt"))).isEqualTo("mine");
        assertThat(text(target.resolve("a/link"))).isEqualTo("also mine");
        assertThat(text(target.resolve("a/deep.txt"))).isEqualTo("deep");
    }

    @Test
    void if_newer_overwrites_only_older_files() throws IOException {
        ObjectId tree = sample.tree(sample.file("old", "snapshot"), sample.file("new", "snapshot"));
        write("old", "disk");
        write("new", "disk");
        Files.setLastModifiedTime(target.resolve("old"), FileTime.from(Instant.ofEpochSecond(SampleRepository.MTIME)));

        RestoreResult result = restore(Requests.overwriting(Requests.into(target, tree), Overwrite.IF_NEWER));

        assertThat(text(target.resolve("old"))).isEqualTo("snapshot");
        assertThat(text(target.resolve("new"))).isEqualTo("disk");
        assertThat(result.skipped()).isEqualTo(1);
    }

    @Test
    void if_changed_trusts_size_and_time() throws IOException {
        ObjectId tree = sample.tree(sample.file("f", "12345"), sample.file("g", "12345"));
        write("f", "other");
        write("g", "other");
        Instant mtime = Instant.ofEpochSecond(SampleRepository.MTIME, 123_456_789);
        Files.setLastModifiedTime(target.resolve("f"), FileTime.from(mtime));

        restore(Requests.overwriting(Requests.into(target, tree), Overwrite.IF_CHANGED));

        assertThat(text(target.resolve("f"))).isEqualTo("other");
        assertThat(text(target.resolve("g"))).isEqualTo("12345");
        assertThat(actions()).containsExactly("unchanged /f", "updated /g");
    }

    @Test
    void an_empty_folder_in_the_way_of_a_file_goes_a_full_one_stays() throws IOException {
        ObjectId tree = sample.tree(sample.file("f", "1"), sample.file("g", "2"));
        Files.createDirectories(target.resolve("f"));
        write("g/mine", "mine");

        RestoreResult result = restore(tree);

        assertThat(text(target.resolve("f"))).isEqualTo("1");
        assertThat(text(target.resolve("g/mine"))).isEqualTo("mine");
        assertThat(result.failures()).extracting(RestoreEvent.Failed::path).containsExactly("/g");
    }

    @Test
    void links_planted_in_the_target_are_replaced_and_never_followed() throws IOException {
        Path outside = Files.createDirectory(temporary.resolve("outside"));
        Files.writeString(outside.resolve("deep.txt"), "outside");
        Files.createDirectories(target);
        Files.createSymbolicLink(target.resolve("a"), outside);
        Files.createSymbolicLink(target.resolve("b.txt"), outside.resolve("deep.txt"));

        RestoreResult result = restore(nested());

        assertThat(result.failures()).isEmpty();
        assertThat(Files.isDirectory(target.resolve("a"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
        assertThat(Files.isRegularFile(target.resolve("b.txt"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
        assertThat(text(outside.resolve("deep.txt"))).isEqualTo("outside");
        assertThat(outside).isDirectoryNotContaining("glob:**link");
    }

    @Test
    void deleting_does_not_follow_links_either() throws IOException {
        Path outside = Files.createDirectory(temporary.resolve("outside"));
        Files.writeString(outside.resolve("precious"), "outside");
        Files.createDirectories(target);
        Files.createSymbolicLink(target.resolve("planted"), outside);

        RestoreResult result = restore(Requests.deleting(Requests.into(target, nested())));

        assertThat(result.deleted()).isEqualTo(1);
        assertThat(target.resolve("planted")).doesNotExist();
        assertThat(outside.resolve("precious")).exists();
    }

    // Filters and deletion

    @Test
    void delete_removes_what_the_tree_lacks() throws IOException {
        ObjectId tree = nested();
        write("extra", "x");
        write("a/extra/deep/file", "x");
        write("b.txt", "mine");

        RestoreResult result = restore(Requests.deleting(Requests.into(target, tree)));

        assertThat(found()).containsExactly("a", "a/deep.txt", "a/link", "b.txt", "empty");
        assertThat(result.deleted()).isEqualTo(4);
        assertThat(actions())
                .contains("deleted /extra", "deleted /a/extra", "deleted /a/extra/deep", "deleted /a/extra/deep/file");
    }

    @Test
    void delete_spares_what_the_filter_excludes_at_any_depth() throws IOException {
        ObjectId tree = nested();
        write("extra/keep.log", "x");
        write("extra/goes", "x");
        write("keep.log", "x");

        restore(Requests.deleting(Requests.excluding(Requests.into(target, tree), "*.log")));

        assertThat(found())
                .containsExactly("a", "a/deep.txt", "a/link", "b.txt", "empty", "extra", "extra/keep.log", "keep.log");
    }

    @Test
    void includes_restore_what_matches_and_the_folders_above() throws IOException {
        RestoreResult result = restore(Requests.including(Requests.into(target, nested()), "/a/deep.txt"));

        assertThat(found()).containsExactly("a", "a/deep.txt");
        assertThat(result.items()).isEqualTo(1);
        assertThat(Files.getLastModifiedTime(target.resolve("a")).toInstant())
                .as("metadata of the folder above")
                .isEqualTo(Instant.ofEpochSecond(SampleRepository.MTIME, 123_456_789));
    }

    @Test
    void includes_make_no_folder_in_which_nothing_matches() throws IOException {
        ObjectId inner = sample.tree(sample.file("deep.txt", "deep"));
        restore(Requests.including(Requests.into(target, sample.tree(dir("a", inner), dir("b", inner))), "/b/*"));

        assertThat(found()).containsExactly("b", "b/deep.txt");
    }

    @Test
    void excludes_leave_out_what_matches_and_everything_below() throws IOException {
        restore(Requests.excluding(Requests.into(target, nested()), "a", "empty"));

        assertThat(found()).containsExactly("b.txt");
    }

    @Test
    void includes_and_excludes_together_are_refused() {
        FilesRestoreRequest request = Requests.including(Requests.into(target, nested()), "a");
        FilesRestoreRequest both = new FilesRestoreRequest(
                request.tree(),
                target,
                request.includes(),
                request.includes(),
                Overwrite.ALWAYS,
                false,
                false,
                false,
                false,
                1);

        assertThatThrownBy(() -> restore(both)).isInstanceOf(IllegalArgumentException.class);
    }

    // Not restoring

    @Test
    void a_dry_run_reports_everything_and_touches_nothing() throws IOException {
        ObjectId tree = nested();
        write("b.txt", "mine");
        write("extra", "x");

        RestoreResult result = restore(Requests.deleting(Requests.dry(Requests.into(target, tree))));

        assertThat(found()).containsExactly("b.txt", "extra");
        assertThat(text(target.resolve("b.txt"))).isEqualTo("mine");
        assertThat(result).isEqualTo(new RestoreResult(5, 0, 1, 10, 0, 0, List.of()));
        assertThat(actions())
                .containsExactly(
                        "deleted /extra",
                        "restored /a",
                        "restored /a/deep.txt",
                        "restored /a/link",
                        "restored /empty",
                        "updated /b.txt");
    }

    @Test
    void a_dry_run_into_nowhere_makes_nothing() {
        RestoreResult result = restore(Requests.dry(Requests.into(target, nested())));

        assertThat(result.items()).isEqualTo(5);
        assertThat(target).doesNotExist();
    }

    @Test
    void a_missing_root_tree_creates_nothing() {
        ObjectId nowhere = ObjectId.hash(new byte[] {1, 2, 3});

        assertThatThrownBy(() -> restore(nowhere))
                .isInstanceOf(RepositoryException.class)
                .hasMessageContaining(nowhere.hex());
        assertThat(target).doesNotExist();
    }

    @Test
    void names_that_are_not_plain_are_refused_and_the_rest_is_restored() throws IOException {
        ObjectId tree = sample.tree(
                sample.file("../escape", "x"),
                sample.file("..", "x"),
                sample.file("a/b", "x"),
                sample.file("good", "y"));

        RestoreResult result = restore(tree);

        assertThat(found()).containsExactly("good");
        assertThat(temporary.resolve("escape")).doesNotExist();
        assertThat(result.failed()).isEqualTo(3);
        assertThat(result.failures()).extracting(RestoreEvent.Failed::path).contains("/../escape", "/a/b");
    }

    @Test
    void a_name_listed_twice_is_reported_and_the_first_is_restored() throws IOException {
        Node first = sample.file("f", "first");
        Node second = sample.file("f", "second");
        String text = new String(dev.reprise.repository.tree.TreeCodec.encode(List.of(first)), StandardCharsets.UTF_8);
        String other =
                new String(dev.reprise.repository.tree.TreeCodec.encode(List.of(second)), StandardCharsets.UTF_8);
        String twice = text.replace("]}\n", "," + other.substring("{\"nodes\":[".length()));
        ObjectId tree = sample.rawTree(twice.getBytes(StandardCharsets.UTF_8));

        RestoreResult result = restore(tree);

        assertThat(text(target.resolve("f"))).isEqualTo("first");
        assertThat(result.failures()).hasSize(1);
        assertThat(result.failures().getFirst().reason()).contains("twice");
    }

    @Test
    void verify_reads_back_and_counts() {
        RestoreResult result = restore(Requests.verifying(Requests.into(target, nested())));

        assertThat(result.verified()).isEqualTo(3);
        assertThat(result.failures()).isEmpty();
    }

    @Test
    void an_interrupt_ends_the_restore_and_running_again_resumes() throws Exception {
        var files = new ArrayList<Node>();
        for (int i = 0; i < 200; i++) {
            files.add(sample.file("f" + i, "content of file " + i));
        }
        ObjectId tree = sample.tree(files.toArray(Node[]::new));
        sample.finish();
        var ended = new ArrayList<RuntimeException>();
        Thread restoring = Thread.ofPlatform().unstarted(() -> {
            Thread itself = Thread.currentThread();
            try {
                new FilesRestore(sample.repository, sample.index, event -> {
                            if (event instanceof RestoreEvent.ItemDone) {
                                itself.interrupt();
                            }
                        })
                        .run(Requests.into(target, tree));
            } catch (RuntimeException e) {
                ended.add(e);
            }
        });
        restoring.start();
        restoring.join();

        assertThat(ended).hasSize(1).first().isInstanceOf(CancelledException.class);
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("restoring"));
        assertThat(found().size()).as("files made before the interrupt").isBetween(1, 199);

        RestoreResult result = restore(tree);

        assertThat(result.failures()).isEmpty();
        assertThat(result.items()).isEqualTo(200);
        assertThat(actions()).anyMatch(action -> action.startsWith("unchanged"));
        for (int i = 0; i < 200; i++) {
            assertThat(text(target.resolve("f" + i))).isEqualTo("content of file " + i);
        }
    }
}
