package dev.reprise.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.Secret;
import dev.reprise.cli.Cli;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.restic.ResticCli;
import dev.reprise.cli.restic.ResticVerbs;
import dev.reprise.repository.Repository;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.storage.Storage;
import dev.reprise.storage.url.PlaceSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of old data, from the backup to the restore, in a bucket with an archive.
class ColdDataTest {
    private static final String PASSWORD = "kept cold";
    private static final ScryptParameters CHEAP = new ScryptParameters(2, 8, 1);

    @TempDir
    private Path home;

    private ArchivingBucket bucket;
    private Map<String, String> environment;

    @BeforeEach
    void backup() throws IOException {
        bucket = new ArchivingBucket(Instant.parse("2026-03-01T02:00:00Z"));
        environment = new TreeMap<>(Map.of("AWS_ACCESS_KEY_ID", "A", "AWS_SECRET_ACCESS_KEY", "S"));
        environment.putAll(Map.of("RESTIC_PASSWORD", PASSWORD, "HOME", home.toString(), "XDG_CACHE_HOME", "/none"));
        byte[] content = new byte[300_000];
        new Random(7).nextBytes(content);
        Files.write(Files.createDirectory(home.resolve("uploads")).resolve("a"), content);
        configure("cold: {class: GLACIER, after: 30d}");
        var settings = new PlaceSettings(environment, home, bucket::now);
        Storage place = WiredPlaces.all().open(bucket.url(), settings);
        Repository.init(
                        place,
                        Secret.of(PASSWORD),
                        new Repository.InitOptions(2, null, CHEAP),
                        new SecureRandom(),
                        bucket::now)
                .close();
        ok("backup");
    }

    @AfterEach
    void stop() {
        bucket.close();
    }

    private void configure(String more) throws IOException {
        Files.writeString(home.resolve("reprise.yaml"), """
                repositories:
                  main:
                    location: %s
                    password: {env: RESTIC_PASSWORD}
                    %s
                sources:
                  uploads: {kind: files, paths: [uploads]}
                jobs:
                  nightly: {sources: [uploads], repository: main, retention: {keep-last: 1}}
                prices:
                  currency: EUR
                  as-of: 2026-02-01
                  classes:
                    STANDARD: {month: 0.02, put: 0.005, get: 0.0004}
                    GLACIER:
                      month: 0.004
                      put: 0.03
                      minimum-days: 90
                      retrieval: {standard: 0.01, bulk: 0}
                      retrieval-requests: {standard: 0.05, bulk: 0}
                      thaw-hours: {standard: 5, bulk: 12}
                """.formatted(bucket.url(), more));
    }

    private record Result(int status, String out, String err) {}

    private Result run(String... line) {
        return run("", CommandContext.Terminal.NONE, line);
    }

    private Result run(String typed, CommandContext.Terminal terminal, String... line) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var context = new CommandContext(
                environment,
                home,
                new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                terminal,
                bucket::now,
                ZoneId.of("UTC"),
                SecureRandom::new,
                WiredPlaces.all());
        int status = line[0].equals("restic")
                ? new ResticCli(ResticVerbs.standard(), context).run(restic(line))
                : new Cli(Main.commands(), context).run(line);
        return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private List<String> restic(String... line) {
        List<String> typed = new ArrayList<>(List.of("-r", bucket.url(), "--no-cache"));
        typed.addAll(List.of(line).subList(1, line.length));
        return typed;
    }

    private Result ok(String... line) {
        Result result = run(line);
        assertThat(result.status()).as("%s", result).isZero();
        return result;
    }

    private Set<String> inArchive() {
        return bucket.classes().getOrDefault("GLACIER", Set.of());
    }

    private void freeze() {
        bucket.pass(Duration.ofDays(31));
        ok("lifecycle");
        assertThat(inArchive()).hasSize(1);
    }

    @Test
    void packs_of_data_go_when_they_are_old_and_metadata_never() {
        assertThat(ok("lifecycle").out()).contains("0 packs, 0 B moved to GLACIER");
        assertThat(inArchive()).isEmpty();
        bucket.pass(Duration.ofDays(31));

        Result plan = ok("lifecycle", "--dry-run");
        assertThat(plan.out()).contains("GLACIER: 1 packs").contains("moving costs 0.0000300 EUR once");
        assertThat(plan.err()).contains("as old and hold metadata");
        assertThat(bucket.requests("<- copy")).isZero();
        assertThat(ok("lifecycle", "--dry-run", "--json").out())
                .containsPattern("\"message_type\":\"move\",\"path\":\"data/[0-9a-f]{2}/[0-9a-f]{64}\",\"bytes\":300")
                .contains("\"after_days\":30,\"dry_run\":true,\"packs\":1,");

        assertThat(ok("lifecycle").out()).contains("1 packs").contains("moved to GLACIER");
        assertThat(inArchive()).allMatch(key -> key.startsWith("repo/data/"));
        assertThat(bucket.classes().getOrDefault("STANDARD", Set.of())).anyMatch(key -> key.startsWith("repo/data/"));
        assertThat(ok("lifecycle").out()).contains("0 packs, 0 B moved");
        assertThat(bucket.requests("<- copy")).isEqualTo(1);
        assertThat(ok("points").out()).contains("nightly");
        assertThat(ok("restic", "ls", "latest").out()).contains("/a");
    }

