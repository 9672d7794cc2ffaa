package dev.reprise.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.Storage.StoredObject;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Implemented by one test class per place: `class MemoryStorageTest implements StorageContract`.
public interface StorageContract {
    /// The types whose objects are named by 64 hex digits.
    List<ObjectType> NAMED = List.of(
            ObjectType.KEY, ObjectType.LOCK, ObjectType.SNAPSHOT, ObjectType.INDEX, ObjectType.PACK, ObjectType.POINT);

    /// An empty place on which [Storage#create()] was called. The test closes it.
    Storage newStorage();

    /// Another handle on the same objects, as a second process would have it; the same one where there is no
    /// such thing.
    default Storage secondHandle(Storage storage) {
        return storage;
    }

    /// A key as a writer makes it: named by the content's hash.
    static ObjectKey keyFor(ObjectType type, byte[] content) {
        return type == ObjectType.CONFIG ? ObjectKey.CONFIG : ObjectKey.of(type, ObjectId.hash(content));
    }

    /// Random but the same in every run.
    static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static ObjectKey store(Storage storage, ObjectType type, byte[] content) {
        ObjectKey key = keyFor(type, content);
        storage.write(key, content);
        return key;
    }

    static List<StoredObject> listed(Storage storage, ObjectType type) {
        var found = new ArrayList<StoredObject>();
        storage.list(type, found::add);
        return found;
    }

    static Kind kindOf(Callable<?> action) {
        try {
            Object result = action.call();
            throw new AssertionError("should have failed, but gave " + result);
        } catch (StorageException e) {
            assertThat(e.fact()).as("fact").isNotBlank();
            return e.kind();
        } catch (Exception e) {
            throw new AssertionError("should have failed with a StorageException", e);
        }
    }

    @Test
    default void an_object_of_every_type_reads_back_as_it_was_written() {
        try (Storage storage = newStorage()) {
            for (ObjectType type : ObjectType.values()) {
                byte[] content = bytes(1000 + type.name().length(), type.name().hashCode());
                ObjectKey key = store(storage, type, content);
                assertThat(storage.readAll(key)).as("%s", key).isEqualTo(content);
                assertThat(storage.size(key)).as("%s", key).isEqualTo(content.length);
                assertThat(listed(storage, type)).containsExactly(new StoredObject(key, content.length));
            }
        }
    }

    @Test
    default void a_second_handle_sees_what_was_committed() {
        try (Storage storage = newStorage()) {
            ObjectKey key = store(storage, ObjectType.SNAPSHOT, bytes(77, 1));
            Storage second = secondHandle(storage);
            assertThat(second.readAll(key)).isEqualTo(bytes(77, 1));
            second.delete(key);
            assertThat(storage.size(key)).isEqualTo(-1);
        }
    }

    @Test
    default void an_empty_object_is_an_object() {
        try (Storage storage = newStorage()) {
            ObjectKey key = store(storage, ObjectType.LOCK, new byte[0]);
            assertThat(storage.size(key)).isZero();
            assertThat(storage.readAll(key)).isEmpty();
            assertThat(storage.<byte[]>read(key, 0, 0, InputStream::readAllBytes))
                    .isEmpty();
            assertThat(listed(storage, ObjectType.LOCK)).containsExactly(new StoredObject(key, 0));
        }
    }

    @Test
    default void a_place_without_objects_lists_nothing() {
        try (Storage storage = newStorage()) {
            for (ObjectType type : ObjectType.values()) {
                assertThat(listed(storage, type)).as("%s", type).isEmpty();
            }
        }
    }

    @Test
    default void creating_again_keeps_everything() {
        try (Storage storage = newStorage()) {
            ObjectKey key = store(storage, ObjectType.PACK, bytes(10, 1));
            storage.create();
            assertThat(storage.readAll(key)).isEqualTo(bytes(10, 1));
        }
    }

    @Test
    default void ranges_give_exactly_the_bytes_asked_for() {
        byte[] content = bytes(700_000, 2);
        try (Storage storage = newStorage()) {
            ObjectKey key = store(storage, ObjectType.PACK, content);
            int[][] ranges = {{0, 1}, {0, 700_000}, {1, 699_999}, {699_999, 1}, {65_535, 2}, {300_000, 300_001}};
            for (int[] range : ranges) {
                byte[] read = storage.read(key, range[0], range[1], InputStream::readAllBytes);
                assertThat(read).isEqualTo(Arrays.copyOfRange(content, range[0], range[0] + range[1]));
            }
            byte[] rest = storage.read(key, 699_990, -1, InputStream::readAllBytes);
            assertThat(rest).isEqualTo(Arrays.copyOfRange(content, 699_990, 700_000));
        }
    }

