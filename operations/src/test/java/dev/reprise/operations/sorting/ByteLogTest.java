package dev.reprise.operations.sorting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.CancelledException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteLogTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(longs = {0, 8192, 50_000, Long.MAX_VALUE})
    void what_was_added_is_read_back_at_any_place(long memory) {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        byte[] expected = new byte[200_000];
        random.nextBytes(expected);
        try (var log = new ByteLog(memory, folder)) {
            int added = 0;
            while (added < expected.length) {
                int length = Math.min(expected.length - added, random.nextInt(20_000));
                assertThat(log.add(expected, added, length)).isEqualTo(added);
                added += length;
                for (int i = 0; i < 20; i++) {
                    int from = random.nextInt(added + 1);
                    int to = from + random.nextInt(added - from + 1);
                    byte[] read = new byte[to - from + 2];
                    log.read(from, read, 1, to - from);
                    assertThat(Arrays.copyOfRange(read, 1, read.length - 1))
                            .as("seed %d, %d to %d of %d", seed, from, to, added)
                            .isEqualTo(Arrays.copyOfRange(expected, from, to));
                }
            }
            assertThat(log.size()).isEqualTo(expected.length);
        }
    }

    @Test
    void bytes_that_were_not_added_cannot_be_read() {
        try (var log = new ByteLog(0, folder)) {
            log.add(new byte[100], 0, 100);

            assertThatThrownBy(() -> log.read(90, new byte[20], 0, 11)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> log.read(-1, new byte[20], 0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void no_file_is_left_or_seen_by_others() {
        try (var log = new ByteLog(0, folder)) {
            log.add(new byte[100_000], 0, 100_000);

            assertThat(folder).isEmptyDirectory();
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void an_interrupt_is_a_cancellation() {
        try (var log = new ByteLog(0, folder)) {
            log.add(new byte[100_000], 0, 100_000);
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> log.read(0, new byte[1], 0, 1)).isInstanceOf(CancelledException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
