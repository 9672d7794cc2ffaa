package dev.reprise.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.Secret;
import dev.reprise.cli.CommandContext;
import dev.reprise.repository.Repository;
import dev.reprise.repository.chunk.Polynomial;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.serve.RestServer;
import dev.reprise.serve.RestServer.Surroundings;
import dev.reprise.serve.ServeSettings;
import dev.reprise.serve.ServeSettings.Access;
import dev.reprise.serve.ServeSettings.Limits;
import dev.reprise.serve.ServeSettings.Metrics;
import dev.reprise.storage.local.LocalStorage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Retention as jobs have it: what goes, what stays whatever the rules say, and how it can go wrong.
class PruneTest {
    private static final String PASSWORD = "what is kept";
    private static final CommandContext.Terminal ASKED = new CommandContext.Terminal(true, false, true);

    @TempDir
    private Path home;

    private Instant now = Instant.parse("2026-03-01T02:00:00Z");
    private Polynomial polynomial;
    private int written;

    @BeforeEach
    void create() throws IOException {
        polynomial = repository("a", null);
        Files.createDirectory(home.resolve("uploads"));
        configure("repository: a, retention: {keep-last: 2}");
    }

    private Polynomial repository(String name, @Nullable Polynomial same) throws IOException {
        try (Repository created = Repository.init(
                new LocalStorage(Files.createDirectories(home.resolve(name))),
                Secret.of(PASSWORD),
                new Repository.InitOptions(2, same, new ScryptParameters(2, 8, 1)),
                new SecureRandom(),
                this::now)) {
            return created.config().polynomial();
        }
    }

    private Instant now() {
        return now;
    }

    private void configure(String job) throws IOException {
        Files.writeString(home.resolve("reprise.yaml"), """
                host: app1
                repositories:
                  a: {location: a, password: {env: PASSWORD}}
                  b: {location: b, password: {env: PASSWORD}}
                sources:
                  uploads: {kind: files, paths: [uploads]}
                  more: {kind: files, paths: [more], required: false}
                jobs:
                  nightly: {sources: [uploads, more], %s}
                """.formatted(job));
    }

    private record Result(int status, String out, String err) {}

    private Result run(String... line) {
        return run(InputStream.nullInputStream(), CommandContext.Terminal.NONE, line);
    }

    private Result run(InputStream typed, CommandContext.Terminal terminal, String... line) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var context = new CommandContext(
                Map.of("HOME", home.toString(), "PASSWORD", PASSWORD, "RESTIC_PASSWORD", PASSWORD, "COLUMNS", "80"),
                home,
                typed,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                terminal,
                this::now,
                ZoneId.of("UTC"),
                SecureRandom::new,
                WiredPlaces.all());
        int status = Main.run(context, line);
        return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private Result ok(String... line) {
        Result result = run(line);
        assertThat(result.status()).as("%s", result).isZero();
        return result;
    }

    /// A day later, with 100 kB nothing else has.
    private void backup() throws IOException {
        now = now.plus(Duration.ofDays(1));
        byte[] content = new byte[100_000];
        new Random(++written).nextBytes(content);
        Files.write(home.resolve("uploads/changing"), content);
        Files.createDirectories(home.resolve("more"));
        ok("backup");
    }

