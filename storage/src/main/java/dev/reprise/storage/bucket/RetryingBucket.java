package dev.reprise.storage.bucket;

import dev.reprise.base.CancelledException;
import dev.reprise.storage.Waiting;
import dev.reprise.storage.bucket.BucketException.Kind;
import dev.reprise.storage.retry.RetryPolicy;
import dev.reprise.storage.spool.Spool;
import java.time.Duration;
import java.util.SortedMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Repeats requests that failed for the moment, with growing pauses. An object whose connection broke is read on from
/// where it broke, if it is still the same; each byte that comes gives it the whole time anew.
public final class RetryingBucket implements Bucket {
    private final Bucket place;
    private final RetryPolicy policy;
    private final Waiting waiting;
    private final RandomGenerator random;

    /// @param place  closed together with this
    /// @param random safe for many threads; spreads the pauses
    public RetryingBucket(Bucket place, RetryPolicy policy, Waiting waiting, RandomGenerator random) {
        this.place = place;
        this.policy = policy;
        this.waiting = waiting;
        this.random = random;
    }

    @Override
    public String location() {
        return place.location();
    }

    @Override
    public int connections() {
        return place.connections();
    }

    @Override
    public Page list(String prefix, @Nullable String from) {
        return repeat(() -> place.list(prefix, from));
    }

    @Override
    public void read(String key, long offset, String etag, Sink sink) {
        var reading = new Reading(offset, etag, sink);
        var patience = new Patience();
        while (true) {
            long before = reading.position;
            try {
                place.read(key, reading.position, reading.etag, reading);
                return;
            } catch (BucketException e) {
                if (reading.isWhole()) {
                    return; // it broke behind the last byte
                }
                if (reading.position > before) {
                    patience = new Patience();
                }
                if (reading.begun && reading.etag.isEmpty()) {
                    throw e; // nothing would tell whether it is still the same
                }
                patience.endureOr(e);
            }
        }
    }

    @Override
    public Found look(String key) {
        return repeat(() -> place.look(key));
    }

    @Override
    public SortedMap<String, String> tags(String key, String version) {
        return repeat(() -> place.tags(key, version));
    }

    /// An attempt may have been carried out although its answer was lost; the next then finds the object there, which
    /// is a success if it has the size of what was sent.
    @Override
    public String write(String key, Properties properties, Spool content, boolean createOnly) {
        int[] attempts = {0};
        return repeat(() -> {
            attempts[0]++;
            try {
                return place.write(key, properties, content, createOnly);
            } catch (BucketException e) {
                if (e.kind() == Kind.CHANGED && attempts[0] > 1) {
                    Found there = place.look(key);
                    if (there.size() == content.size()) {
                        return there.etag();
                    }
                }
                throw e;
            }
        });
    }

    @Override
    public Upload begin(String key, Properties properties) {
        Upload begun = repeat(() -> place.begin(key, properties));
        return new Upload() {
            @Override
            public void part(int number, Spool content) {
                repeat(() -> {
                    begun.part(number, content);
                    return true;
                });
            }

            // Not repeated: after an answer that was lost the upload is gone, whatever became of it.
            @Override
            public String complete(boolean createOnly) {
                return begun.complete(createOnly);
            }

            @Override
            public void abort() {
                begun.abort();
            }
        };
    }

    @Override
    public void delete(String key) {
        repeat(() -> {
            place.delete(key);
            return true;
        });
    }

    @Override
    public void close() {
        place.close();
    }

    private <T> T repeat(Supplier<T> attempt) {
        var patience = new Patience();
        while (true) {
            try {
                return attempt.get();
            } catch (BucketException e) {
                patience.endureOr(e);
            }
        }
    }

    /// How much of the policy's time one operation has used up.
    private final class Patience {
        private final long begin = waiting.nanos();
        private int failures;

        /// Waits, or throws if there is no use in waiting.
        void endureOr(BucketException failure) {
            if (!failure.retryable()) {
                throw failure;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw CancelledException.interrupted("speaking to " + location());
            }
            failures++;
            Duration pause = policy.pause(failures, random);
            Duration spent = Duration.ofNanos(waiting.nanos() - begin);
            if (spent.plus(pause).compareTo(policy.total()) > 0) {
                String fact = "%s (given up after %d attempts in %d s)"
                        .formatted(failure.fact(), failures, spent.toSeconds());
                throw new BucketException(failure.kind(), fact, failure.hint(), failure);
            }
            waiting.pause(pause);
        }
    }

    private static final class Reading implements Sink {
        private final Sink sink;
        private long position;
        private String etag;
        private long size = -1;
        private boolean begun;

        Reading(long offset, String etag, Sink sink) {
            this.position = offset;
            this.etag = etag;
            this.sink = sink;
        }

        boolean isWhole() {
            return begun && position == size;
        }

        @Override
        public void begin(Found found) {
            if (begun) {
                return;
            }
            begun = true;
            etag = found.etag();
            size = found.size();
            sink.begin(found);
        }

        @Override
        public void bytes(byte[] buffer, int offset, int length) {
            sink.bytes(buffer, offset, length);
            position += length;
        }
    }
}
