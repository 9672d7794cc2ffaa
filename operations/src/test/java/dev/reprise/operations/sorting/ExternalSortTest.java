package dev.reprise.operations.sorting;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExternalSortTest {
    @TempDir
    Path folder;

    private static List<byte[]> read(ExternalSort sort) {
        List<byte[]> records = new ArrayList<>();
        ExternalSort.Cursor cursor = sort.read();
        while (cursor.next()) {
            records.add(cursor.record().clone());
        }
        return records;
    }

    /// @param alike how many of the first bytes are the same in all records
    private void sortsRandomRecords(int count, int distinct, int alike, long memory) {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        var expected = new TreeSet<byte[]>(Arrays::compareUnsigned);
        List<byte[]> pool = new ArrayList<>();
        for (int i = 0; i < distinct; i++) {
            byte[] record = new byte[20];
            random.nextBytes(record);
            Arrays.fill(record, 0, alike, (byte) 0x80);
            pool.add(record);
        }
        try (var sort = new ExternalSort(20, memory, folder)) {
            for (int i = 0; i < count; i++) {
                byte[] record = pool.get(random.nextInt(distinct));
                expected.add(record);
                sort.add(record);
            }
            assertThat(read(sort))
                    .as("seed %d", seed)
                    .usingElementComparator(Arrays::compareUnsigned)
                    .containsExactlyElementsOf(expected);
            assertThat(read(sort)).as("a second reading, seed %d", seed).hasSize(expected.size());
        }
    }

    @Test
    void records_that_fit_into_memory_are_sorted() {
        sortsRandomRecords(5000, 4000, 0, 1 << 20);
    }

    @Test
    void records_that_do_not_fit_are_sorted_through_files() {
        sortsRandomRecords(50_000, 100_000, 0, 0);
    }

    @Test
    void records_that_begin_alike_are_sorted() {
        sortsRandomRecords(20_000, 15_000, 10, 0);
    }

    @Test
    void few_records_that_come_again_and_again_need_no_file() {
        try (var sort = new ExternalSort(20, 0, Path.of("/no/such/directory"))) {
            byte[] record = new byte[20];
            for (int i = 0; i < 100_000; i++) {
                record[19] = (byte) i;
                sort.add(record);
            }
            assertThat(sort.isSpilled()).isFalse();
            assertThat(read(sort)).hasSize(256);
        }
    }

    @Test
    void nothing_sorts_to_nothing() {
        try (var sort = new ExternalSort(20, 0, folder)) {
            assertThat(read(sort)).isEmpty();
        }
    }

    @Test
    void no_file_is_left_behind() {
        sortsRandomRecords(10_000, 10_000, 0, 0);

        assertThat(folder).isEmptyDirectory();
    }
}
