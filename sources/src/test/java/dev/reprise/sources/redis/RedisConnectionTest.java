package dev.reprise.sources.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.Secret;
import dev.reprise.embedded.EmbeddedRedis;
import dev.reprise.sources.CapturedStreams;
import dev.reprise.sources.FactsLevel;
import dev.reprise.sources.SourceException;
import dev.reprise.sources.SourceListener;
import dev.reprise.sources.SourceListener.SourceEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

/// Who is let in, and connections that break.
class RedisConnectionTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private static Jedis client(EmbeddedRedis server) {
        return new Jedis("127.0.0.1", server.port(), 60_000);
    }

    private static RedisSettings settings(EmbeddedRedis server) {
        return RedisSettings.ofUrl("cache", server.url(), Optional.empty());
    }

    private static RedisSource source(EmbeddedRedis server, FactsLevel level) {
        return new RedisSource(settings(server).withLevel(level), InstantSource.fixed(NOW));
    }

    @Nested
    class Users {
        @Test
        void with_a_password_are_let_in_and_their_secrets_saved_nowhere() {
            var options = EmbeddedRedis.Options.scratch().password(Secret.of("s3cret-p"));
            try (var server = EmbeddedRedis.start(options)) {
                var right = RedisSettings.ofUrl("cache", server.url(), Optional.of(Secret.of("s3cret-p")));
                var streams = CapturedStreams.of(new RedisSource(right, InstantSource.fixed(NOW)));
                assertThat(streams.text("config.json") + streams.text("acl.txt"))
                        .doesNotContain("s3cret-p");

                var wrong = RedisSettings.ofUrl("cache", server.url(), Optional.of(Secret.of("wr0ng-p")));
                SourceException failure = catchThrowableOfType(
                        SourceException.class, () -> new RedisSource(wrong, InstantSource.fixed(NOW)).probe());
                assertThat(failure).hasMessageContaining("WRONGPASS");
                assertThat(failure.fact() + failure.hint())
                        .doesNotContain("wr0ng-p")
                        .contains("password");

                var none = source(server, FactsLevel.COUNTS);
                assertThatThrownBy(none::probe).hasMessageContaining("NOAUTH");
            }
        }

        @Test
        void with_the_least_rights_capture_data_and_warn_about_the_rest() {
            try (var server = EmbeddedRedis.start(EmbeddedRedis.Options.scratch());
                    var jedis = client(server)) {
                jedis.aclSetUser("backup", "on", ">pw", "+psync", "+replconf", "+info", "+time");
                var warnings = new ArrayList<SourceEvent>();
                assertThat(captureAs(server, "backup", warnings).paths()).containsExactly("dump.rdb");
                assertThat(warnings).hasSize(2);
            }
        }

        @Test
        void with_the_rights_of_the_guide_capture_everything_and_no_needed_one_is_dispensable() {
            var needed = List.of("+psync", "+replconf", "+info", "+time");
            try (var server = EmbeddedRedis.start(EmbeddedRedis.Options.scratch());
                    var jedis = client(server)) {
                var all = new ArrayList<>(List.of("on", ">pw", "+acl|list", "+config|get"));
                all.addAll(needed);
                jedis.aclSetUser("backup", all.toArray(String[]::new));
                var warnings = new ArrayList<SourceEvent>();
                assertThat(captureAs(server, "backup", warnings).paths())
                        .containsExactly("acl.txt", "config.json", "dump.rdb");
                assertThat(warnings).isEmpty();
                for (String right : needed) {
                    String user = "without-" + right.substring(1);
                    jedis.aclSetUser(
                            user,
                            all.stream().filter(other -> !other.equals(right)).toArray(String[]::new));
                    assertThatThrownBy(() -> captureAs(server, user, warnings))
                            .as(right)
                            .isInstanceOf(SourceException.class)
                            .hasMessageContaining("NOPERM");
                }
                assertThatThrownBy(() -> as(server, "without-replconf").probe())
                        .isInstanceOf(SourceException.class)
                        .hasMessageContaining("NOPERM");
            }
        }

        private CapturedStreams captureAs(EmbeddedRedis server, String user, List<SourceEvent> warnings) {
            var streams = new CapturedStreams();
            as(server, user).probe();
            as(server, user).capture(streams, event -> {
                if (event instanceof SourceEvent.Warning) {
                    warnings.add(event);
                }
            });
            return streams;
        }

        private RedisSource as(EmbeddedRedis server, String user) {
            String url = server.url().replace("redis://", "redis://" + user + ":pw@");
            return new RedisSource(RedisSettings.ofUrl("cache", url, Optional.empty()), InstantSource.fixed(NOW));
        }
    }

    @Nested
    class AConnectionThatBreaks {
        @Test
        void because_the_server_is_killed_is_a_failure() {
            try (var server = EmbeddedRedis.start(EmbeddedRedis.Options.scratch());
                    var jedis = client(server)) {
                Pipeline pipeline = jedis.pipelined();
                byte[] big = new byte[1 << 20];
                var random = new Random(1);
                for (int i = 0; i < 64; i++) {
                    random.nextBytes(big);
                    pipeline.set(("big " + i).getBytes(StandardCharsets.UTF_8), big);
                }
                pipeline.sync();
                SourceException failure = catchThrowableOfType(
                        SourceException.class,
                        () -> source(server, FactsLevel.COUNTS)
                                .capture(
                                        (path, stream) -> {
                                            assertThat(stream.readNBytes(1000)).hasSize(1000);
                                            server.process().kill();
                                            stream.readAllBytes();
                                        },
                                        SourceListener.SILENT));
                assertThat(failure).hasMessageContaining("dump.rdb is not whole");
                assertThat(failure.exitStatus()).isEqualTo(ExitStatus.SOURCE_FAILED);
            }
        }

        @Test
        void anywhere_is_a_failure() throws Exception {
            byte[] rdb = RdbTest.rdb("REDIS0010", RdbTest.bytes("fe 00 00 01", "'k'", "05", "'value'"));
            long seed = new Random().nextLong();
            var random = new Random(seed);
            for (boolean marked : new boolean[] {true, false}) {
                try (var server = new PretendedRedis(rdb, marked)) {
                    assertThat(captureFrom(server)).as("uncut").isEqualTo(rdb);
                    for (int round = 0; round < 40; round++) {
                        int cut = random.nextInt(server.replicationBytes());
                        server.cutAfter(cut);
                        assertThatThrownBy(() -> captureFrom(server))
                                .as("seed %d, marked %s, cut after %d", seed, marked, cut)
                                .isInstanceOf(SourceException.class);
                    }
                }
            }
        }

        @Test
        void by_silence_is_a_failure_after_the_patience() throws Exception {
            byte[] rdb = RdbTest.rdb("REDIS0010", RdbTest.bytes("fe 00"));
            try (var server = new PretendedRedis(rdb, true)) {
                server.fallSilentAfter(20);
                var source = new RedisSource(
                        RedisSettings.ofUrl("cache", server.url(), Optional.empty())
                                .withPatience(Duration.ofMillis(200)),
                        InstantSource.fixed(NOW));
                assertThatThrownBy(() -> CapturedStreams.of(source))
                        .isInstanceOf(SourceException.class)
                        .hasMessageContaining("timed out");
            }
        }

        @Test
        void at_a_sink_that_fails_is_the_failure_of_the_sink() {
            try (var server = EmbeddedRedis.start(EmbeddedRedis.Options.scratch())) {
                assertThatThrownBy(() -> source(server, FactsLevel.COUNTS)
                                .capture(
                                        (path, stream) -> {
                                            throw new IOException("no room");
                                        },
                                        SourceListener.SILENT))
                        .isInstanceOf(SourceException.class)
                        .hasMessageContaining("no room");
            }
        }

        private byte[] captureFrom(PretendedRedis server) {
            var source = new RedisSource(
                    RedisSettings.ofUrl("cache", server.url(), Optional.empty()), InstantSource.fixed(NOW));
            return CapturedStreams.of(source).bytes("dump.rdb");
        }
    }
}
