package dev.reprise.mount;

import java.util.LinkedHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Keeps what was loaded, up to a weight, the least recently used leaving first; the two used last stay in any case.
/// What two threads want at once is
/// loaded once; failures are not kept. Safe for many threads.
final class BoundedCache<K, V> {
    private static final class Slot<V> {
        private final CompletableFuture<V> value = new CompletableFuture<>();
        private long weight;
        private boolean weighed;
    }

    /// Stay whatever they weigh: what is looked into, and what was looked into on the way.
    private static final int STAYING = 2;

    private final long most;
    private final ToLongFunction<? super V> weigher;
    private final Function<? super K, ? extends V> loader;
    private final LinkedHashMap<K, Slot<V>> slots = new LinkedHashMap<>(16, 0.75f, true);
    private long weight;
    private int weighed;

    /// @param most    in the unit of `weigher`; the last values used stay though they may be heavier
    /// @param loader  may be called by many threads at once, for different keys
    BoundedCache(long most, ToLongFunction<? super V> weigher, Function<? super K, ? extends V> loader) {
        this.most = most;
        this.weigher = weigher;
        this.loader = loader;
    }

    /// @throws RuntimeException whatever the loader throws, also to those who waited for it
    V get(K key) {
        Slot<V> fresh = new Slot<>();
        Slot<V> known = enter(key, fresh);
        if (known != null) {
            return await(known.value);
        }
        try {
            V value = loader.apply(key);
            weigh(key, fresh, value);
            fresh.value.complete(value);
            return value;
        } catch (Throwable e) {
            leave(key, fresh);
            fresh.value.completeExceptionally(e);
            throw e;
        }
    }

    private static <V> V await(CompletableFuture<V> value) {
        try {
            return value.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private synchronized @Nullable Slot<V> enter(K key, Slot<V> fresh) {
        Slot<V> known = slots.get(key);
        if (known == null) {
            slots.put(key, fresh);
        }
        return known;
    }

    private synchronized void weigh(K key, Slot<V> slot, V value) {
        if (slots.get(key) != slot) {
            return;
        }
        slot.weight = weigher.applyAsLong(value);
        slot.weighed = true;
        weighed++;
        weight += slot.weight;
        var oldest = slots.values().iterator();
        while (weight > most && weighed > STAYING && oldest.hasNext()) {
            Slot<V> next = oldest.next();
            if (next.weighed) {
                oldest.remove();
                uncount(next);
            }
        }
    }

    private synchronized void leave(K key, Slot<V> slot) {
        if (slots.remove(key, slot) && slot.weighed) {
            uncount(slot);
        }
    }

    private void uncount(Slot<V> slot) {
        weighed--;
        weight -= slot.weight;
    }

    synchronized boolean holds(K key) {
        return slots.containsKey(key);
    }

    /// Of everything kept.
    synchronized long weight() {
        return weight;
    }
}
