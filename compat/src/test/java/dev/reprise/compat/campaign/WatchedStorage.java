package dev.reprise.compat.campaign;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Counts the calls of a place and does something at a chosen one: die or freeze.
final class WatchedStorage implements Storage {
    /// Is told of every call, counted from 1 over all threads. May throw or wait.
    interface Watcher {
        void before(int call);

        void after(int call);
    }

    /// What a killed process gets from its storage: nothing, ever again.
    static final class KilledError extends Error {
        private static final long serialVersionUID = 1;

        KilledError() {
            super("killed on purpose", null, false, false);
        }
    }

    /// Nothing happens; only the count is of interest.
    static final Watcher NOBODY = new Watcher() {
        @Override
        public void before(int call) {}

        @Override
        public void after(int call) {}
    };

    private final Storage place;
    private final Watcher watcher;
    private final AtomicInteger calls;

    /// @param calls counts them, for all places of one run
    WatchedStorage(Storage place, Watcher watcher, AtomicInteger calls) {
        this.place = place;
        this.watcher = watcher;
        this.calls = calls;
    }

    /// @param call       the last one
    /// @param takeEffect whether that one is done before death
    static Watcher killedAt(int call, boolean takeEffect) {
        return new Watcher() {
            @Override
            public void before(int number) {
                if (number > call || (number == call && !takeEffect)) {
                    throw new KilledError();
                }
            }

            @Override
            public void after(int number) {
                if (number >= call) {
                    throw new KilledError();
                }
            }
        };
    }

    /// Stands still before a call until it is thawed.
    static final class Frost implements Watcher {
        private final int call;
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch thawed = new CountDownLatch(1);

        Frost(int call) {
            this.call = call;
        }

        @Override
        public void before(int number) {
            if (number >= call) {
                reached.countDown();
                await(thawed);
            }
        }

        @Override
        public void after(int number) {}

        /// The process has ended without making that many calls.
        void over() {
            reached.countDown();
        }

        void awaitReached() {
            await(reached);
        }

        void thaw() {
            thawed.countDown();
        }

        private static void await(CountDownLatch latch) {
            boolean interrupted = false;
            while (true) {
                try {
                    latch.await();
                    break;
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private <T extends @Nullable Object> T watch(Supplier<T> action) {
        int call = calls.incrementAndGet();
        watcher.before(call);
        T result = action.get();
        watcher.after(call);
        return result;
    }

    private void watch(Runnable action) {
        var _ = watch(() -> {
            action.run();
            return true;
        });
    }

    @Override
    public String location() {
        return place.location();
    }

    @Override
    public void create() {
        watch(place::create);
    }

    @Override
    public long size(ObjectKey key) {
        return watch(() -> place.size(key));
    }

    @Override
    public void list(ObjectType type, Consumer<StoredObject> consumer) {
        watch(() -> place.list(type, consumer));
    }

    @Override
    public <T extends @Nullable Object> T read(ObjectKey key, long offset, long length, BodyReader<T> reader) {
        return watch(() -> place.read(key, offset, length, reader));
    }

    @Override
    public Draft draft(ObjectType type) {
        Draft draft = watch(() -> place.draft(type));
        return new Draft() {
            @Override
            public void append(byte[] bytes, int offset, int length) {
                watch(() -> draft.append(bytes, offset, length));
            }

            @Override
            public void commit(String name) {
                watch(() -> draft.commit(name));
            }

            @Override
            public void close() {
                watch(draft::close);
            }
        };
    }

    @Override
    public void delete(ObjectKey key) {
        watch(() -> place.delete(key));
    }

    @Override
    public int connections() {
        return place.connections();
    }

    @Override
    public void close() {
        place.close();
    }
}
