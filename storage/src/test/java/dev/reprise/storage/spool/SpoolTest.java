package dev.reprise.storage.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpoolTest {
    private static final String NAME = "a".repeat(64);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, Spool.MEMORY_BYTES - 1, Spool.MEMORY_BYTES, Spool.MEMORY_BYTES + 1, 3_000_000})
    void what_was_appended_is_read_as_often_as_wanted(int size) throws IOException {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        try (var spool = new Spool(folder)) {
            for (int at = 0; at < size; at += 70_001) {
                spool.append(content, at, Math.min(70_001, size - at));
            }
            assertThat(spool.size()).isEqualTo(size);
            try (InputStream first = spool.open();
                    InputStream second = spool.open()) {
                assertThat(second.readAllBytes()).isEqualTo(content);
                assertThat(first.readAllBytes()).isEqualTo(content);
            }
            int from = size / 3;
            try (InputStream part = spool.open(from, size / 2)) {
                assertThat(part.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, from, from + size / 2));
            }
            assertThatThrownBy(() -> spool.open(from, size - from + 1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    /// As clients of HTTP ask for it, and now and then for much more.
    @Test
    void a_large_one_can_be_read_in_pieces_of_any_size() throws IOException {
        byte[] content = new byte[3_000_000];
        var random = new Random(11);
        random.nextBytes(content);
        try (var spool = new Spool(folder)) {
            spool.append(content, 0, content.length);
            try (InputStream part = spool.open(1_000, 2_500_000)) {
                byte[] read = new byte[2_500_000];
                int at = 0;
                while (at < read.length) {
                    assertThat(part.available()).isEqualTo(read.length - at);
                    int wanted =
                            Math.min(read.length - at, 1 + random.nextInt(random.nextInt(8) == 0 ? 400_000 : 5_000));
                    int got = part.read(read, at, wanted);
                    assertThat(got).isBetween(1, wanted);
                    at += got;
                }
                assertThat(part.read()).isEqualTo(-1);
                assertThat(read).isEqualTo(Arrays.copyOfRange(content, 1_000, 2_501_000));
            }
        }
    }

    @Test
    void a_temporary_file_has_no_name_anybody_could_open() throws IOException {
        try (var spool = new Spool(folder)) {
            spool.append(new byte[Spool.MEMORY_BYTES + 1], 0, Spool.MEMORY_BYTES + 1);
            try (var files = Files.list(folder)) {
                assertThat(files).isEmpty();
            }
        }
    }

    @Test
    void a_commit_that_failed_may_be_repeated_with_the_same_bytes() {
        List<Long> sent = new ArrayList<>();
        try (var draft = new SpooledDraft(ObjectType.PACK, folder, (key, content) -> {
            assertThat(key).isEqualTo(new ObjectKey(ObjectType.PACK, NAME));
            sent.add(content.size());
            if (sent.size() < 3) {
                throw new StorageException(Kind.UNREACHABLE, "no answer", "", null);
            }
        })) {
            draft.append(new byte[] {1, 2, 3}, 1, 2);
            assertThatThrownBy(() -> draft.commit(NAME)).isInstanceOf(StorageException.class);
            assertThatThrownBy(() -> draft.commit(NAME)).isInstanceOf(StorageException.class);
            draft.commit(NAME);
            assertThatThrownBy(() -> draft.commit(NAME)).isInstanceOf(IllegalStateException.class);
        }
        assertThat(sent).containsExactly(2L, 2L, 2L);
    }

    @Test
    void a_temporary_folder_that_takes_nothing_is_named() {
        try (var draft = new SpooledDraft(ObjectType.PACK, folder.resolve("absent"), (key, content) -> {})) {
            assertThatThrownBy(() -> draft.append(new byte[Spool.MEMORY_BYTES + 1], 0, Spool.MEMORY_BYTES + 1))
                    .isInstanceOfSatisfying(StorageException.class, e -> {
                        assertThat(e.fact()).contains("temporary file in " + folder.resolve("absent"));
                        assertThat(e.hint()).contains("TMPDIR");
                    });
        }
    }
}