    @Test
    default void an_empty_range_is_empty_even_at_the_end() {
        try (Storage storage = newStorage()) {
            ObjectKey key = store(storage, ObjectType.INDEX, bytes(5, 3));
            for (long[] range : new long[][] {{0, 0}, {3, 0}, {5, 0}, {5, -1}}) {
                assertThat(storage.<Integer>read(key, range[0], range[1], InputStream::read))
                        .as("offset %d, length %d", range[0], range[1])
                        .isEqualTo(-1);
            }
        }
    }

    @Test
    default void a_range_beyond_the_end_is_too_short() {
        try (Storage storage = newStorage()) {
            ObjectKey key = store(storage, ObjectType.PACK, bytes(100, 4));
            long[][] ranges = {{0, 101}, {100, 1}, {101, 0}, {101, -1}, {50, 51}, {1, Long.MAX_VALUE}};
            for (long[] range : ranges) {
                assertThat(kindOf(() -> storage.read(key, range[0], range[1], InputStream::readAllBytes)))
                        .as("offset %d, length %d", range[0], range[1])
                        .isEqualTo(Kind.RANGE_TOO_SHORT);
            }
        }
    }

    @Test
    default void a_negative_range_is_a_mistake_of_the_caller() {
        try (Storage storage = newStorage()) {
            ObjectKey key = store(storage, ObjectType.PACK, bytes(100, 4));
            assertThatThrownBy(() -> storage.read(key, -1, 1, InputStream::readAllBytes))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> storage.read(key, 0, -2, InputStream::readAllBytes))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    default void a_reader_may_stop_early_skip_and_read_single_bytes() {
        byte[] content = bytes(1000, 5);
        try (Storage storage = newStorage()) {
            ObjectKey key = store(storage, ObjectType.PACK, content);
            int third = storage.read(key, 10, 500, body -> {
                assertThat(body.read()).isEqualTo(content[10] & 0xff);
                assertThat(body.skip(1)).isEqualTo(1);
                return body.read();
            });
            assertThat(third).isEqualTo(content[12] & 0xff);
        }
    }

    @Test
    default void an_object_that_is_not_there_is_not_found() {
        ObjectKey absent = ObjectKey.of(ObjectType.SNAPSHOT, ObjectId.hash(bytes(1, 6)));
        try (Storage storage = newStorage()) {
            assertThat(storage.size(absent)).isEqualTo(-1);
            assertThat(kindOf(() -> storage.readAll(absent))).isEqualTo(Kind.NOT_FOUND);
            assertThat(storage.size(ObjectKey.CONFIG)).isEqualTo(-1);
            assertThat(kindOf(() -> storage.readAll(ObjectKey.CONFIG))).isEqualTo(Kind.NOT_FOUND);
        }
    }

    @Test
    default void a_failure_of_the_reader_comes_out() {
        try (Storage storage = newStorage()) {
            ObjectKey key = store(storage, ObjectType.PACK, bytes(10, 7));
            var mistake = new IllegalStateException("mine");
            assertThatThrownBy(() -> storage.read(key, 0, -1, body -> {
                        throw mistake;
                    }))
                    .isSameAs(mistake);
            assertThatThrownBy(() -> storage.read(key, 0, -1, body -> {
                        throw new IOException("the reader's disk");
                    }))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("the reader's disk");
        }
    }

    @Test
    default void deleting_removes_and_may_be_repeated() {
        try (Storage storage = newStorage()) {
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
    default void everything_listed_may_be_deleted_while_it_is_listed() {
        try (Storage storage = newStorage()) {
            for (int i = 0; i < 50; i++) {
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
            assertThat(told).hasSize(100).doesNotHaveDuplicates();
        }
    }

    @Test
    default void a_list_names_every_object_of_its_type_once_and_no_other() {
        try (Storage storage = newStorage()) {
            var expected = new ArrayList<StoredObject>();
            for (int i = 0; i < 300; i++) {
                byte[] content = bytes(i, i);
                expected.add(new StoredObject(store(storage, ObjectType.PACK, content), i));
            }
            NAMED.stream()
                    .filter(type -> type != ObjectType.PACK)
                    .forEach(type -> store(storage, type, bytes(9, type.name().hashCode())));
            assertThat(listed(storage, ObjectType.PACK)).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    default void nothing_is_visible_before_the_commit() {
        byte[] content = bytes(300_000, 8);
        try (Storage storage = newStorage()) {
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
    default void a_draft_that_is_closed_without_a_commit_leaves_nothing() {
        try (Storage storage = newStorage()) {
            for (ObjectType type : ObjectType.values()) {
                try (var draft = storage.draft(type)) {
                    draft.append(bytes(10, 9), 0, 10);
                }
                assertThat(listed(storage, type)).as("%s", type).isEmpty();
            }
        }
    }

    @Test
    default void pieces_of_any_size_make_one_object_and_their_array_may_be_reused() {
        byte[] content = bytes(1_500_000, 10);
        var random = new Random(10);
        try (Storage storage = newStorage();
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
    default void a_draft_ends_with_its_commit() {
        try (Storage storage = newStorage()) {
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
    default void a_name_that_is_no_hash_is_a_mistake_of_the_caller() {
        try (Storage storage = newStorage();
                var draft = storage.draft(ObjectType.PACK)) {
            assertThatThrownBy(() -> draft.commit("../../etc/passwd")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> draft.commit("A".repeat(64))).isInstanceOf(IllegalArgumentException.class);
            assertThat(listed(storage, ObjectType.PACK)).isEmpty();
        }
    }

    @Test
    default void the_configuration_is_replaced_as_a_whole() {
        try (Storage storage = newStorage()) {
            storage.write(ObjectKey.CONFIG, bytes(500, 12));
            storage.write(ObjectKey.CONFIG, bytes(20, 13));
            assertThat(storage.readAll(ObjectKey.CONFIG)).isEqualTo(bytes(20, 13));
        }
    }

    @Test
    default void writing_an_object_again_gives_the_same_object() {
        try (Storage storage = newStorage()) {
            byte[] content = bytes(500, 14);
            store(storage, ObjectType.PACK, content);
            ObjectKey key = store(storage, ObjectType.PACK, content);
            assertThat(storage.readAll(key)).isEqualTo(content);
            assertThat(listed(storage, ObjectType.PACK)).hasSize(1);
        }
    }

    @Test
    default void many_writers_of_one_name_leave_one_whole_object() throws Exception {
        byte[] content = bytes(200_000, 15);
        ObjectKey key = keyFor(ObjectType.PACK, content);
        try (Storage storage = newStorage();
                Storage second = secondHandle(storage)) {
            inParallel(8, i -> {
                (i % 2 == 0 ? storage : second).write(key, content);
                assertThat(storage.readAll(key)).isEqualTo(content);
            });
            assertThat(listed(storage, ObjectType.PACK)).containsExactly(new StoredObject(key, 200_000));
        }
    }

    @Test
    default void many_threads_write_read_list_and_delete_at_once() throws Exception {
        try (Storage storage = newStorage()) {
            inParallel(8, i -> {
                for (int j = 0; j < 25; j++) {
                    byte[] content = bytes(1000 + j, 1000L * i + j);
                    ObjectKey key = store(storage, ObjectType.PACK, content);
                    assertThat(storage.readAll(key)).isEqualTo(content);
                    assertThat(listed(storage, ObjectType.PACK)).contains(new StoredObject(key, content.length));
                    if (j % 2 == 0) {
                        storage.delete(key);
                    }
                }
            });
            assertThat(listed(storage, ObjectType.PACK)).hasSize(8 * 12);
        }
    }

    @Test
    default void a_place_serves_at_least_two_operations_at_once_and_has_a_name() {
        try (Storage storage = newStorage()) {
            assertThat(storage.connections()).isGreaterThanOrEqualTo(2);
            assertThat(storage.location()).isNotBlank();
        }
    }

    /// Starts all at one moment and passes the first failure on.
    private static void inParallel(int threads, Work work) throws Exception {
        var start = new CyclicBarrier(threads);
        try (var executor = Executors.newFixedThreadPool(threads)) {
            List<Future<Object>> running = IntStream.range(0, threads)
                    .mapToObj(i -> executor.submit((Callable<Object>) () -> {
                        start.await();
                        work.run(i);
                        return i;
                    }))
                    .toList();
            for (Future<Object> one : running) {
                one.get();
            }
        }
    }

    /// What one thread does.
    @FunctionalInterface
    interface Work {
        void run(int thread) throws Exception;
    }
}
