package dev.reprise.storage.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.Storage.StoredObject;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Writing: drafts, commits, what they leave, many writers.
abstract class WritingContract extends ReadingContract {
    @Test
    void nothing_is_visible_before_the_commit() {
        byte[] content = bytes(300_000, 8);
        try (Storage storage = created()) {
            for (ObjectType type : ObjectType.values()) {
                try (var draft = storage.draft(type)) {
                    draft.append(content, 0, content.length);
                    assertThat(storage.size(keyFor(type, content))).isEqualTo(-1);
                    assertThat(listed(storage, type)).as("%s", type).isEmpty();
                }
            }
        }
    }

    @Test
    void a_draft_that_is_closed_without_a_commit_leaves_nothing() {
        try (Storage storage = created()) {
            for (ObjectType type : ObjectType.values()) {
                try (var draft = storage.draft(type)) {
                    draft.append(bytes(10, 9), 0, 10);
                }
                assertThat(listed(storage, type)).as("%s", type).isEmpty();
            }
        }
    }

    @Test
    void pieces_of_any_size_make_one_object_and_their_array_may_be_reused() {
        byte[] content = bytes(1_500_000, 10);
        var random = new Random(10);
        try (Storage storage = created();
                var draft = storage.draft(ObjectType.PACK)) {
            byte[] piece = new byte[400_000];
            for (int at = 0; at < content.length; ) {
                int length = Math.min(random.nextInt(piece.length - 7), content.length - at);
                System.arraycopy(content, at, piece, 7, length);
                draft.append(piece, 7, length);
                Arrays.fill(piece, (byte) 0);
                at += length;
            }
            ObjectKey key = keyFor(ObjectType.PACK, content);
            draft.commit(key.name());
            assertThat(storage.readAll(key)).isEqualTo(content);
        }
    }

    @Test
    void a_draft_ends_with_its_commit() {
        try (Storage storage = created()) {
            byte[] content = bytes(10, 11);
            ObjectKey key = keyFor(ObjectType.KEY, content);
            var draft = storage.draft(ObjectType.KEY);
            draft.append(content, 0, 10);
            draft.commit(key.name());
            assertThatThrownBy(() -> draft.append(content, 0, 1)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> draft.commit(key.name())).isInstanceOf(IllegalStateException.class);
            draft.close();
            draft.close();
            assertThat(storage.readAll(key)).isEqualTo(content);
        }
    }

    @Test
    void a_name_that_is_no_hash_is_a_mistake_of_the_caller() {
        try (Storage storage = created();
                var draft = storage.draft(ObjectType.PACK)) {
            assertThatThrownBy(() -> draft.commit("../../etc/passwd")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> draft.commit("A".repeat(64))).isInstanceOf(IllegalArgumentException.class);
            assertThat(listed(storage, ObjectType.PACK)).isEmpty();
        }
    }

    @Test
    void writing_an_object_again_gives_the_same_object() {
        try (Storage storage = created()) {
            byte[] content = bytes(500, 14);
            store(storage, ObjectType.PACK, content);
            ObjectKey key = store(storage, ObjectType.PACK, content);
            assertThat(storage.readAll(key)).isEqualTo(content);
            assertThat(listed(storage, ObjectType.PACK)).hasSize(1);
        }
    }

    @Test
    void the_configuration_is_replaced_as_a_whole_where_the_place_allows_it() {
        try (Storage storage = created()) {
            storage.write(ObjectKey.CONFIG, bytes(500, 12));
            if (replacesConfig()) {
                storage.write(ObjectKey.CONFIG, bytes(20, 13));
                assertThat(storage.readAll(ObjectKey.CONFIG)).isEqualTo(bytes(20, 13));
            } else {
                kindOf(() -> {
                    storage.write(ObjectKey.CONFIG, bytes(20, 13));
                    return "replaced";
                });
                assertThat(storage.readAll(ObjectKey.CONFIG)).isEqualTo(bytes(500, 12));
            }
        }
    }

    /// The name exists, whoever made it: a commit whose answer was lost is repeated by another
    /// draft too.
    @Test
    void committing_what_another_handle_has_committed_is_no_error() {
        byte[] content = bytes(300, 23);
        try (Storage storage = created();
                Storage second = secondHandle(storage)) {
            for (ObjectType type : NAMED) {
                ObjectKey key = keyFor(type, content);
                try (var one = storage.draft(type);
                        var other = second.draft(type)) {
                    one.append(content, 0, 300);
                    other.append(content, 0, 300);
                    one.commit(key.name());
                    other.commit(key.name());
                }
                assertThat(storage.readAll(key)).isEqualTo(content);
                assertThat(listed(storage, type)).containsExactly(new StoredObject(key, 300));
            }
        }
    }

    @Test
    void a_large_draft_that_is_given_up_leaves_nothing() {
        byte[] piece = bytes(1 << 20, 24);
        try (Storage storage = created()) {
            try (var draft = storage.draft(ObjectType.PACK)) {
                for (int i = 0; i < 6; i++) {
                    draft.append(piece, 0, piece.length);
                }
            }
            assertThat(listed(storage, ObjectType.PACK)).isEmpty();
        }
    }

    @Test
    void an_object_that_was_deleted_can_be_written_again() {
        try (Storage storage = created()) {
            ObjectKey key = store(storage, ObjectType.LOCK, bytes(40, 25));
            storage.delete(key);
            store(storage, ObjectType.LOCK, bytes(40, 25));
            assertThat(storage.readAll(key)).isEqualTo(bytes(40, 25));
        }
    }

    @Test
    void many_writers_of_one_name_leave_one_whole_object() throws Exception {
        byte[] content = bytes(200_000, 15);
        ObjectKey key = keyFor(ObjectType.PACK, content);
        try (Storage storage = created();
                Storage second = secondHandle(storage)) {
            inParallel(8, i -> {
                (i % 2 == 0 ? storage : second).write(key, content);
                assertThat(storage.readAll(key)).isEqualTo(content);
            });
            assertThat(listed(storage, ObjectType.PACK)).containsExactly(new StoredObject(key, 200_000));
        }
    }

    @Test
    void many_threads_write_read_list_and_delete_at_once() throws Exception {
        try (Storage storage = created()) {
            inParallel(8, i -> {
                for (int j = 0; j < 7; j++) {
                    byte[] content = bytes(1000 + j, 1000L * i + j);
                    ObjectKey key = store(storage, ObjectType.PACK, content);
                    assertThat(storage.readAll(key)).isEqualTo(content);
                    assertThat(listed(storage, ObjectType.PACK)).contains(new StoredObject(key, content.length));
                    if (j % 2 == 0) {
                        storage.delete(key);
                    }
                }
            });
            assertThat(listed(storage, ObjectType.PACK)).hasSize(8 * 3);
        }
    }
}
