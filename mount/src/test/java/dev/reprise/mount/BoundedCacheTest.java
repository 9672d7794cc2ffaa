package dev.reprise.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BoundedCacheTest {
    private final List<String> loaded = Collections.synchronizedList(new ArrayList<>());

    private final BoundedCache<String, String> cache = new BoundedCache<>(10, String::length, this::load);

    private String load(String key) {
        loaded.add(key);
        if (key.startsWith("!")) {
            throw new IllegalArgumentException(key);
        }
        return key;
    }

    @Test
    void what_was_not_used_for_longest_leaves_first() {
        cache.get("aaaa");
        cache.get("bbbb");
        cache.get("aaaa");
        cache.get("cccc");
        assertThat(cache.weight()).isEqualTo(8);
        cache.get("aaaa");
        cache.get("bbbb");
        assertThat(loaded).containsExactly("aaaa", "bbbb", "cccc", "bbbb");
    }

    @Test
    void what_is_heavier_than_the_cache_stays_while_it_is_used() {
        String heavy = "h".repeat(11);
        cache.get("aaaa");
        cache.get("bbbb");
        for (String other : List.of("cccc", "dddd", "eeee")) {
            assertThat(cache.get(heavy)).hasSize(11);
            cache.get(other);
            assertThat(cache.weight()).isEqualTo(15);
        }
        assertThat(loaded).containsExactly("aaaa", "bbbb", heavy, "cccc", "dddd", "eeee");
        cache.get("ffff");
        assertThat(cache.holds(heavy)).isFalse();
        assertThat(cache.weight()).isEqualTo(8);
    }

    @Test
    @Timeout(60)
    void the_weight_is_that_of_what_is_held_though_many_load_at_once() throws Exception {
        var small = new BoundedCache<String, String>(30, String::length, key -> key);
        var all = new ArrayList<CompletableFuture<Void>>();
        for (int i = 0; i < 8; i++) {
            var random = new Random(i);
            all.add(CompletableFuture.runAsync(() -> {
                for (int n = 0; n < 20_000; n++) {
                    small.get("x".repeat(1 + random.nextInt(20)));
                }
            }));
        }
        for (var each : all) {
            each.get();
        }
        int held = IntStream.rangeClosed(1, 20)
                .filter(length -> small.holds("x".repeat(length)))
                .sum();
        assertThat(small.weight()).isEqualTo(held);
    }

    @Test
    void a_failure_is_not_kept() {
        assertThatThrownBy(() -> cache.get("!a")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> cache.get("!a")).isInstanceOf(IllegalArgumentException.class);
        assertThat(loaded).containsExactly("!a", "!a");
        assertThat(cache.weight()).isZero();
    }

    @Test
    @Timeout(60)
    void what_two_want_at_once_is_loaded_once() throws Exception {
        var begun = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        var slow = new BoundedCache<String, String>(10, String::length, key -> {
            loaded.add(key);
            begun.countDown();
            try {
                assertThat(go.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return key;
        });
        var first = CompletableFuture.supplyAsync(() -> slow.get("a"));
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        var second = CompletableFuture.supplyAsync(() -> slow.get("a"));
        go.countDown();
        assertThat(first.get()).isEqualTo("a");
        assertThat(second.get()).isEqualTo("a");
        assertThat(loaded).containsExactly("a");
    }
}
