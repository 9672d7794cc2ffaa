package dev.reprise.storage.rate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RateTable;
import dev.reprise.storage.FakeWaiting;
import dev.reprise.storage.Forwarding;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.memory.MemoryStorage;
import dev.reprise.storage.spool.SpooledDraft;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RateLimitedStorageTest {
    private static final int MEBIBYTE = 1 << 20;
    private static final ObjectKey PACK = ObjectKey.of(ObjectType.PACK, ObjectId.hash(new byte[0]));
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    /// One hour ahead in November.
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private final MemoryStorage memory = new MemoryStorage();
    private final FakeWaiting waiting = new FakeWaiting();
    private final InstantSource clock = () -> NOON.plus(waiting.passed());

    @TempDir
    Path folder;

    private Storage limited(String upload, String download) {
        return new RateLimitedStorage(
                memory, RateTable.parse(upload), RateTable.parse(download), clock, BERLIN, waiting);
    }

    /// The last piece does not wait for its own time.
    private static Duration nearly(long seconds) {
        return Duration.ofSeconds(seconds).minusMillis(200);
    }

    @Test
    void writing_takes_the_time_its_rate_says_and_reading_its_own() {
        Storage storage = limited("100KiB/s", "200KiB/s");
        storage.write(PACK, new byte[10 * 102_400]);
        assertThat(waiting.passed()).isBetween(nearly(10), Duration.ofSeconds(10));
        storage.readAll(PACK);
        assertThat(waiting.passed()).isBetween(nearly(15), Duration.ofSeconds(15));
    }

    @Test
    void all_threads_together_keep_to_the_rate() {
        Storage storage = limited("unlimited", "1MiB/s");
        storage.write(PACK, new byte[MEBIBYTE]);
        for (int i = 0; i < 4; i++) {
            storage.readAll(PACK);
        }
        assertThat(waiting.passed()).isBetween(nearly(4), Duration.ofSeconds(4));
    }

    @Test
    void time_that_passed_unused_is_not_saved_up() {
        Storage storage = limited("unlimited", "1MiB/s");
        storage.write(PACK, new byte[MEBIBYTE]);
        waiting.pause(Duration.ofHours(1));
        storage.readAll(PACK);
        assertThat(waiting.passed()).isBetween(nearly(3601), Duration.ofSeconds(3601));
    }

    @Test
    void the_rate_changes_with_the_time_of_day_also_within_one_object() {
        Storage storage = limited("unlimited", "13:00-13:01 16KiB/s, else 160KiB/s");
        storage.write(PACK, new byte[120 * 16 * 1024]);
        storage.readAll(PACK); // 60 s for 960 KiB, then 6 s for the rest
        assertThat(waiting.passed()).isBetween(Duration.ofSeconds(65), Duration.ofSeconds(67));
    }

    @Test
    void an_unlimited_direction_never_waits() {
        Storage storage = limited("unlimited", "unlimited");
        storage.write(PACK, new byte[MEBIBYTE]);
        storage.readAll(PACK);
        assertThat(waiting.pauses()).isEmpty();
    }

    /// A place that sends at the commit must be slow there, at every attempt, and not while it
    /// gathers.
    @Test
    void a_spooled_draft_is_slowed_while_it_is_sent() {
        var sent = new ByteArrayOutputStream();
        var place = new SpoolingStorage(memory, folder, sent);
        RateTable slow = RateTable.always(OptionalLong.of(MEBIBYTE));
        var storage = new RateLimitedStorage(place, slow, RateTable.UNLIMITED, clock, BERLIN, waiting);
        try (Storage.Draft draft = storage.draft(ObjectType.PACK)) {
            draft.append(new byte[2 * MEBIBYTE], 0, 2 * MEBIBYTE);
            assertThat(waiting.pauses()).isEmpty();
            draft.commit(PACK.name());
        }
        assertThat(sent.size()).isEqualTo(2 * MEBIBYTE);
        assertThat(waiting.passed()).isBetween(nearly(2), Duration.ofSeconds(2));
    }

    /// What places reached over a network do, as far as drafts go.
    private static final class SpoolingStorage implements Forwarding {
        private final Storage place;
        private final Path folder;
        private final ByteArrayOutputStream sent;

        SpoolingStorage(Storage place, Path folder, ByteArrayOutputStream sent) {
            this.place = place;
            this.folder = folder;
            this.sent = sent;
        }

        @Override
        public Storage place() {
            return place;
        }

        @Override
        public Draft draft(ObjectType type) {
            return new SpooledDraft(type, folder, (key, content) -> {
                try (InputStream body = content.open()) {
                    body.transferTo(sent);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
        }
    }
}
