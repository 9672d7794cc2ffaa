package dev.reprise.storage.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.plain.PlainFiles;
import dev.reprise.storage.plain.PlainFiles.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Everything [PlainFiles] promises, as tests.
public abstract class PlainFilesContract {
    private Storage storage;
    private PlainFiles files;

    /// A place without files, whose bucket is there; its root may be missing.
    protected abstract Storage open() throws IOException;

    @BeforeEach
    void begin() throws IOException {
        storage = open();
        files = Objects.requireNonNull(storage.capability(PlainFiles.class));
    }

    @AfterEach
    void end() {
        storage.close();
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private void create(String path, byte[] content) {
        files.create(path, out -> out.write(content));
    }

    private byte[] read(String path) {
        return files.read(path, InputStream::readAllBytes);
    }

    @Test
    void a_place_without_files_lists_nothing() {
        assertThat(files.list("")).isEmpty();
        assertThat(files.list("2026-11-22/postgres")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 70_000, 3_000_000})
    void what_is_created_is_read_back(int size) {
        create("2026-11-22/files/uploads größer.tar.gz", bytes(size));
        assertThat(read("2026-11-22/files/uploads größer.tar.gz")).isEqualTo(bytes(size));
    }

    @Test
    void a_list_names_what_lies_directly_in_a_folder() {
        create("a.txt", bytes(3));
        create("2026-11-22/export.json", bytes(5));
        create("2026-11-22/postgres/app/app.dump", bytes(7));
        create("2026-11-22x/other", bytes(7));
        assertThat(files.list(""))
                .containsExactlyInAnyOrder(
                        new Entry("a.txt", false, 3),
                        new Entry("2026-11-22", true, -1),
                        new Entry("2026-11-22x", true, -1));
        assertThat(files.list("2026-11-22"))
                .containsExactlyInAnyOrder(new Entry("export.json", false, 5), new Entry("postgres", true, -1));
    }

    @Test
    void a_file_is_never_replaced() {
        create("a/b", bytes(10));
        assertThatThrownBy(() -> create("a/b", bytes(11)))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DENIED));
        assertThat(read("a/b")).isEqualTo(bytes(10));
    }

    @Test
    void a_file_that_is_absent_is_said_to_be() {
        create("a/b", bytes(10));
        assertThatThrownBy(() -> read("a/c"))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND));
        assertThatThrownBy(() -> read("x/y/z"))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND));
    }

    @Test
    void deleting_removes_and_may_be_repeated() {
        create("a/b", bytes(10));
        files.delete("a/b");
        files.delete("a/b");
        files.delete("never/was");
        assertThat(files.list("a")).isEmpty();
        files.removeEmptyFolder("a");
        files.removeEmptyFolder("a");
        assertThat(files.list("")).isEmpty();
    }

    @Test
    void a_folder_with_something_in_it_stays() {
        create("a/b/c", bytes(10));
        files.removeEmptyFolder("a/b");
        files.removeEmptyFolder("a");
        assertThat(read("a/b/c")).isEqualTo(bytes(10));
    }

    @Test
    void content_that_fails_leaves_no_file() {
        var failure = new IllegalStateException("the repository is damaged");
        assertThatThrownBy(() -> files.create("a/b", out -> {
                    out.write(bytes(100_000));
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(files.list("a")).isEmpty();
    }

    @Test
    void a_folder_moves_at_once_and_replaces_nothing() {
        create(".part/b/c", bytes(10));
        PlainFiles.FolderMove rename = files.folderMove();
        if (rename == null) {
            return; // a bucket has no folders
        }
        rename.move(".part", "whole");
        assertThat(read("whole/b/c")).isEqualTo(bytes(10));
        assertThat(files.list("")).containsExactly(new Entry("whole", true, -1));
        create(".part/d", bytes(5));
        assertThatThrownBy(() -> rename.move(".part", "whole")).isInstanceOf(StorageException.class);
        assertThat(read("whole/b/c")).isEqualTo(bytes(10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/etc/passwd", "../x", "a/../../x", "a//b", "a/.", "a\u0000b", "a\\b", "a/"})
    void paths_that_lead_elsewhere_are_refused(String path) {
        assertThatThrownBy(() -> create(path, bytes(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> files.delete(path)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> read(path)).isInstanceOf(IllegalArgumentException.class);
        assertThatCode(() -> files.list("")).doesNotThrowAnyException();
    }
}
