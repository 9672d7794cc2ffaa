package dev.reprise.demo;

import dev.reprise.base.ObjectId;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;
import redis.clients.jedis.resps.Tuple;

/// The shop's cache: sessions, carts, rankings; filled, written to, and audited key by key.
final class ShopCache {
    private static final int SESSIONS = 6_000;
    private static final int CARTS = 1_500;
    private static final String LOADED = "event:";

    private ShopCache() {}

    static void fill(Jedis redis) {
        Pipeline batch = redis.pipelined();
        for (int i = 0; i < SESSIONS; i++) {
            batch.set(
                    "session:" + i,
                    ObjectId.hash(("session" + i).getBytes(StandardCharsets.UTF_8))
                            .hex());
            if (i % 3 == 0) {
                batch.expireAt("session:" + i, 4_102_444_800L + i);
            }
        }
        for (int i = 0; i < CARTS; i++) {
            batch.hset("cart:" + i, Map.of("sku", "SKU-" + i % 800, "quantity", String.valueOf(1 + i % 5)));
            batch.rpush("recent:" + i % 300, "SKU-" + i % 800);
            batch.sadd("tag:" + i % 40, "SKU-" + i % 800);
            batch.zadd("ranking", i * 1.5, "SKU-" + i % 800);
        }
        batch.sync();
    }

    /// One event under load; its content follows from its number.
    static void note(Jedis redis, int number) {
        redis.set(LOADED + number, value(number));
    }

    /// Every key of the server with a text that is equal exactly when type, content and expiry are.
    static Map<String, String> keys(Jedis redis) {
        Map<String, String> keys = new HashMap<>();
        String cursor = ScanParams.SCAN_POINTER_START;
        do {
            ScanResult<String> page = redis.scan(cursor, new ScanParams().count(1000));
            for (String key : page.getResult()) {
                keys.put(key, describe(redis, key));
            }
            cursor = page.getCursor();
        } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
        return keys;
    }

    private static String describe(Jedis redis, String key) {
        String type = redis.type(key);
        String content = switch (type) {
            case "string" -> redis.get(key);
            case "hash" -> new TreeMap<>(redis.hgetAll(key)).toString();
            case "list" -> redis.lrange(key, 0, -1).toString();
            case "set" -> new java.util.TreeSet<>(redis.smembers(key)).toString();
            case "zset" ->
                redis.zrangeWithScores(key, 0, -1).stream()
                        .map(Tuple::toString)
                        .toList()
                        .toString();
            default -> throw new IllegalStateException("the demonstration writes no " + type);
        };
        return type + " " + content + " until " + redis.expireTime(key);
    }

    /// @param expected [#keys] of the server that was lost, before the load began
    /// @param atLeast  events confirmed before the capture began
    /// @param atMost   events that can have been begun when it ended
    static Audit audit(Jedis redis, Map<String, String> expected, int atLeast, int atMost) {
        var findings = new Audit.Findings();
        Map<String, String> found = keys(redis);
        long compared = found.size();
        expected.forEach((key, content) -> {
            String now = found.remove(key);
            if (!content.equals(now)) {
                findings.add("key %s was %s, is %s".formatted(key, content, now));
            }
        });
        int survived = 0;
        while (("string " + value(survived + 1) + " until -1").equals(found.remove(LOADED + (survived + 1)))) {
            survived++;
        }
        found.keySet().forEach(key -> findings.add("key " + key + " is not as it was written"));
        if (survived < atLeast || survived > atMost) {
            findings.add("events 1 to %d came back, expected between %d and %d".formatted(survived, atLeast, atMost));
        }
        return new Audit(compared, findings.list(), survived);
    }

    private static String value(int number) {
        return "payment %d confirmed".formatted(number);
    }
}
