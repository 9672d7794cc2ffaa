package dev.reprise.storage.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.storage.Waiting;
import dev.reprise.storage.bucket.Bucket.Found;
import dev.reprise.storage.bucket.Bucket.Properties;
import dev.reprise.storage.bucket.BucketException.Kind;
import dev.reprise.storage.retry.RetryPolicy;
import dev.reprise.storage.spool.Spool;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RetryingBucketTest {
    private final Scripted place = new Scripted();
    private final List<Duration> pauses = new ArrayList<>();
    private final ByteArrayOutputStream got = new ByteArrayOutputStream();
    private int begun;

    private final Waiting waiting = new Waiting() {
        private long now;

        @Override
        public long nanos() {
            return now;
        }

        @Override
        public void pause(Duration duration) {
            pauses.add(duration);
            now += duration.toNanos();
        }
    };
    private final Bucket bucket = new RetryingBucket(place, RetryPolicy.DEFAULT, waiting, new Random(1));

    private void read() {
        bucket.read("key", 0, "", new Bucket.Sink() {
            @Override
            public void begin(Found found) {
                begun++;
            }

            @Override
            public void bytes(byte[] buffer, int offset, int length) {
                got.write(buffer, offset, length);
            }
        });
    }

    private static BucketException failure(Kind kind) {
        return new BucketException(kind, "it failed", "", null);
    }

    @Test
    void an_object_is_read_on_from_where_the_connection_broke_if_it_is_the_same() {
        place.breaks.addAll(List.of(3, 5));

        read();

        assertThat(got).hasToString("0123456789");
        assertThat(begun).isEqualTo(1);
        assertThat(place.asked).containsExactly("from 0 of ", "from 3 of v1", "from 5 of v1");
        assertThat(pauses).hasSize(2);
    }

    @Test
    void a_connection_that_breaks_behind_the_last_byte_has_told_all() {
        place.breaks.add(10);

        read();

        assertThat(got).hasToString("0123456789");
        assertThat(place.asked).hasSize(1);
    }

    @Test
    void an_object_that_is_another_now_is_not_mixed() {
        place.breaks.add(3);
        place.etagAfterBreak = "v2";

        assertThatThrownBy(this::read)
                .isInstanceOfSatisfying(
                        BucketException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CHANGED));
        assertThat(got).hasToString("012");
    }

    @Test
    void without_an_etag_nothing_is_read_on() {
        place.breaks.add(3);
        place.etag = "";

        assertThatThrownBy(this::read)
                .isInstanceOfSatisfying(
                        BucketException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE));
    }

    @Test
    void a_server_that_stays_silent_is_given_up_with_the_number_of_attempts() {
        place.failing = Kind.UNREACHABLE;

        assertThatThrownBy(() -> bucket.list("", null)).hasMessageContaining("given up after");
        assertThat(pauses).hasSizeGreaterThan(10);
    }

    @Test
    void what_failed_for_good_comes_out_at_once() {
        place.failing = Kind.DENIED;

        assertThatThrownBy(() -> bucket.list("", null)).hasMessage("it failed");
        assertThat(pauses).isEmpty();
    }

    /// An object of ten bytes, read over connections that break as told.
    private static final class Scripted implements Bucket {
        private final Deque<Integer> breaks = new ArrayDeque<>();
        private final List<String> asked = new ArrayList<>();
        private String etag = "v1";
        private String etagAfterBreak = "v1";
        private @Nullable Kind failing;

        @Override
        public String location() {
            return "scripted";
        }

        @Override
        public int connections() {
            return 1;
        }

        @Override
        public Page list(String prefix, @Nullable String from) {
            if (failing != null) {
                throw failure(failing);
            }
            return new Page(List.of(), null);
        }

        @Override
        public void read(String key, long offset, String wanted, Sink sink) {
            asked.add("from " + offset + " of " + wanted);
            if (!wanted.isEmpty() && !wanted.equals(etag)) {
                throw failure(Kind.CHANGED);
            }
            sink.begin(new Found(10, etag, "", Instant.EPOCH, "", 0, 0, Properties.NONE));
            Integer end = breaks.poll();
            byte[] bytes = "0123456789".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            int to = end == null ? 10 : end;
            sink.bytes(bytes, (int) offset, to - (int) offset);
            if (end != null) {
                etag = etag.isEmpty() ? "" : etagAfterBreak;
                throw failure(Kind.UNREACHABLE);
            }
        }

        @Override
        public Found look(String key) {
            throw new AssertionError("not asked for");
        }

        @Override
        public SortedMap<String, String> tags(String key, String version) {
            return new TreeMap<>();
        }

        @Override
        public String write(String key, Properties properties, Spool content, boolean createOnly) {
            throw new AssertionError("not asked for");
        }

        @Override
        public Upload begin(String key, Properties properties) {
            throw new AssertionError("not asked for");
        }

        @Override
        public void delete(String key) {}

        @Override
        public void close() {}
    }
}