    @Test
    void a_bucket_that_keeps_old_versions_is_left_alone_until_that_is_accepted() {
        bucket.keepVersions();
        bucket.pass(Duration.ofDays(31));
        Result refused = run("lifecycle");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err()).contains("keeps old versions").contains("--old-versions");
        assertThat(bucket.requests("<- copy")).isZero();
        ok("lifecycle", "--old-versions");
        assertThat(inArchive()).hasSize(1);
    }

    @Test
    void a_pack_that_is_kept_by_a_lock_stays() {
        bucket.classes().getOrDefault("STANDARD", Set.of()).stream()
                .filter(key -> key.startsWith("repo/data/"))
                .forEach(key -> bucket.retain(key, bucket.now().plus(Duration.ofDays(365))));
        bucket.pass(Duration.ofDays(31));
        assertThat(ok("lifecycle").out()).contains("1 packs stay where they are: Object Lock keeps them");
        assertThat(inArchive()).isEmpty();
    }

    @Test
    void without_consent_a_restore_names_time_and_cost_and_touches_nothing() {
        freeze();
        Result refused = run("restore", "uploads", "--to", "back");
        assertThat(refused.status()).isEqualTo(25);
        assertThat(refused.err())
                .contains("GLACIER: 1 packs")
                .contains("--thaw standard: up to 5 h, 0.0000528")
                .contains("--thaw bulk: up to 12 h, 0.00 EUR")
                .contains("--thaw expedited: for how long is unknown, unknown (not set: prices.classes.GLACIER")
                .contains("prices as of 2026-02-01")
                .contains("nothing was changed");
        assertThat(home.resolve("back")).doesNotExist();
        assertThat(bucket.requests("?restore")).isZero();

        Result planned = ok("restore", "uploads", "--to", "back", "--dry-run", "--json");
        assertThat(planned.out())
                .contains("\"message_type\":\"thaw_plan\",\"packs\":1")
                .contains("{\"tier\":\"standard\",\"hours\":\"5\"");
        assertThat(home.resolve("back")).doesNotExist();
        assertThat(bucket.requests("?restore")).isZero();
    }

    @Test
    void with_consent_it_asks_for_exactly_the_packs_it_needs_waits_and_restores() {
        freeze();
        Result asked = run("restore", "uploads", "--to", "back", "--thaw", "bulk", "--no-wait");
        assertThat(asked.status()).isEqualTo(25);
        assertThat(asked.err()).contains("1 packs are on their way back");
        assertThat(bucket.requests("?restore")).isEqualTo(1);
        assertThat(bucket.log()).anyMatch(line -> line.equals("POST " + only(inArchive()) + "?restore"));

        // As after a kill: what is on its way is not asked for again.
        Result again = run("restore", "uploads", "--to", "back", "--no-wait");
        assertThat(again.status()).isEqualTo(25);
        assertThat(again.err()).contains("1 of them are on their way already");
        assertThat(bucket.requests("?restore")).isEqualTo(1);

        bucket.deliver();
        ok("restore", "uploads", "--to", "back");
        assertThat(home.resolve("back/a")).hasSameBinaryContentAs(home.resolve("uploads/a"));
        assertThat(bucket.requests("?restore")).isEqualTo(1);
    }

    private static String only(Set<String> keys) {
        assertThat(keys).hasSize(1);
        return keys.iterator().next();
    }

    @Test
    void somebody_at_a_terminal_is_asked() {
        freeze();
        var terminal = new CommandContext.Terminal(true, true, true);
        Result declined = run("\n", terminal, "restore", "uploads", "--to", "back");
        assertThat(declined.status()).isEqualTo(25);
        assertThat(bucket.requests("?restore")).isZero();
        bucket.deliver();
        Result agreed = run("standard\n", terminal, "restore", "uploads", "--to", "back");
        assertThat(agreed.status()).as("%s", agreed).isZero();
        assertThat(home.resolve("back/a")).hasSameBinaryContentAs(home.resolve("uploads/a"));
    }

    @Test
    void what_the_target_holds_needs_not_be_brought_back() throws IOException {
        ok("restore", "uploads", "--to", "back");
        freeze();
        ok("restore", "uploads", "--to", "back", "--replace");
        assertThat(bucket.requests("?restore")).isZero();
        Files.writeString(home.resolve("back/a"), "damaged");
        assertThat(run("restore", "uploads", "--to", "back", "--replace").status())
                .isEqualTo(25);
        assertThat(home.resolve("back/a")).hasContent("damaged");
    }

    @Test
    void plain_files_come_back_from_the_archive_too() {
        freeze();
        assertThat(run("restore", "--to-artifacts", "plain").status()).isEqualTo(25);
        assertThat(home.resolve("plain")).doesNotExist();
        bucket.deliver();
        ok("restore", "--to-artifacts", "plain", "--yes");
        assertThat(home.resolve("plain/uploads.tar.gz")).isNotEmptyFile();
    }

    @Test
    void a_check_calls_the_archive_by_its_name_and_nothing_damaged() {
        freeze();
        Result checked = run("check", "--read-data");
        assertThat(checked.status()).as("%s", checked).isEqualTo(25);
        assertThat(checked.err()).contains("but 1 packs lie in an archive class and were not read");
        ok("check");
        ok("check", "--read-data", "--budget", "1GiB");
        Result toolbox = run("restic", "check", "--read-data");
        assertThat(toolbox.status()).isEqualTo(1);
        assertThat(toolbox.err()).contains("1 packs lie in an archive class").doesNotContain("contains errors");
        ok("restic", "check", "--read-data-subset", "1/1");
        Result dumped =
                run("restic", "dump", "latest", home.resolve("uploads/a").toString());
        assertThat(dumped.status()).isEqualTo(1);
        assertThat(dumped.err()).contains("it lies in an archive class").doesNotContain("damaged");
        bucket.deliver();
        assertThat(run("restore", "uploads", "--to", "back", "--thaw", "standard")
                        .status())
                .isZero();
        ok("check", "--read-data");
    }

    @Test
    void a_policy_is_estimated_and_nothing_is_touched() throws IOException {
        freeze();
        byte[] content = new byte[400_000];
        new Random(8).nextBytes(content);
        Files.write(home.resolve("uploads/a"), content);
        ok("backup");
        bucket.pass(Duration.ofDays(31));
        int before = bucket.log().size();

        String json = ok("prune", "--what-if", "--json").out();
        assertThat(json)
                .contains("\"points\":2,\"points_removed\":1,\"snapshots_removed\":1,\"currency\":\"EUR\"")
                .contains("{\"class\":\"GLACIER\",\"objects_now\":1,")
                .contains("\"objects_after_prune\":0,\"bytes_after_prune\":0,\"objects_after_lifecycle\":1,");
        String text = ok("prune", "--what-if").out();
        // 59 of 90 days are left of 293.1 KiB at 0.004 a GiB and month
        assertThat(text)
                .contains("1 of 2 points of job nightly would go")
                .contains("once, prune: packs removed before their time: 1, 0.00000220 EUR")
                .contains("once, lifecycle: packs moved: 1, 0.0000300 EUR")
                .contains("prices as of 2026-02-01");
        assertThat(bucket.log().subList(before, bucket.log().size()))
                .allMatch(line -> line.startsWith("GET ") || line.startsWith("HEAD "));
        assertThat(run("prune").status()).isEqualTo(20);
    }

    @Test
    void a_price_that_is_missing_is_named() throws IOException {
        freeze();
        String yaml = Files.readString(home.resolve("reprise.yaml"));
        Files.writeString(home.resolve("reprise.yaml"), yaml.replace("      month: 0.004\n", ""));
        assertThat(ok("prune", "--what-if").out())
                .containsPattern("a month now: +0.0000\\d+ EUR and what is unknown"
                        + " \\(not set: prices.classes.GLACIER.month\\)");
        Files.writeString(home.resolve("reprise.yaml"), yaml.substring(0, yaml.indexOf("prices:")));
        assertThat(ok("prune", "--what-if").out())
                .contains("no prices are configured")
                .contains("unknown");
    }

    @Test
    void a_prune_reads_nothing_from_the_archive_and_says_what_it_leaves() throws IOException {
        byte[] content = new byte[500_000];
        new Random(9).nextBytes(content);
        Files.write(home.resolve("uploads/b"), content);
        Files.writeString(home.resolve("uploads/c"), "stays");
        ok("backup");
        bucket.pass(Duration.ofDays(31));
        ok("lifecycle");
        Set<String> cold = inArchive();
        assertThat(cold).hasSize(2);
        Files.delete(home.resolve("uploads/b"));
        ok("backup");

        Result pruned = ok("restic", "forget", "--keep-last", "1", "--prune", "--max-unused", "0");
        assertThat(pruned.err()).containsPattern("1 packs with 500\\d\\d\\d bytes nobody needs stay as they are");
        assertThat(inArchive()).isEqualTo(cold);
        assertThat(bucket.log()).noneMatch(line -> line.startsWith("GET ") && cold.contains(line.substring(4)));
        ok("check");
    }

    @Test
    void the_toolbox_restores_only_if_its_options_say_so() {
        freeze();
        Result refused = run("restic", "restore", "latest", "--target", "back");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err())
                .contains("1 packs (")
                .contains("lie in an archive class; nothing was restored")
                .contains("s3.enable-restore=true");
        assertThat(home.resolve("back")).doesNotExist();
        bucket.deliver();
        ok("restic", "restore", "latest", "--target", "back", "-o", "s3.enable-restore=true");
        assertThat(bucket.requests("?restore")).isEqualTo(1);
    }
}
