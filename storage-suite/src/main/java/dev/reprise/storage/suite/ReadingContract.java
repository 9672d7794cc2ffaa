package dev.reprise.storage.suite;

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
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Reading: whole objects, ranges, what is absent, readers that stop or fail.
abstract class ReadingContract extends PlaceUnderTest {
    private static final int MEBIBYTE = 1 << 20;

    @Test
    void an_object_of_every_type_reads_back_as_it_was_written() {
        try (Storage storage = created()) {
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
    void a_second_handle_sees_what_was_committed() {
        try (Storage storage = created()) {
            ObjectKey key = store(storage, ObjectType.SNAPSHOT, bytes(77, 1));
            Storage second = secondHandle(storage);
            assertThat(second.readAll(key)).isEqualTo(bytes(77, 1));
            second.delete(key);
            assertThat(storage.size(key)).isEqualTo(-1);
        }
    }

    @Test
    void an_empty_object_is_an_object() {
        try (Storage storage = created()) {
            ObjectKey key = store(storage, ObjectType.LOCK, new byte[0]);
            assertThat(storage.size(key)).isZero();
            assertThat(storage.readAll(key)).isEmpty();
            assertThat(storage.<byte[]>read(key, 0, 0, InputStream::readAllBytes))
                    .isEmpty();
            assertThat(listed(storage, ObjectType.LOCK)).containsExactly(new StoredObject(key, 0));
        }
    }

    @Test
    void ranges_give_exactly_the_bytes_asked_for() {
        byte[] content = bytes(700_000, 2);
        try (Storage storage = created()) {
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
    void an_empty_range_is_empty_even_at_the_end() {
        try (Storage storage = created()) {
            ObjectKey key = store(storage, ObjectType.INDEX, bytes(5, 3));
            for (long[] range : new long[][] {{0, 0}, {3, 0}, {5, 0}, {5, -1}}) {
                assertThat(storage.<Integer>read(key, range[0], range[1], InputStream::read))
                        .as("offset %d, length %d", range[0], range[1])
                        .isEqualTo(-1);
            }
        }
    }

    @Test
    void a_range_beyond_the_end_is_too_short() {
        try (Storage storage = created()) {
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
    void a_negative_range_is_a_mistake_of_the_caller() {
        try (Storage storage = created()) {
            ObjectKey key = store(storage, ObjectType.PACK, bytes(100, 4));
            assertThatThrownBy(() -> storage.read(key, -1, 1, InputStream::readAllBytes))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> storage.read(key, 0, -2, InputStream::readAllBytes))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_reader_may_stop_early_skip_and_read_single_bytes() {
        byte[] content = bytes(1000, 5);
        try (Storage storage = created()) {
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
    void an_object_that_is_not_there_is_not_found() {
        ObjectKey absent = ObjectKey.of(ObjectType.SNAPSHOT, ObjectId.hash(bytes(1, 6)));
        try (Storage storage = created()) {
            assertThat(storage.size(absent)).isEqualTo(-1);
            assertThat(kindOf(() -> storage.readAll(absent))).isEqualTo(Kind.NOT_FOUND);
            assertThat(storage.size(ObjectKey.CONFIG)).isEqualTo(-1);
            assertThat(kindOf(() -> storage.readAll(ObjectKey.CONFIG))).isEqualTo(Kind.NOT_FOUND);
        }
    }

    @Test
    void a_failure_of_the_reader_comes_out() {
        try (Storage storage = created()) {
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

    /// One more than what drafts keep in memory, and a pack of a usual size and a bit.
    @Test
    void large_objects_read_back_whole_and_in_part() {
        try (Storage storage = created()) {
            for (int length : new int[] {MEBIBYTE, MEBIBYTE + 1, 20 * MEBIBYTE + 12_345}) {
                byte[] content = bytes(length, length);
                ObjectKey key = store(storage, ObjectType.PACK, content);
                assertThat(storage.size(key)).isEqualTo(length);
                assertThat(Arrays.equals(storage.readAll(key), content))
                        .as("%d bytes", length)
                        .isTrue();
                byte[] end = storage.read(key, length - 100_000L, 100_000, InputStream::readAllBytes);
                assertThat(Arrays.equals(end, Arrays.copyOfRange(content, length - 100_000, length)))
                        .isTrue();
            }
        }
    }

    @Test
    void a_reader_that_stops_at_the_start_of_a_large_object_leaves_the_place_usable() {
        byte[] content = bytes(5 * MEBIBYTE, 20);
        try (Storage storage = created()) {
            ObjectKey key = store(storage, ObjectType.PACK, content);
            for (int i = 0; i < 20; i++) {
                assertThat(storage.<Integer>read(key, i, -1, InputStream::read)).isEqualTo(content[i] & 0xff);
            }
            assertThat(storage.<Integer>read(key, 0, -1, body -> 7)).isEqualTo(7);
        }
    }

    @Test
    void reading_asks_the_reader_once_where_nothing_fails() {
        try (Storage storage = created()) {
            ObjectKey key = store(storage, ObjectType.PACK, bytes(1000, 21));
            int[] calls = {0};
            storage.read(key, 0, -1, body -> {
                calls[0]++;
                return body.readAllBytes();
            });
            assertThat(calls[0]).isBetween(1, failsAtTimes() ? Integer.MAX_VALUE : 1);
        }
    }

    @Test
    void many_threads_read_ranges_of_one_object_at_once() throws Exception {
        byte[] content = bytes(2 * MEBIBYTE, 22);
        try (Storage storage = created()) {
            ObjectKey key = store(storage, ObjectType.PACK, content);
            inParallel(8, i -> {
                for (int j = 0; j < 10; j++) {
                    int offset = 200_000 * i + 1000 * j;
                    byte[] read = storage.read(key, offset, 50_000, InputStream::readAllBytes);
                    assertThat(read).isEqualTo(Arrays.copyOfRange(content, offset, offset + 50_000));
                }
            });
        }
    }
}