    private List<Path> objects(String repository, String folder) throws IOException {
        Path root = home.resolve(repository).resolve(folder);
        if (!Files.exists(root)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private long bytes(String repository) throws IOException {
        long bytes = 0;
        for (Path pack : objects(repository, "data")) {
            bytes += Files.size(pack);
        }
        return bytes;
    }

    @Test
    void what_no_rule_keeps_goes_with_its_data_and_its_manifest() throws IOException {
        for (int day = 0; day < 4; day++) {
            backup();
        }
        assertThat(bytes("a")).isGreaterThan(400_000);
        Result pruned = ok("prune", "--yes", "--json");
        assertThat(pruned.out())
                .contains("\"message_type\":\"prune_plan\",\"repository\":\"a\",\"dry_run\":false,\"points\":4,"
                        + "\"points_removed\":2,\"snapshots_removed\":4,\"manifests_removed\":2,")
                .contains("\"message_type\":\"pruned\",\"repository\":\"a\",\"snapshots_removed\":4,"
                        + "\"manifests_removed\":2,");
        assertThat(objects("a", "reprise/points")).hasSize(2);
        assertThat(objects("a", "snapshots")).hasSize(4);
        assertThat(objects("a", "locks")).isEmpty();
        assertThat(bytes("a")).isBetween(200_000L, 250_000L);
        ok("check", "--read-data", "--repository", "a");
        ok("points");
        ok("status");
        assertThat(ok("prune", "--yes").out()).contains("repository a: 0 of 2 points of job nightly go");
    }

    @Test
    void without_an_answer_nothing_is_removed() throws IOException {
        backup();
        backup();
        backup();
        List<Path> before = objects("a", "");
        Result refused = run("prune");
        assertThat(refused.status()).isEqualTo(20);
        assertThat(refused.err())
                .contains("1 of 3 points of job nightly go")
                .contains("this removes 1 recovery points of repository a and nobody can be asked");
        assertThat(run(typed("no\n"), ASKED, "prune").status()).isEqualTo(20);
        assertThat(objects("a", "")).isEqualTo(before);
        Result done = run(typed("a\n"), ASKED, "prune");
        assertThat(done.status()).as("%s", done).isZero();
        assertThat(objects("a", "reprise/points")).hasSize(2);
    }

    private static InputStream typed(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_dry_run_names_the_points_and_changes_nothing() throws IOException {
        backup();
        backup();
        backup();
        List<Path> before = objects("a", "");
        assertThat(ok("prune", "--dry-run").out())
                .contains("1 of 3 points of job nightly would go (keep 2 latest snapshots)")
                .containsPattern("point [0-9a-f]{8} of job nightly, 2026-03-02 02:00:00, host app1")
                .contains("would be deleted");
        assertThat(ok("prune", "--dry-run", "--json").out())
                .contains("\"message_type\":\"point_removal\"")
                .contains("\"dry_run\":true");
        assertThat(objects("a", "")).isEqualTo(before);
    }

    @Test
    void the_last_point_that_holds_a_source_stays() throws IOException {
        backup();
        String holder = Files.readString(objects("a", "reprise/points").getFirst(), StandardCharsets.ISO_8859_1);
        Files.delete(home.resolve("more"));
        for (int day = 0; day < 3; day++) {
            now = now.plus(Duration.ofDays(1));
            assertThat(run("backup").status()).isEqualTo(3);
        }
        assertThat(ok("prune", "--yes").out()).contains("1 of 4 points of job nightly go");
        assertThat(objects("a", "reprise/points"))
                .hasSize(3)
                .anySatisfy(file -> assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .isEqualTo(holder));
        ok("restore", "more", "--to", home.resolve("back").toString());
    }

    @Test
    void what_belongs_to_no_job_stays() throws IOException {
        backup();
        ok(
                "restic",
                "-r",
                home.resolve("a").toString(),
                "backup",
                home.resolve("uploads").toString());
        Files.writeString(
                home.resolve("reprise.yaml"),
                Files.readString(home.resolve("reprise.yaml")).replace("nightly:", "hourly:"));
        backup();
        backup();
        backup();
        assertThat(ok("prune", "--yes").out())
                .contains("1 of 3 points of job hourly go")
                .contains("all 1 points of job nightly stay: it is not configured here");
        assertThat(objects("a", "reprise/points")).hasSize(3);
        assertThat(objects("a", "snapshots")).hasSize(3 * 2 + 1);
    }

    @Test
    void what_one_repository_let_go_is_not_given_back_by_another() throws IOException {
        repository("b", polynomial);
        configure("repositories: [a, b], retention: {keep-last: 2}");
        backup();
        backup();
        backup();
        ok("prune", "--yes", "--repository", "a");
        assertThat(objects("a", "reprise/points")).hasSize(2);
        assertThat(objects("b", "reprise/points")).hasSize(3);
        ok("status");
        backup();
        assertThat(objects("a", "reprise/points")).hasSize(3);
        ok("prune", "--yes");
        assertThat(objects("a", "reprise/points")).hasSize(2);
        assertThat(objects("b", "reprise/points")).hasSize(2);
        ok("status");
        assertThat(ok("check").out()).containsSubsequence("repository a", "no defects", "repository b", "no defects");
    }

    @Test
    void a_point_that_comes_while_the_question_waits_ends_it() throws IOException {
        backup();
        backup();
        backup();
        var later = new FilterInputStream(typed("a\n")) {
            private boolean asked;

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                if (!asked) {
                    asked = true;
                    backup(); // nothing is locked meanwhile
                }
                return super.read(bytes, offset, length);
            }
        };
        Result ended = run(later, ASKED, "prune");
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).contains("meanwhile other points go than those that were agreed to");
        assertThat(objects("a", "reprise/points")).hasSize(4);
    }

    @Test
    void a_prune_that_was_killed_is_gone_on_with() throws IOException {
        backup();
        backup();
        backup();
        Path manifest = objects("a", "reprise/points").getFirst();
        // As it is when the snapshots are gone, and neither data nor manifest.
        ok("restic", "-r", home.resolve("a").toString(), "forget", "--group-by", "paths", "--keep-last", "2");
        assertThat(manifest).exists();
        assertThat(bytes("a")).isGreaterThan(300_000);
        ok("prune", "--yes");
        assertThat(objects("a", "reprise/points")).hasSize(2);
        assertThat(bytes("a")).isLessThan(250_000);
    }

    @Test
    void where_nothing_may_be_deleted_nothing_changes() throws IOException {
        backup();
        backup();
        backup();
        try (RestServer server = serve()) {
            Files.writeString(
                    home.resolve("reprise.yaml"),
                    Files.readString(home.resolve("reprise.yaml"))
                            .replace("location: a,", "location: \"rest:http://127.0.0.1:" + server.port() + "/a/\","));
            List<Path> before = objects("a", "");
            Result refused = run("prune", "--yes");
            assertThat(refused.status()).as("%s", refused).isEqualTo(3);
            assertThat(refused.err()).contains("2 snapshots stay, and all they need");
            assertThat(objects("a", "")).isEqualTo(before);
        }
    }

    private RestServer serve() {
        var settings = new ServeSettings(
                home,
                "127.0.0.1:0",
                null,
                new Access(true, false),
                null,
                0,
                Metrics.OFF,
                null,
                true,
                false,
                Limits.USUAL);
        return RestServer.start(
                settings,
                new Surroundings(
                        InstantSource.system(),
                        ZoneOffset.UTC,
                        System::nanoTime,
                        new SecureRandom(),
                        OutputStream.nullOutputStream(),
                        _ -> {}));
    }

    @Test
    void a_repository_at_work_is_not_pruned_and_the_others_are() throws IOException {
        repository("b", polynomial);
        configure("repositories: [a, b], retention: {keep-last: 2}");
        backup();
        backup();
        backup();
        try (Repository busy = Repository.open(
                        new LocalStorage(home.resolve("a")), Secret.of(PASSWORD), new SecureRandom(), this::now);
                RepositoryLock _ = busy.lock(RepositoryLock.Kind.SHARED, Duration.ZERO)) {
            Result one = run("prune", "--yes", "--repository", "a");
            assertThat(one.status()).isEqualTo(11);
            Result both = run("prune", "--yes");
            assertThat(both.status()).isEqualTo(3);
            assertThat(both.err()).contains("repository a was not pruned: ");
        }
        assertThat(objects("a", "reprise/points")).hasSize(3);
        assertThat(objects("b", "reprise/points")).hasSize(2);
    }

    @Test
    void a_damaged_repository_loses_nothing() throws IOException {
        backup();
        backup();
        backup();
        // Directories of a point that stays.
        Path newest = objects("a", "data").getFirst();
        for (Path pack : objects("a", "data")) {
            newest = Files.getLastModifiedTime(pack).compareTo(Files.getLastModifiedTime(newest)) > 0 ? pack : newest;
        }
        Files.delete(newest);
        List<Path> before = objects("a", "");
        Result refused = run("prune", "--yes");
        assertThat(refused.status()).as("%s", refused).isEqualTo(1);
        assertThat(objects("a", "")).isEqualTo(before);
    }

    @Test
    void where_no_job_is_configured_the_points_tell_the_status() throws IOException {
        backup();
        Files.writeString(home.resolve("reprise.yaml"), """
                repositories:
                  a: {location: a, password: {env: PASSWORD}}
                """);
        assertThat(ok("status").out()).contains("nightly  uploads");
        assertThat(ok("prune", "--yes", "--repository", "a").out())
                .contains("all 1 points of job nightly stay: it is not configured here");
    }

    @Test
    void without_retention_there_is_nothing_to_apply() throws IOException {
        configure("repository: a");
        backup();
        Result refused = run("prune", "--yes");
        assertThat(refused.status()).isEqualTo(20);
        assertThat(refused.err()).contains("no job has retention: every recovery point is kept");
        assertThat(ok("prune", "--yes", "--repository", "a").out())
                .contains("all 1 points of job nightly stay: it has no retention");
        assertThat(run("prune", "--what-if", "--dry-run", "--repository", "a").status())
                .isEqualTo(20);
    }
}
