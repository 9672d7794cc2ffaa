package dev.reprise.mount;

import java.util.LinkedHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Keeps what was loaded, up to a weight, the least recently used leaving first. What two threads want at once is
/// loaded once; failures are not kept. Safe for many threads.
final class BoundedCache<K, V> {
    private record Slot<V>(CompletableFuture<V> value, long[] weight) {}

    private final long most;
    private final ToLongFunction<? super V> weigher;
    private final Function<? super K, ? extends V> loader;
    private final LinkedHashMap<K, Slot<V>> slots = new LinkedHashMap<>(16, 0.75f, true);
    private long weight;

    /// @param most    in the unit of `weigher`; a value heavier than this is not kept
    /// @param loader  may be called by many threads at once, for different keys
    BoundedCache(long most, ToLongFunction<? super V> weigher, Function<? super K, ? extends V> loader) {
        this.most = most;
        this.weigher = weigher;
        this.loader = loader;
    }

    /// @throws RuntimeException whatever the loader throws, also to those who waited for it
    V get(K key) {
        Slot<V> fresh = new Slot<>(new CompletableFuture<>(), new long[1]);
        Slot<V> known = enter(key, fresh);
        if (known != null) {
            return await(known.value());
        }
        try {
            V value = loader.apply(key);
            fresh.value().complete(value);
            weigh(key, fresh, value);
            return value;
        } catch (Throwable e) {
            leave(key, fresh);
            fresh.value().completeExceptionally(e);
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
        slot.weight()[0] = weigher.applyAsLong(value);
        weight += slot.weight()[0];
        if (slot.weight()[0] > most) {
            leave(key, slot);
        }
        var oldest = slots.entrySet().iterator();
        while (weight > most && oldest.hasNext()) {
            Slot<V> next = oldest.next().getValue();
            if (next.value().isDone()) {
                weight -= next.weight()[0];
                oldest.remove();
            }
        }
    }

    private synchronized void leave(K key, Slot<V> slot) {
        if (slots.remove(key, slot)) {
            weight -= slot.weight()[0];
        }
    }

    synchronized boolean holds(K key) {
        return slots.containsKey(key);
    }

    /// Of everything kept.
    synchronized long weight() {
        return weight;
    }
}
