package dev.reprise.sources.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reprise.base.ExitStatus;
import dev.reprise.embedded.EmbeddedRedis;
import dev.reprise.sources.CapturedStreams;
import dev.reprise.sources.Facts;
import dev.reprise.sources.FactsLevel;
import dev.reprise.sources.RestorePlan;
import dev.reprise.sources.RestoreRequest;
import dev.reprise.sources.SourceException;
import dev.reprise.sources.SourceListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.StreamEntryID;

/// A real server, filled once; restored data is loaded by real servers too.
class RedisSourceTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final int KEYS = 100_000;
    private static final long FAR = Instant.parse("2100-01-01T00:00:00Z").toEpochMilli();
    private static EmbeddedRedis origin;
    private static CapturedStreams captured = new CapturedStreams();

    private Path folder = Path.of("");

    @BeforeAll
    static void start() {
        origin = EmbeddedRedis.start(EmbeddedRedis.Options.scratch().set("databases", "16"));
        try (var jedis = client(origin)) {
            fill(jedis, KEYS);
            for (int database = 1; database < 16; database++) {
                jedis.select(database);
                jedis.set("in", "database " + database);
            }
            jedis.sendCommand(
                    () -> "FUNCTION".getBytes(StandardCharsets.US_ASCII),
                    "LOAD",
                    "#!lua name=lib\nredis.register_function('one', function() return 1 end)");
        }
        captured = CapturedStreams.of(source(origin, FactsLevel.DIGESTS));
    }

    @AfterAll
    static void stop() {
        origin.close();
    }

    @BeforeEach
    void make_a_folder_servers_can_enter() throws IOException {
        folder = Files.createTempDirectory("reprise redis ");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterEach
    void delete_the_folder() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static Jedis client(EmbeddedRedis server) {
        return new Jedis("127.0.0.1", server.port(), 60_000);
    }

    private static RedisSettings settings(EmbeddedRedis server) {
        return RedisSettings.ofUrl("cache", server.url(), Optional.empty());
    }

    private static RedisSource source(EmbeddedRedis server, FactsLevel level) {
        return new RedisSource(settings(server).withLevel(level), InstantSource.fixed(NOW));
    }

    /// Keys of every type, one in five with an expiry, small and big collections of each.
    private static void fill(Jedis jedis, int keys) {
        Pipeline pipeline = jedis.pipelined();
        for (int i = 0; i < keys; i++) {
            String key = "key:" + i;
            switch (i % 8) {
                case 0 -> pipeline.set(key, "value " + i);
                case 1 -> pipeline.set(key, Integer.toString(i * 7919 - 300_000_000));
                case 2 -> pipeline.rpush(key, "a", Integer.toString(i), "c".repeat(i % 90));
                case 3 -> pipeline.sadd(key, Integer.toString(i), Integer.toString(-i), "70000000000");
                case 4 -> pipeline.sadd(key, "m" + i, "n" + i, "3");
                case 5 -> pipeline.zadd(key, Map.of("a", i / 3.0, "b", -1.0 * i, "c", Double.POSITIVE_INFINITY));
                case 6 -> pipeline.hset(key, Map.of("f", "v" + i, "g", Integer.toString(i), "", "empty"));
                default -> pipeline.xadd(key, new StreamEntryID(i, 1), Map.of("field", "v" + i));
            }
            if (i % 5 == 0) {
                pipeline.pexpireAt(key, FAR + i);
            }
            if (i % 10_000 == 0) {
                pipeline.sync();
            }
        }
        for (int i = 0; i < 2000; i++) {
            pipeline.rpush("big:list", "element " + i + " " + "x".repeat(i % 70));
            pipeline.sadd("big:set", "member " + i);
            pipeline.sadd("big:intset", Long.toString(i * 5_000_000_000L));
            pipeline.zadd("big:zset", i / 7.0, "member " + i);
            pipeline.hset("big:hash", "field " + i, "value " + i);
            pipeline.xadd("big:stream", new StreamEntryID(i, i), Map.of("a", "x" + i, i % 9 == 0 ? "b" : "c", "y"));
        }
        pipeline.set("big:string", "compressible ".repeat(100_000));
        pipeline.xdel("big:stream", new StreamEntryID(77, 77));
        pipeline.sync();
        jedis.xgroupCreate("big:stream", "group", new StreamEntryID(0, 0), false);
        jedis.sendCommand(
                () -> "XREADGROUP".getBytes(StandardCharsets.US_ASCII),
                "GROUP",
                "group",
                "someone",
                "COUNT",
                "10",
                "STREAMS",
                "big:stream",
                ">");
    }

    private Facts restore(Map<String, String> options) {
        return restore(captured, folder, false, options);
    }

    private static Facts restore(CapturedStreams streams, Path into, boolean replace, Map<String, String> options) {
        RedisSource source = source(origin, FactsLevel.COUNTS);
        RestorePlan plan = source.plan(streams, new RestoreRequest(into.toString(), replace, options));
        return source.restore(streams, plan, SourceListener.SILENT);
    }

    @Nested
    class ACapture {
        @Test
        void holds_the_rdb_the_users_and_the_configuration() {
            assertThat(captured.paths()).containsExactly("acl.txt", "config.json", "dump.rdb");
            assertThat(captured.bytes("dump.rdb")).startsWith("REDIS0010".getBytes(StandardCharsets.US_ASCII));
            assertThat(captured.text("acl.txt")).startsWith("user default on");
            assertThat(captured.text("config.json"))
                    .contains("\"appendfilename\":\"appendonly.aof\"")
                    .doesNotContain("requirepass", "masterauth");
        }

        @Test
        void counts_keys_by_database_type_and_expiry() {
            assertThat(captured.facts().counts())
                    .containsEntry("db0", KEYS + 7L)
                    .containsEntry("db0.expires", KEYS / 5L)
                    .containsEntry("db0.persistent", KEYS * 4L / 5 + 7)
                    .containsEntry("db0.string", KEYS / 4L + 1)
                    .containsEntry("db0.hash", KEYS / 8L + 1)
                    .containsEntry("db0.stream", KEYS / 8L + 1)
                    .containsEntry("db15", 1L)
                    .containsEntry("functions", 1L);
            assertThat(captured.facts().digests()).hasSize(32).containsKeys("db0", "db0.persistent", "db15");
        }

        @Test
        void records_versions_and_positions() {
            assertThat(captured.facts().versions()).containsEntry("rdb", "10");
            assertThat(captured.facts().versions().get("server")).matches("7\\.0\\.\\d+");
            assertThat(captured.facts().positions().get("replication.id")).matches("[0-9a-f]{40}");
            assertThat(captured.facts().positions().get("replication.offset")).matches("\\d+");
        }

        @ParameterizedTest
        @ValueSource(strings = {"yes", "no"})
        void takes_both_frames_of_the_replication_stream(String diskless) {
            try (var server =
                            EmbeddedRedis.start(EmbeddedRedis.Options.scratch().set("repl-diskless-sync", diskless));
                    var jedis = client(server)) {
                fill(jedis, 1000);
                CapturedStreams streams = CapturedStreams.of(source(server, FactsLevel.COUNTS));
                assertThat(streams.facts().counts()).containsEntry("db0", 1007L);
            }
        }

        @Test
        void of_an_empty_server_is_whole() {
            try (var server = EmbeddedRedis.start(EmbeddedRedis.Options.scratch())) {
                CapturedStreams streams = CapturedStreams.of(source(server, FactsLevel.DIGESTS));
                assertThat(streams.facts().counts()).isEmpty();
                assertThat(streams.bytes("dump.rdb")).isNotEmpty();
            }
        }

        @Test
        void without_checksums_is_taken_all_the_same() {
            try (var server =
                            EmbeddedRedis.start(EmbeddedRedis.Options.scratch().set("rdbchecksum", "no"));
                    var jedis = client(server)) {
                jedis.set("a", "1");
                CapturedStreams streams = CapturedStreams.of(source(server, FactsLevel.COUNTS));
                assertThat(streams.facts().counts()).containsEntry("db0", 1L);
                restore(streams, folder.resolve("data"), false, Map.of());
            }
        }
    }

    @Test
    void the_digest_is_the_same_whatever_the_encoding() {
        var other = EmbeddedRedis.Options.scratch()
                .set("hash-max-listpack-entries", "0")
                .set("zset-max-listpack-entries", "0")
                .set("set-max-intset-entries", "0")
                .set("list-max-listpack-size", "1")
                .set("stream-node-max-entries", "3")
                .set("rdbcompression", "no");
        try (var one = EmbeddedRedis.start(EmbeddedRedis.Options.scratch());
                var two = EmbeddedRedis.start(other);
                var first = client(one);
                var second = client(two)) {
            fill(first, 2000);
            fill(second, 2000);
            Facts left = CapturedStreams.of(source(one, FactsLevel.DIGESTS)).facts();
            assertThat(CapturedStreams.of(source(two, FactsLevel.DIGESTS))
                            .facts()
                            .digests())
                    .isEqualTo(left.digests());
            second.hset("big:hash", "field 7", "value 8");
            assertThat(CapturedStreams.of(source(two, FactsLevel.DIGESTS))
                            .facts()
                            .digests())
                    .isNotEqualTo(left.digests());
        }
    }

    @Nested
    class ARestore {
        @Test
        void has_the_facts_of_the_capture() {
            Facts facts = restore(Map.of());
            assertThat(facts.counts()).isEqualTo(captured.facts().counts());
            assertThat(facts.digests()).isEqualTo(captured.facts().digests());
            assertThat(facts.consistentAt()).isEqualTo(NOW);
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void loads_with_append_only_on_and_off(boolean appendOnly) {
            restore(Map.of());
            var options = EmbeddedRedis.Options.scratch().in(folder).appendOnly(appendOnly);
            try (var server = EmbeddedRedis.start(options);
                    var jedis = client(server)) {
                assertThat(jedis.dbSize()).isEqualTo(KEYS + 7L);
                assertThat(jedis.pexpireTime("key:5")).isEqualTo(FAR + 5);
                Facts again =
                        CapturedStreams.of(source(server, FactsLevel.DIGESTS)).facts();
                assertThat(again.digests()).isEqualTo(captured.facts().digests());
                assertThat(again.counts()).isEqualTo(captured.facts().counts());
            }
        }

        @Test
        void keeps_what_is_written_after_it() {
            restore(Map.of());
            var options = EmbeddedRedis.Options.scratch().in(folder).appendOnly(true);
            try (var server = EmbeddedRedis.start(options);
                    var jedis = client(server)) {
                jedis.set("new", "one");
            }
            try (var server = EmbeddedRedis.start(options);
                    var jedis = client(server)) {
                assertThat(jedis.get("new")).isEqualTo("one");
                assertThat(jedis.dbSize()).isEqualTo(KEYS + 8L);
            }
        }

        @Test
        void is_readable_by_its_owner_only() throws IOException {
            restore(Map.of("acl", "yes"));
            try (Stream<Path> files = Files.walk(folder)) {
                List<String> all = files.filter(Files::isRegularFile)
                        .map(file -> folder.relativize(file) + " " + permissions(file))
                        .sorted()
                        .toList();
                assertThat(all)
                        .containsExactly(
                                "appendonlydir/appendonly.aof.1.base.rdb rw-------",
                                "appendonlydir/appendonly.aof.1.incr.aof rw-------",
                                "appendonlydir/appendonly.aof.manifest rw-------",
                                "dump.rdb rw-------",
                                "users.acl rw-------");
            }
        }

        private String permissions(Path file) {
            try {
                return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        @Test
        void leaves_out_the_append_only_set_when_told() {
            restore(Map.of("appendonly", "no"));
            assertThat(folder.toFile().list()).containsExactly("dump.rdb");
        }

        @Test
        void makes_one_append_only_file_for_servers_before_7() {
            CapturedStreams old = captured.with(
                    "dump.rdb", RdbTest.rdb("REDIS0009", RdbTest.bytes("fe 00 00 01", "'k'", "01", "'v'")));
            restore(old.withFacts(Facts.NONE), folder, false, Map.of("server", "6.2"));
            assertThat(folder.toFile().list()).containsExactlyInAnyOrder("dump.rdb", "appendonly.aof");
            assertThat(folder.resolve("appendonly.aof")).hasSameBinaryContentAs(folder.resolve("dump.rdb"));
        }

        @Test
        void gives_files_away() throws IOException {
            String me = Files.getOwner(folder).getName();
            restore(Map.of("owner", me));
            assertThat(Files.getOwner(folder.resolve("dump.rdb")).getName()).isEqualTo(me);
            assertThatThrownBy(() -> restore(captured, folder.resolve("other"), false, Map.of("owner", "no-such-user")))
                    .isInstanceOf(SourceException.class);
            assertThat(folder.resolve("other")).isEmptyDirectory();
        }
    }

    @FunctionalInterface
    private interface Accident {
        void happen() throws IOException;
    }

    @Nested
    class AFolderWithData {
        @BeforeEach
        void occupy() throws IOException {
            Files.writeString(folder.resolve("dump.rdb"), "precious");
            Files.createDirectory(folder.resolve("appendonlydir"));
            Files.writeString(folder.resolve("appendonlydir/x"), "also precious");
            Files.writeString(folder.resolve("redis.conf"), "port 1");
        }

        @Test
        void is_refused() {
            SourceException failure = catchThrowableOfType(SourceException.class, () -> restore(Map.of()));
            assertThat(failure.exitStatus()).isEqualTo(ExitStatus.TARGET_REFUSED);
            assertThat(folder.resolve("dump.rdb")).hasContent("precious");
        }

        @Test
        void is_moved_aside_when_it_may_be_replaced() {
            restore(captured, folder, true, Map.of());
            Path aside = folder.resolve("before-restore-2026-11-21T120000.000Z");
            assertThat(aside.resolve("dump.rdb")).hasContent("precious");
            assertThat(aside.resolve("appendonlydir/x")).hasContent("also precious");
            assertThat(folder.resolve("redis.conf")).hasContent("port 1");
            assertThat(folder.resolve("dump.rdb")).hasBinaryContent(captured.bytes("dump.rdb"));
        }

        /// As if an administrator worked in the folder at the same time.
        private SourceException restoreWhile(String step, Map<String, String> options, Accident accident) {
            RedisSource source = source(origin, FactsLevel.COUNTS);
            RestorePlan plan = source.plan(captured, new RestoreRequest(folder.toString(), true, options));
            return catchThrowableOfType(
                    SourceException.class,
                    () -> source.restore(captured, plan, event -> {
                        if (event instanceof SourceListener.SourceEvent.Step(String what) && what.startsWith(step)) {
                            try {
                                accident.happen();
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        }
                    }));
        }

        private void assertAsItWas(String... others) {
            assertThat(folder.toFile().list())
                    .contains("dump.rdb", "appendonlydir", "redis.conf")
                    .containsAll(List.of(others))
                    .hasSize(3 + others.length);
            assertThat(folder.resolve("dump.rdb")).hasContent("precious");
            assertThat(folder.resolve("appendonlydir/x")).hasContent("also precious");
        }

        @Test
        void is_as_it_was_when_something_cannot_be_moved_aside() throws IOException {
            Files.writeString(folder.resolve("users.acl"), "user a on");
            SourceException failure = restoreWhile(
                    "moving what is there", Map.of("acl", "yes"), () -> Files.delete(folder.resolve("users.acl")));
            assertThat(failure).hasMessageContaining("users.acl");
            assertThat(failure.hint()).contains("nothing was lost");
            assertAsItWas();
        }

        @Test
        void is_as_it_was_when_a_new_file_cannot_get_its_place() {
            SourceException failure = restoreWhile(
                    "putting the files",
                    Map.of("acl", "yes"),
                    () -> Files.writeString(folder.resolve("users.acl"), "user a on"));
            assertThat(failure.hint()).contains("nothing was lost");
            assertAsItWas("users.acl");
            assertThat(folder.resolve("users.acl")).hasContent("user a on");
        }

        @Test
        void that_cannot_be_put_back_is_named() {
            SourceException failure = restoreWhile(
                    "putting the files", Map.of(), () -> Files.writeString(folder.resolve("dump.rdb"), "intruder"));
            Path aside = folder.resolve("before-restore-2026-11-21T120000.000Z");
            assertThat(failure).hasMessageContaining(aside.resolve("dump.rdb").toString());
            assertThat(failure.hint()).contains(aside.toString(), "before the server is started");
            assertThat(aside.resolve("dump.rdb")).hasContent("precious");
            assertThat(folder.resolve("dump.rdb")).hasContent("intruder");
            assertThat(folder.resolve("appendonlydir/x")).hasContent("also precious");
        }

        @Test
        void survives_an_rdb_that_is_cut_off_or_flipped() {
            byte[] flipped = captured.bytes("dump.rdb").clone();
            flipped[flipped.length / 2] ^= 4;
            for (CapturedStreams bad : List.of(
                    captured.truncated("dump.rdb", captured.bytes("dump.rdb").length - 1),
                    captured.with("dump.rdb", flipped))) {
                assertThatThrownBy(() -> restore(bad, folder, true, Map.of()))
                        .isInstanceOf(SourceException.class)
                        .hasMessageContaining("the RDB is damaged");
                assertThat(folder.toFile().list()).containsExactlyInAnyOrder("dump.rdb", "appendonlydir", "redis.conf");
                assertThat(folder.resolve("dump.rdb")).hasContent("precious");
            }
        }
    }

    @Nested
    class ARequest {
        private SourceException refused(CapturedStreams streams, String target, Map<String, String> options) {
            return catchThrowableOfType(
                    SourceException.class,
                    () -> source(origin, FactsLevel.COUNTS).plan(streams, new RestoreRequest(target, false, options)));
        }

        @Test
        void for_an_older_server_is_refused() {
            SourceException failure = refused(captured, folder.toString(), Map.of("server", "6.2"));
            assertThat(failure.exitStatus()).isEqualTo(ExitStatus.TARGET_REFUSED);
            assertThat(failure).hasMessageContaining("RDB version 10").hasMessageContaining("6.2");
        }

        @Test
        void for_the_folder_of_a_running_server_is_refused() {
            SourceException failure = refused(captured, origin.folder().toString(), Map.of());
            assertThat(failure.exitStatus()).isEqualTo(ExitStatus.TARGET_REFUSED);
            assertThat(failure.fact()).contains(Long.toString(origin.process().pid()));
        }

        @Test
        void that_makes_no_sense_is_refused() {
            for (Map<String, String> options : List.of(
                    Map.of("apendonly", "no"),
                    Map.of("appendonly", "maybe"),
                    Map.of("server", "new"),
                    Map.of("acl", "perhaps"))) {
                assertThat(refused(captured, folder.toString(), options).exitStatus())
                        .as(options.toString())
                        .isEqualTo(ExitStatus.BAD_CONFIGURATION);
            }
            assertThat(refused(captured, "", Map.of()).exitStatus()).isEqualTo(ExitStatus.BAD_CONFIGURATION);
        }

        @Test
        void with_a_file_name_that_leads_elsewhere_is_refused() {
            CapturedStreams hostile = captured.with(
                    "config.json", "{\"dbfilename\":\"../../etc/passwd\"}".getBytes(StandardCharsets.UTF_8));
            assertThat(refused(hostile, folder.toString(), Map.of())).hasMessageContaining("no file name");
        }
    }
}
