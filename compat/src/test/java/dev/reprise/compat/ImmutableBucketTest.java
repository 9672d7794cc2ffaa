package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.s3.S3Place;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.testkit.store.StoreCredentials;
import dev.reprise.testkit.store.StoreProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The whole story of a thief with the host's credentials, by the program itself, at stores that keep objects.
@Tag("long")
class ImmutableBucketTest {
    @Nested
    class OnSeaweedFs extends Story {
        OnSeaweedFs() {
            super(StoreProcess.Kind.SEAWEEDFS);
        }
    }

    @Nested
    class OnVersityGateway extends Story {
        OnVersityGateway() {
            super(StoreProcess.Kind.VERSITYGW);
        }
    }

    @Nested
    class OnMinio extends Story {
        OnMinio() {
            super(StoreProcess.Kind.MINIO);
        }
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class Story {
        private final StoreProcess.Kind kind;
        private StoreProcess store;

        @TempDir
        private Path here;

        Story(StoreProcess.Kind kind) {
            this.kind = kind;
        }

        @BeforeAll
        void start(@TempDir Path folder) {
            store = StoreProcess.start(kind, folder);
        }

        @AfterAll
        void stop() {
            store.close();
        }

        @BeforeEach
        void upload() throws IOException {
            Files.writeString(Files.createDirectory(here.resolve("uploads")).resolve("a"), "what must not be lost");
        }

        private String location(String bucket) {
            return "s3:http://127.0.0.1:" + store.port() + "/" + bucket + "/host1";
        }

        private void configure(String bucket, String options) throws IOException {
            Files.writeString(here.resolve("reprise.yaml"), """
                repositories:
                  far:
                    location: "%s"
                    password: {env: REPRISE_TEST_PASSWORD}
                    options: {%s}
                sources:
                  uploads: {kind: files, paths: [uploads]}
                jobs:
                  nightly: {sources: [uploads], repository: far}
                """.formatted(location(bucket), options));
        }

        private record Result(int status, String out, String err) {}

        private Result run(String... arguments) throws IOException, InterruptedException {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "dev.reprise.app.Main"));
            command.addAll(Arrays.asList(arguments));
            Path out = here.resolve("out");
            Path err = here.resolve("err");
            var builder = new ProcessBuilder(command)
                    .directory(here.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().keySet().removeIf(name -> name.matches("(RESTIC|REPRISE|AWS|XDG)_.*"));
            builder.environment().putAll(StoreCredentials.variables());
            builder.environment().put("HOME", here.toString());
            builder.environment().put("REPRISE_TEST_PASSWORD", "long test");
            builder.environment().put("RESTIC_PASSWORD", "long test");
            Process process = builder.start();
            process.getOutputStream().close();
            return new Result(process.waitFor(), Files.readString(out), Files.readString(err));
        }

        private Result ok(String... arguments) throws IOException, InterruptedException {
            Result result = run(arguments);
            assertThat(result.status()).as("%s: %s", List.of(arguments), result).isZero();
            return result;
        }

        /// With the same credentials, and no regard for anybody.
        private void steal(String bucket) {
            var settings = new PlaceSettings(StoreCredentials.variables(), here, InstantSource.system());
            try (Storage thief = new S3Place().open(location(bucket).substring("s3:".length()), settings)) {
                for (ObjectType type : ObjectType.values()) {
                    List<ObjectKey> all = new ArrayList<>();
                    thief.list(type, object -> all.add(object.key()));
                    all.forEach(thief::delete);
                }
                thief.write(ObjectKey.CONFIG, "pay 3 coins".getBytes(StandardCharsets.UTF_8));
            }
        }

        @Test
        void what_is_kept_is_proven_extended_and_restored_from_below_the_rubbish()
                throws IOException, InterruptedException {
            String options = "s3.object-lock: compliance, s3.retain-days: \"1\"";
            configure("kept", options);
            assertThat(ok("init").err()).doesNotContain("warning");
            ok("backup");
            assertThat(ok("check", "--immutability").out())
                    .contains(": immutable: nothing that is kept can be destroyed")
                    .contains("refused: tried to delete its version")
                    .contains("0 not kept");
            assertThat(ok("extend-locks").out()).contains("0 to be kept");
            assertThat(ok("extend-locks", "--margin", "100", "--dry-run", "--json")
                            .out())
                    .contains("\"object\":\"config\"");
            assertThat(ok("extend-locks", "--margin", "100").out()).contains("are kept for longer now");
            assertThat(ok("points").out()).contains("IMMUTABLE UNTIL");
            assertThat(ok("points", "--json").out()).containsPattern("\"immutable_until\":\"20");
            assertThat(ok("status").out()).contains("kept what it promises").contains("1 of 1 points are kept whole");

            Instant before = Instant.now();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> Instant.now().isAfter(before.plusSeconds(2)));
            steal("kept");
            assertThat(run("points").status()).isNotZero();

            String moment = before.plusSeconds(1).toString();
            String[] past = {"restic", "-r", location("kept"), "-o", "s3.as-of=" + moment, "--no-lock"};
            assertThat(ok(with(past, "snapshots")).out()).contains("1 snapshots");
            ok(with(past, "check", "--read-data"));
            configure("kept", options + ", s3.as-of: \"" + moment + "\"");
            ok("restore", "uploads", "--to", here.resolve("restored").toString());
            try (Stream<Path> files = Files.walk(here.resolve("restored"))) {
                assertThat(files.filter(Files::isRegularFile))
                        .singleElement()
                        .satisfies(file -> assertThat(file).hasContent("what must not be lost"));
            }
        }

        private static String[] with(String[] first, String... more) {
            return Stream.concat(Arrays.stream(first), Arrays.stream(more)).toArray(String[]::new);
        }

        @Test
        void an_administrators_governance_is_named_by_init_check_and_status() throws IOException, InterruptedException {
            configure("weak", "s3.object-lock: governance, s3.retain-days: \"1\"");
            assertThat(ok("init").err()).contains("these credentials may undo what keeps objects");
            ok("backup");
            Result check = run("check", "--immutability");
            assertThat(check.status()).as("%s", check).isEqualTo(26);
            assertThat(check.out()).contains("ALLOWED: tried to delete its version by bypassing governance");
            Result status = run("status");
            assertThat(status.status()).isEqualTo(3);
            assertThat(status.err()).contains("these credentials may undo what keeps objects");
        }
    }
}
