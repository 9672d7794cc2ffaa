package dev.reprise.storage.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.Storage.StoredObject;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// Everything [Storage] promises, as tests. A place's own test class extends this and says how an
/// empty one is opened; a wrapper's wraps a place that passes.
public abstract class StorageContract extends WritingContract {
    @Test
    void a_place_without_objects_lists_nothing() {
        try (Storage storage = created()) {
            for (ObjectType type : ObjectType.values()) {
                assertThat(listed(storage, type)).as("%s", type).isEmpty();
            }
        }
    }

    @Test
    void creating_again_keeps_everything() {
        try (Storage storage = created()) {
            ObjectKey key = store(storage, ObjectType.PACK, bytes(10, 1));
            storage.create();
            assertThat(storage.readAll(key)).isEqualTo(bytes(10, 1));
        }
    }

    @Test
    void deleting_removes_and_may_be_repeated() {
        try (Storage storage = created()) {
            for (ObjectType type : ObjectType.values()) {
                ObjectKey key = store(storage, type, bytes(20, type.name().hashCode()));
                storage.delete(key);
                assertThat(storage.size(key)).as("%s", key).isEqualTo(-1);
                assertThat(listed(storage, type)).as("%s", type).isEmpty();
                storage.delete(key);
            }
        }
    }

    @Test
    void everything_listed_may_be_deleted_while_it_is_listed() {
        try (Storage storage = created()) {
            for (int i = 0; i < 15; i++) {
                store(storage, ObjectType.LOCK, bytes(8, i));
                store(storage, ObjectType.PACK, bytes(8, i));
            }
            var told = new ArrayList<ObjectKey>();
            for (ObjectType type : List.of(ObjectType.LOCK, ObjectType.PACK)) {
                storage.list(type, object -> {
                    storage.delete(object.key());
                    told.add(object.key());
                });
                assertThat(listed(storage, type)).isEmpty();
            }
            assertThat(told).hasSize(30).doesNotHaveDuplicates();
        }
    }

    @Test
    void a_list_names_every_object_of_its_type_once_and_no_other() {
        try (Storage storage = created()) {
            var expected = new ArrayList<StoredObject>();
            for (int i = 0; i < 60; i++) {
                byte[] content = bytes(i, i);
                expected.add(new StoredObject(store(storage, ObjectType.PACK, content), i));
            }
            NAMED.stream()
                    .filter(type -> type != ObjectType.PACK)
                    .forEach(type -> store(storage, type, bytes(9, type.name().hashCode())));
            assertThat(listed(storage, ObjectType.PACK)).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    /// More objects than fit on one page of any server, and names that are none between them.
    @Test
    void a_list_of_many_objects_is_whole_and_passes_over_foreign_files() throws Exception {
        try (Storage storage = created()) {
            Set<ObjectKey> expected = Collections.synchronizedSet(new HashSet<>());
            int threads = 8;
            inParallel(threads, i -> {
                for (int j = i; j < manyObjects(); j += threads) {
                    expected.add(store(storage, ObjectType.SNAPSHOT, bytes(20, j)));
                }
            });
            ObjectKey pack = store(storage, ObjectType.PACK, bytes(30, 1));
            plantForeignFiles(pack);
            List<ObjectKey> keys = listed(storage, ObjectType.SNAPSHOT).stream()
                    .map(StoredObject::key)
                    .toList();
            assertThat(keys).hasSize(manyObjects()).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(listed(storage, ObjectType.PACK)).containsExactly(new StoredObject(pack, 30));
        }
    }

    private void plantForeignFiles(ObjectKey pack) {
        byte[] stray = bytes(5, 2);
        plant("snapshots/README.txt", stray);
        plant("snapshots/" + "ab".repeat(31), stray);
        plant("snapshots/" + "AB".repeat(32), stray);
        plant("snapshots/" + "ab".repeat(32) + "-tmp-1", stray);
        plant(pack.path() + "-restic-temp-0", stray);
        plant("data/notes", stray);
    }

    @Test
    void a_list_shows_every_object_that_is_there_throughout_while_others_come_and_go() throws Exception {
        try (Storage storage = created()) {
            var staying = new ArrayList<ObjectKey>();
            for (int i = 0; i < 20; i++) {
                staying.add(store(storage, ObjectType.INDEX, bytes(10, i)));
            }
            var done = new AtomicBoolean();
            inParallel(3, thread -> {
                if (thread > 0) {
                    for (int i = 0; i < 15; i++) {
                        storage.delete(store(storage, ObjectType.INDEX, bytes(10, 1000L * thread + i)));
                    }
                    done.set(true);
                } else {
                    do {
                        List<StoredObject> found = listed(storage, ObjectType.INDEX);
                        assertThat(found.stream().map(StoredObject::key)).containsAll(staying);
                    } while (!done.get());
                }
            });
        }
    }

    @Test
    void a_failure_of_the_one_who_lists_comes_out_and_ends_the_list() {
        try (Storage storage = created()) {
            store(storage, ObjectType.LOCK, bytes(1, 1));
            store(storage, ObjectType.LOCK, bytes(1, 2));
            var mistake = new IllegalStateException("mine");
            int[] calls = {0};
            assertThatThrownBy(() -> storage.list(ObjectType.LOCK, object -> {
                        calls[0]++;
                        throw mistake;
                    }))
                    .isSameAs(mistake);
            assertThat(calls[0]).isEqualTo(1);
        }
    }

    /// A disk that is not mounted, or a bucket that was misspelt, must not look like a repository
    /// without objects.
    @Test
    void a_place_that_was_never_created_is_not_an_empty_one() {
        try (Storage storage = open()) {
            assertThat(storage.size(ObjectKey.CONFIG)).isEqualTo(-1);
            assertThat(kindOf(() -> storage.readAll(ObjectKey.CONFIG))).isEqualTo(Kind.NOT_FOUND);
            if (tellsMissingFromEmpty()) {
                assertThat(kindOf(() -> listed(storage, ObjectType.SNAPSHOT))).isEqualTo(Kind.NOT_FOUND);
            }
            storage.create();
            assertThat(listed(storage, ObjectType.SNAPSHOT)).isEmpty();
        }
    }

    @Test
    void a_place_serves_at_least_one_operation_at_a_time() {
        try (Storage storage = created()) {
            assertThat(storage.connections()).isBetween(1, 1000);
        }
    }

    @Test
    void the_location_names_the_place_and_shows_no_credentials() {
        try (Storage storage = open()) {
            assertThat(storage.location()).isNotBlank();
            for (String secret : credentials()) {
                assertThat(storage.location()).doesNotContain(secret);
            }
        }
    }

    /// Some places hold nothing between calls and go on; the others say so. None hangs, none calls
    /// an object absent that is there.
    @Test
    void closing_may_be_repeated_and_what_comes_after_works_or_is_refused() {
        Storage storage = created();
        ObjectKey key = store(storage, ObjectType.PACK, bytes(10, 26));
        storage.close();
        assertThatCode(storage::close).doesNotThrowAnyException();
        try {
            assertThat(storage.size(key)).isEqualTo(10);
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("closed");
        } catch (StorageException e) {
            assertThat(e.retryable()).as("%s", e).isFalse();
        }
    }
}
