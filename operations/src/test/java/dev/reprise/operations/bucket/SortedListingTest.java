package dev.reprise.operations.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.storage.bucket.Bucket.Listed;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SortedListingTest {
    @TempDir
    private Path home;

    private static Listed listed(String key, long size) {
        return new Listed(key, size, "etag of " + key, Instant.ofEpochSecond(size, 5), "");
    }

    private static List<Listed> all(SortedListing listing) {
        List<Listed> all = new ArrayList<>();
        for (var cursor = listing.cursor(); cursor.peek() != null; ) {
            all.add(cursor.next().object());
        }
        return all;
    }

    @Test
    void keys_come_in_the_order_of_their_bytes() {
        try (var listing = new SortedListing(1 << 20, home)) {
            // UTF-16 has the last two the other way round.
            for (String key : List.of("b", "a/b", "a", "\ud83d\ude00", "\uff61", "a-b")) {
                listing.add(listed(key, 1));
            }

            assertThat(all(listing))
                    .extracting(Listed::key)
                    .containsExactly("a", "a-b", "a/b", "b", "\uff61", "\ud83d\ude00");
        }
    }

    @Test
    void what_memory_does_not_hold_is_sorted_all_the_same() {
        List<Listed> objects = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            objects.add(listed("key/%04d".formatted(i), i));
        }
        List<Listed> shuffled = new ArrayList<>(objects);
        Collections.shuffle(shuffled, new Random(1));
        try (var inOrder = new SortedListing(20_000, home);
                var outOfOrder = new SortedListing(20_000, home)) {
            objects.forEach(inOrder::add);
            shuffled.forEach(outOfOrder::add);

            assertThat(all(inOrder)).isEqualTo(objects);
            assertThat(all(outOfOrder)).isEqualTo(objects);
            assertThat(all(outOfOrder)).isEqualTo(objects);
        }
    }

    @Test
    void an_object_told_twice_is_met_once_as_it_was_last() {
        try (var listing = new SortedListing(1, home)) {
            listing.add(listed("a", 7));
            listing.add(listed("b", 1));
            listing.add(listed("a", 9));
            listing.add(listed("a", 8));

            assertThat(all(listing)).containsExactly(listed("a", 9), listed("b", 1));
        }
    }
}
