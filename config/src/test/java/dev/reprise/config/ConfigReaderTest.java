package dev.reprise.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reprise.base.ByteSize;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.RateTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {
    private static final Path DIRECTORY = Path.of("/etc/reprise");

    /// The least that is right: everything else is added to it.
    private static final String LEAST = """
            repositories:
              main:
                location: repo
                password: {env: PW}
            sources:
              uploads:
                kind: files
                paths: [/srv/uploads]
            jobs:
              nightly:
                sources: [uploads]
                repository: main
            """;

    private static RepriseConfig read(String text) {
        return ConfigReader.read(text, "reprise.yaml", DIRECTORY);
    }

    private static String refusal(String text) {
        var refused = catchThrowableOfType(ConfigException.class, () -> read(text));
        assertThat(refused).as("the configuration was accepted").isNotNull();
        assertThat(refused.exitStatus()).isEqualTo(ExitStatus.BAD_CONFIGURATION);
        return refused.fact();
    }

    /// The refusal of the least configuration with one line replaced.
    private static String refusalWith(String line, String replacement) {
        assertThat(LEAST).contains(line);
        return refusal(LEAST.replace(line, replacement));
    }

    @Nested
    class Reads {
        @Test
        void how_a_place_is_spoken_to() {
            RepriseConfig config = read(LEAST.replace(
                    "    password: {env: PW}",
                    String.join(
                            "\n    ",
                            "    password: {env: PW}",
                            "connections: 10",
                            "upload: 08:00-18:00 512KiB/s, else unlimited",
                            "download: 2MiB/s",
                            "options: {s3.region: eu-central-1, s3.retries: 3, s3.list-objects-v1: true}",
                            "environment:",
                            "  AWS_ACCESS_KEY_ID: AKIA123",
                            "  AWS_SECRET_ACCESS_KEY: {file: s3-secret}")));
            var place = config.repository("main").place();
            assertThat(place.connections()).isEqualTo(10);
            assertThat(place.upload()).hasToString("08:00-18:00 512KiB/s, else unlimited");
            assertThat(place.download()).isEqualTo(RateTable.always(OptionalLong.of(2_097_152)));
            assertThat(place.options())
                    .containsExactlyInAnyOrderEntriesOf(
                            Map.of("s3.region", "eu-central-1", "s3.retries", "3", "s3.list-objects-v1", "true"));
            assertThat(place.environment())
                    .containsEntry("AWS_SECRET_ACCESS_KEY", new SecretReference.File(DIRECTORY.resolve("s3-secret")));
            assertThat(config.warnings()).isEmpty();
            assertThat(config.effective().toString())
                    .contains("AWS_ACCESS_KEY_ID={value=(secret)}", "08:00-18:00 512KiB/s")
                    .doesNotContain("AKIA123");
        }

        @Test
        void a_secret_among_the_variables_of_a_place_is_warned_of_and_never_shown() {
            RepriseConfig config = read(LEAST.replace(
                    "    password: {env: PW}",
                    "    password: {env: PW}\n    environment: {AWS_SECRET_ACCESS_KEY: hush, REGION: north}"));
            assertThat(config.warnings())
                    .singleElement()
                    .asString()
                    .contains("repositories.main.environment.AWS_SECRET_ACCESS_KEY")
                    .doesNotContain("hush");
            assertThat(config.effective().toString()).doesNotContain("hush", "north");
        }

        @Test
        void a_place_without_choices_is_unlimited() {
            var place = read(LEAST).repository("main").place();
            assertThat(place.connections()).isNull();
            assertThat(place.upload().isUnlimited()).isTrue();
            assertThat(place.download().isUnlimited()).isTrue();
            assertThat(place.options()).isEmpty();
            assertThat(place.environment()).isEmpty();
        }

        @Test
        void the_least_configuration_with_its_defaults() {
            RepriseConfig config = read(LEAST);
            assertThat(config.host()).isNull();
            assertThat(config.directory()).isEqualTo(DIRECTORY);
            assertThat(config.warnings()).isEmpty();
            RepositorySettings main = config.repository("main");
            assertThat(main.password()).isEqualTo(new SecretReference.Variable("PW"));
            assertThat(main.compression()).isEqualTo(CompressionMode.AUTO);
            assertThat(main.packSize()).isEqualTo(ByteSize.ofMebibytes(16));
            JobSettings nightly = config.job("nightly");
            assertThat(nightly.tags()).isEmpty();
            assertThat(nightly.retention()).isNull();
            assertThat(config.sourcesOf(nightly)).singleElement().satisfies(source -> {
                assertThat(source.required()).isTrue();
                assertThat(source).isInstanceOfSatisfying(SourceSettings.Files.class, files -> {
                    assertThat(files.paths()).containsExactly("/srv/uploads");
                    assertThat(files.exclude()).isEmpty();
                    assertThat(files.excludeLargerThan()).isNull();
                    assertThat(files.oneFileSystem()).isFalse();
                });
            });
        }

        @Test
        void every_option_of_files() {
            var files = (SourceSettings.Files)
                    read(LEAST.replace("    paths: [/srv/uploads]\n", """
                        required: false
                        paths: [/srv/a, b]
                        exclude: ["*.log"]
                        exclude-file: [x.txt]
                        iexclude: ["*.TMP"]
                        exclude-caches: true
                        exclude-if-present: [".nobackup", "skip:yes"]
                        exclude-larger-than: 2GiB
                        one-file-system: true
                    """)).source("uploads");
            assertThat(files.required()).isFalse();
            assertThat(files.paths()).containsExactly("/srv/a", "b");
            assertThat(files.exclude()).containsExactly("*.log");
            assertThat(files.excludeFiles()).containsExactly("x.txt");
            assertThat(files.iexclude()).containsExactly("*.TMP");
            assertThat(files.excludeCaches()).isTrue();
            assertThat(files.excludeIfPresent()).containsExactly(".nobackup", "skip:yes");
            assertThat(files.excludeLargerThan()).isEqualTo(new ByteSize(2L << 30));
            assertThat(files.oneFileSystem()).isTrue();
        }

        @Test
        void every_option_of_postgres() {
            var postgres =
                    (SourceSettings.Postgres) read(LEAST.replace("    kind: files\n    paths: [/srv/uploads]\n", """
                        kind: postgres
                        host: db
                        port: 5433
                        user: backup
                        password: {file: secret.txt}
                        databases: [app]
                        facts: digests
                        lock-timeout: 1m30s
                        tools: /opt/pg/bin
                    """))
                            .source("uploads");
            assertThat(postgres.server())
                    .isEqualTo(new SourceSettings.Server(
                            "db", 5433, "backup", new SecretReference.File(Path.of("/etc/reprise/secret.txt"))));
            assertThat(postgres.url()).isNull();
            assertThat(postgres.databases()).containsExactly("app");
            assertThat(postgres.facts()).isEqualTo(FactsMode.DIGESTS);
            assertThat(postgres.lockTimeout()).isEqualTo(Duration.ofSeconds(90));
            assertThat(postgres.tools()).isEqualTo("/opt/pg/bin");
        }

        @Test
        void redis_by_url_and_by_host() {
            var byUrl = (SourceSettings.Redis)
                    read(LEAST.replace("kind: files\n    paths: [/srv/uploads]", "kind: redis\n    url: redis://h:1"))
                            .source("uploads");
            assertThat(byUrl.server()).isNull();
            assertThat(byUrl.facts()).isEqualTo(FactsMode.COUNTS);
            var byHost = (SourceSettings.Redis) read(LEAST.replace(
                            "kind: files\n    paths: [/srv/uploads]", "kind: redis\n    host: cache\n    tls: true"))
                    .source("uploads");
            assertThat(byHost.server()).isEqualTo(new SourceSettings.Server("cache", 6379, null, null));
            assertThat(byHost.tls()).isTrue();
        }

        @Test
        void a_job_with_retention_and_a_list_of_one_repository() {
            JobSettings job = read(LEAST.replace("    repository: main\n", """
                        repositories: [main]
                        tags: [prod, "2024"]
                        host: app1
                        retention:
                          keep-last: 3
                          keep-yearly: unlimited
                          keep-within: 1y6m
                    """)).job("nightly");
            assertThat(job.repositories()).containsExactly("main");
            assertThat(job.tags()).containsExactly("prod", "2024");
            assertThat(job.host()).isEqualTo("app1");
            assertThat(job.retention())
                    .isEqualTo(new Retention(
                            new Retention.Keep(3),
                            Retention.Keep.NONE,
                            Retention.Keep.NONE,
                            Retention.Keep.NONE,
                            Retention.Keep.NONE,
                            Retention.Keep.UNLIMITED,
                            new Retention.Within(1, 6, 0, 0)));
        }

        @Test
        void anchors_and_aliases() {
            RepriseConfig config = read("""
                    repositories:
                      main: {location: repo, password: {env: PW}}
                    sources:
                      a: {kind: files, paths: &paths [/srv/a]}
                      b: {kind: files, paths: *paths}
                    jobs:
                      j: {sources: [a, b], repository: main}
                    """);
            assertThat(((SourceSettings.Files) config.source("b")).paths()).containsExactly("/srv/a");
        }

        @Test
        void the_example_it_hands_out() {
            RepriseConfig config = read(Example.text());
            assertThat(config.warnings()).isEmpty();
            assertThat(config.job("nightly").sources()).containsExactly("postgres", "redis", "uploads");
        }

        @Test
        void a_file_with_a_byte_order_mark(@TempDir Path directory) throws IOException {
            Path file = Files.writeString(directory.resolve("reprise.yaml"), "\ufeff" + LEAST);
            assertThat(ConfigReader.readFile(file).directory()).isEqualTo(directory);
        }
    }

    @Nested
    class Refuses {
        @Test
        void an_unknown_key_and_names_the_nearest() {
            assertThat(refusalWith("    password: {env: PW}", "    pasword: {env: PW}"))
                    .isEqualTo("""
                            reprise.yaml has 2 errors
                              reprise.yaml:4:5: repositories.main: unknown key "pasword", did you mean "password"? \
                            (allowed: location, password, compression, pack-size, connections, upload, download, options, environment, cold, prices)
                              reprise.yaml:3:5: repositories.main: "password" is missing \
                            (example: password: {file: /etc/reprise/password})""");
        }

        @Test
        void an_unknown_key_at_the_top() {
            assertThat(refusal(LEAST + "plans: {}\n"))
                    .isEqualTo("reprise.yaml:13:1: the configuration: unknown key \"plans\""
                            + " (allowed: host, repositories, sources, jobs, prices)");
        }

        @Test
        void a_password_that_stands_there() {
            assertThat(refusalWith("password: {env: PW}", "password: hunter2"))
                    .isEqualTo("reprise.yaml:4:15: repositories.main.password: expected {file: PATH}, {env: NAME} or"
                            + " {command: COMMAND}, not the secret itself")
                    .doesNotContain("hunter2");
        }

        @Test
        void a_password_from_two_places() {
            assertThat(refusalWith("{env: PW}", "{env: PW, file: x}"))
                    .isEqualTo("reprise.yaml:4:15: repositories.main.password: expected {file: PATH}, {env: NAME} or"
                            + " {command: COMMAND}");
        }

        @Test
        void a_password_from_an_unknown_place() {
            assertThat(refusalWith("{env: PW}", "{environment: PW}"))
                    .isEqualTo("reprise.yaml:4:16: repositories.main.password: unknown key \"environment\""
                            + " (allowed: file, env, command, value)");
        }

        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource(delimiter = '|', textBlock = """
                pack-size: 16X      | 16: repositories.main.pack-size: not a size (expected like 512, 16MiB or 1.5G): 16X
                pack-size: 1MiB     | 16: repositories.main.pack-size: expected a size from 4.0 MiB to 128.0 MiB, was 1MiB
                pack-size: [16]     | 16: repositories.main.pack-size: expected a size from 4.0 MiB to 128.0 MiB, was a list
                upload: fast        | 13: repositories.main.upload: "fast" is no rate; expected a rate like 512KiB/s, or by the time of day like 08:00-18:00 512KiB/s, else unlimited
                options: {region: x} | 23: repositories.main.options: "region" is no name here
                environment: {A-B: x} | 24: repositories.main.environment: "A-B" is no name here
                compression: maxx   | 18: repositories.main.compression: expected one of auto, off, fastest, better, max, was "maxx", did you mean "max"?
                compression: true   | 18: repositories.main.compression: expected one of auto, off, fastest, better, max, was true (put it in quotes if it is text)
                compression: ''     | 18: repositories.main.compression: must not be empty
                compression: !x max | 18: repositories.main.compression: expected one of auto, off, fastest, better, max, was a value with the tag !x
                """)
        void values_of_a_repository(String line, String message) {
            assertThat(refusalWith("    password", "    " + line + "\n    password"))
                    .isEqualTo("reprise.yaml:4:" + message);
        }

        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource(delimiter = '|', textBlock = """
                required: yes              | 15: sources.uploads.required: expected true or false, was text
                paths: /srv                | 12: sources.uploads.paths: expected a list of texts, was text
                paths: []                  | 12: sources.uploads.paths: must not be empty
                paths: [1]                 | 13: sources.uploads.paths: expected text, was a number (put it in quotes if it is text)
                paths: {a: b}              | 12: sources.uploads.paths: expected a list of texts, was a section
                paths: ~                   | 12: sources.uploads.paths: expected a list of texts, was nothing
                exclude-larger-than: -1    | 26: sources.uploads.exclude-larger-than: not a size (expected like 512, 16MiB or 1.5G): -1
                """)
        void values_of_files(String line, String message) {
            String paths = line.startsWith("paths") ? "" : "    paths: [/srv/uploads]\n";
            assertThat(refusalWith("    paths: [/srv/uploads]\n", "    " + line + "\n" + paths))
                    .isEqualTo("reprise.yaml:8:" + message);
        }

        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource(delimiter = '|', textBlock = """
                host: db; port: 0               | 9:11: sources.uploads.port: expected a number from 1 to 65535, was 0
                host: db; port: '5432'          | 9:11: sources.uploads.port: expected a number from 1 to 65535, was text
                host: db; lock-timeout: 5       | 9:19: sources.uploads.lock-timeout: not a duration (expected like 30s, 15m or 1h30m): 5
                host: db; facts: all            | 9:12: sources.uploads.facts: expected one of none, counts, digests, was "all"
                host: db; url: x                | 8:11: sources.uploads: only one of url, host may be set
                user: x                         | 7:5: sources.uploads: one of url, host is missing
                url: x; user: y                 | 9:11: sources.uploads.user: belongs into the URL, or use host instead of url
                host: a; databases: [x]; exclude-databases: [y] | 10:24: sources.uploads.exclude-databases: has no meaning together with databases, which names all there are to save
                """)
        void values_of_postgres(String options, String message) {
            String lines = options.replace("; ", "\n    ");
            String text = LEAST.replace("kind: files\n    paths: [/srv/uploads]", "kind: postgres\n    " + lines);
            assertThat(refusal(text)).isEqualTo("reprise.yaml:" + message);
        }

        @Test
        void a_source_without_a_kind_and_one_of_an_unknown_kind() {
            assertThat(refusalWith("    kind: files\n", ""))
                    .isEqualTo(
                            "reprise.yaml:7:5: sources.uploads: \"kind\" is missing (one of files, postgres, redis, bucket)");
            assertThat(refusalWith("kind: files", "kind: postgresql"))
                    .isEqualTo(
                            "reprise.yaml:7:11: sources.uploads.kind: expected one of files, postgres, redis, bucket, was"
                                    + " \"postgresql\", did you mean \"postgres\"?");
        }

        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource(delimiter = '|', textBlock = """
                sources: [upload]; repository: main            | 11:15: jobs.nightly.sources: there is no source "upload", did you mean "uploads"? (there is uploads)
                sources: [uploads, uploads]; repository: main  | 11:24: jobs.nightly.sources: "uploads" is named twice
                sources: [uploads]; repository: man            | 12:17: jobs.nightly.repository: there is no repository "man", did you mean "main"? (there is main)
                sources: [uploads]                             | 11:5: jobs.nightly: one of repository, repositories is missing
                sources: [uploads]; repositories: [main, b]    | 12:26: jobs.nightly.repositories: there is no repository "b" (there is main)
                sources: [uploads]; repositories: [main, main] | 12:26: jobs.nightly.repositories: "main" is named twice
                """)
        void values_of_a_job(String options, String message) {
            String lines = options.replace("; ", "\n    ");
            String text = LEAST.replace("sources: [uploads]\n    repository: main", lines);
            assertThat(refusal(text)).isEqualTo("reprise.yaml:" + message);
        }

        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource(delimiter = '|', textBlock = """
                keep-daily: 0         | 7: jobs.nightly.retention: every rule is 0, so nothing would be kept; set at least keep-last: 1
                keep-daily: -1        | 19: jobs.nightly.retention.keep-daily: expected a number from 0 to 1000000, was -1
                keep-daily: all       | 19: jobs.nightly.retention.keep-daily: expected a number from 0 to 1000000, or unlimited, was text
                keep-within: 3        | 20: jobs.nightly.retention.keep-within: expected years, months, days and hours like 1y6m, 14d or 36h, was a number (put it in quotes if it is text)
                keep-within: 3w       | 20: jobs.nightly.retention.keep-within: not a span of years, months, days and hours (expected like 1y6m, 14d or 36h): 3w
                """)
        void values_of_retention(String line, String message) {
            assertThat(refusal(LEAST + "    retention:\n      " + line + "\n")).isEqualTo("reprise.yaml:14:" + message);
        }

        @Test
        void a_key_set_twice_and_a_name_that_is_none() {
            assertThat(refusal(LEAST + "host: a\nhost: b\n"))
                    .isEqualTo("reprise.yaml:14:1: the configuration: \"host\" is set twice");
            assertThat(refusal(LEAST.replace("main", "'my repo'")))
                    .isEqualTo("reprise.yaml:3:5: repositories: the name \"my repo\" must be 1 to 63 letters, digits,"
                            + " dots, underscores or hyphens");
        }

        @Test
        void text_that_is_not_yaml_without_repeating_it() {
            assertThat(refusalWith("location: repo", "location: \"s3:hunter2"))
                    .startsWith("reprise.yaml:")
                    .contains(": not YAML: ")
                    .doesNotContain("hunter2");
        }

        @Test
        void an_empty_file_and_a_list() {
            assertThat(refusal("")).isEqualTo("reprise.yaml is empty");
            assertThat(refusal("# only a comment\n")).isEqualTo("reprise.yaml is empty");
            assertThat(refusal("- a\n"))
                    .isEqualTo(
                            "reprise.yaml:1:1: the configuration: expected a section (indented \"key: value\" lines),"
                                    + " was a list");
        }

        @Test
        void all_errors_at_once_but_no_more_than_twenty() {
            var text = new StringBuilder(LEAST);
            for (int i = 0; i < 25; i++) {
                text.append("key").append(i).append(": 1\n");
            }
            assertThat(refusal(text.toString()).lines()).hasSize(22).first().isEqualTo("reprise.yaml has 21 errors");
            assertThat(refusal(text.toString())).endsWith("\n  and 5 more");
        }

        @Test
        void deep_nesting_and_many_aliases() {
            assertThat(refusal("host: " + "[".repeat(100_000)))
                    .isEqualTo("reprise.yaml:1:1: more than 20 levels are not allowed");
            assertThat(refusal("host: &a x\nsources: [" + "*a, ".repeat(200) + "]"))
                    .isEqualTo("reprise.yaml:2:1: more than 100 aliases are not allowed");
        }

        @Test
        void a_file_that_is_absent_too_large_or_no_text(@TempDir Path directory) throws IOException {
            Path file = directory.resolve("reprise.yaml");
            assertThat(catchThrowableOfType(ConfigException.class, () -> ConfigReader.readFile(file))
                            .fact())
                    .isEqualTo("there is no configuration file " + file);
            Files.write(file, new byte[(1 << 20) + 1]);
            assertThat(catchThrowableOfType(ConfigException.class, () -> ConfigReader.readFile(file))
                            .fact())
                    .isEqualTo(file + " is larger than 1 MiB");
            Files.write(file, "host: ä".getBytes(StandardCharsets.ISO_8859_1));
            assertThat(catchThrowableOfType(ConfigException.class, () -> ConfigReader.readFile(file))
                            .fact())
                    .isEqualTo(file + " is not UTF-8 text");
        }
    }

    @Nested
    class Warns {
        @Test
        void of_a_source_no_job_captures() {
            assertThat(read(LEAST.replace("jobs:", "  other: {kind: files, paths: [/x]}\njobs:"))
                            .warnings())
                    .containsExactly("no job captures the source other");
        }

        @Test
        void of_secrets_in_the_file_and_of_others_who_can_read_it(@TempDir Path directory) throws IOException {
            Path file = directory.resolve("reprise.yaml");
            Files.writeString(file, LEAST.replace("{env: PW}", "{value: hunter2}"));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            assertThat(ConfigReader.readFile(file).warnings())
                    .containsExactly(
                            "the secret of repositories.main.password stands in the configuration itself",
                            file + " holds secrets and others may read it: run \"chmod 600 " + file + "\"");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            assertThat(ConfigReader.readFile(file).warnings()).hasSize(1);
        }
    }

    @Nested
    class Shows {
        @Test
        void effective_values_with_defaults_and_without_secrets() {
            RepriseConfig config = read("""
                    repositories:
                      main: {location: "rest:https://me:hunter2@backup/r", password: {value: hunter2}}
                    sources:
                      db: {kind: postgres, url: "postgres://app:hunter2@db/app?sslpassword=hunter2"}
                    jobs:
                      j: {sources: [db], repository: main}
                    """);
            assertThat(config.effective().toString())
                    .doesNotContain("hunter2")
                    .isEqualTo("{repositories={main={location=rest:https://me:(secret)@backup/r,"
                            + " password={value=(secret)}, compression=auto, pack-size=16MiB, upload=unlimited, download=unlimited, options={}, environment={}}},"
                            + " sources={db={kind=postgres, required=true,"
                            + " url=postgres://app:(secret)@db/app?sslpassword=(secret), port=5432, databases=[],"
                            + " exclude-databases=[], facts=counts, lock-timeout=5m}},"
                            + " jobs={j={sources=[db], repository=main, tags=[]}}}");
            assertThat(config.toString()).doesNotContain("hunter2");
        }

        @Test
        void the_nearest_name_when_asked_for_an_unknown_one() {
            assertThat(catchThrowableOfType(
                                    ConfigException.class, () -> read(LEAST).job("nighty"))
                            .fact())
                    .isEqualTo("reprise.yaml has no job \"nighty\", did you mean \"nightly\"?");
        }
    }
}
