package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.app.WiredPlaces;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.restic.ResticCli;
import dev.reprise.cli.restic.ResticVerbs;
import dev.reprise.testkit.rest.StockRestServer;
import dev.reprise.testkit.restic.StockRestic;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `reprise restic serve` used by stock restic and by `reprise restic`, and that one on stock servers.
class ServeVerbTest {
    private static final String PASSWORD = "serve verb";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /// `abc123xyz`, at a cost that suits tests.
    private static final String HASH = "$2y$06$R9h/cIPz0gi.URNNX3kh2ONes4n9F3F74rGHZ.qtjJCvfewR/GxeO";

    @TempDir
    private Path folder;

    private Path tree;
    private Path served;
    private final List<Serving> running = new ArrayList<>();

    @BeforeEach
    void fill() throws IOException {
        tree = Files.createDirectory(folder.resolve("tree"));
        served = folder.resolve("served");
        byte[] content = new byte[700_000];
        for (int i = 0; i < 5; i++) {
            new Random(i).nextBytes(content);
            Files.write(tree.resolve("file" + i), content);
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (Serving serving : running) {
            assertThat(serving.end()).as(serving.said()).isZero();
        }
    }

    /// The verb, in this process.
    private final class Serving {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final CompletableFuture<Integer> status = new CompletableFuture<>();
        private final Thread thread;
        private final int port;

        Serving(String... flags) {
            var line = new ArrayList<>(List.of("serve", "--path", served.toString(), "--listen", "127.0.0.1:0"));
            line.addAll(Arrays.asList(flags));
            thread = Thread.ofPlatform()
                    .start(() -> status.complete(
                            new ResticCli(ResticVerbs.standard(), context(Map.of(), out, out)).run(line)));
            Pattern address = Pattern.compile("serving at 127\\.0\\.0\\.1:([0-9]+)");
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> status.isDone() || address.matcher(said()).find());
            Matcher found = address.matcher(said());
            assertThat(found.find()).as(said()).isTrue();
            port = Integer.parseInt(found.group(1));
            running.add(this);
        }

        String said() {
            return out.toString(StandardCharsets.UTF_8);
        }

        String url(String rest) {
            return rest.formatted(port);
        }

        int end() throws Exception {
            thread.interrupt();
            return status.get();
        }
    }

    private CommandContext context(
            Map<String, String> environment, ByteArrayOutputStream out, ByteArrayOutputStream err) {
        return new CommandContext(
                environment,
                folder,
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                CommandContext.Terminal.NONE,
                InstantSource.system(),
                ZoneOffset.UTC,
                SecureRandom::new,
                WiredPlaces.all());
    }

    private record Ended(int status, String said) {}

    private Ended reprise(Map<String, String> environment, String... line) {
        var all = new TreeMap<>(environment);
        all.put("RESTIC_PASSWORD", PASSWORD);
        var out = new ByteArrayOutputStream();
        int status = new ResticCli(ResticVerbs.standard(), context(all, out, out)).run(List.of(line));
        return new Ended(status, out.toString(StandardCharsets.UTF_8));
    }

    private void repriseOk(Map<String, String> environment, String... line) {
        Ended ended = reprise(environment, line);
        assertThat(ended.status).as("%s: %s", List.of(line), ended.said).isZero();
    }

    private StockRestic restic(String series) {
        return StockRestic.of(series, folder.resolve("unused"), PASSWORD);
    }

    private void makeCertificate() throws Exception {
        Process process = new ProcessBuilder(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:prime256v1",
                        "-nodes",
                        "-subj",
                        "/CN=reprise",
                        "-addext",
                        "subjectAltName=IP:127.0.0.1",
                        "-keyout",
                        folder.resolve("key.pem").toString(),
                        "-out",
                        folder.resolve("cert.pem").toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.14", "0.19"})
    void stock_restic_works_over_tls_with_users_and_private_repositories(String series) throws Exception {
        makeCertificate();
        Path users = Files.writeString(folder.resolve("users"), "ann:" + HASH + "\nbob:" + HASH + "\n");
        var serving = new Serving(
                "--private-repos",
                "--htpasswd-file",
                users.toString(),
                "--tls",
                "--tls-cert",
                folder.resolve("cert.pem").toString(),
                "--tls-key",
                folder.resolve("key.pem").toString(),
                "--prometheus",
                "--prometheus-no-auth",
                "--log",
                folder.resolve("access.log").toString());
        String url = serving.url("rest:https://ann:abc123xyz@127.0.0.1:%d/ann/");
        String trust = folder.resolve("cert.pem").toString();
        StockRestic restic = restic(series);
        restic.ok("-r", url, "--cacert", trust, "init");
        restic.ok("-r", url, "--cacert", trust, "backup", tree.toString());
        Files.writeString(tree.resolve("more"), "more");
        restic.ok("-r", url, "--cacert", trust, "backup", tree.toString());
        restic.ok("-r", url, "--cacert", trust, "forget", "--keep-last", "1", "--prune");
        restic.ok("-r", url, "--cacert", trust, "check", "--read-data");
        String others = serving.url("rest:https://bob:abc123xyz@127.0.0.1:%d/ann/");
        assertThat(restic.run("-r", others, "--cacert", trust, "snapshots").status())
                .isNotZero();
        // What was served is a local repository.
        StockRestic.of("0.19", served.resolve("ann"), PASSWORD).ok("check", "--read-data");
        assertThat(Files.getPosixFilePermissions(served.resolve("ann/config"))).hasToString("[OWNER_READ]");
        String log = Files.readString(folder.resolve("access.log"));
        assertThat(log).contains("- ann [", "\"POST /ann/data/").doesNotContain("abc123xyz");
        assertThat(serving.said()).doesNotContain("abc123xyz");
    }

    @Test
    void an_append_only_server_keeps_its_snapshots() {
        var serving = new Serving("--no-auth", "--append-only");
        String url = serving.url("rest:http://127.0.0.1:%d/one/");
        StockRestic restic = restic("0.19");
        restic.ok("-r", url, "init");
        restic.ok("-r", url, "backup", tree.toString());
        restic.ok("-r", url, "backup", tree.toString());
        var forget = restic.run("-r", url, "forget", "--keep-last", "1", "--prune");
        assertThat(forget.status()).isNotZero();
        assertThat(forget.out() + forget.err()).contains("403");
        assertThat(restic.ok("-r", url, "list", "snapshots").out().lines()).hasSize(2);
        restic.ok("-r", url, "check");
        Ended ours = reprise(Map.of(), "-r", url, "forget", "--keep-last", "1", "--prune");
        assertThat(ours.status).as(ours.said).isNotZero();
        repriseOk(Map.of(), "-r", url, "backup", tree.toString());
        assertThat(restic.ok("-r", url, "list", "snapshots").out().lines()).hasSize(3);
        assertThat(restic.ok("-r", url, "list", "locks").out()).isEmpty();
    }

    @Test
    void a_quota_reached_in_the_middle_of_a_backup_ends_it_and_harms_nothing() throws IOException {
        var serving = new Serving("--no-auth", "--max-size", "3M");
        String url = serving.url("rest:http://127.0.0.1:%d/one/");
        StockRestic restic = restic("0.19");
        restic.ok("-r", url, "init");
        restic.ok("-r", url, "backup", tree.resolve("file0").toString());
        assertThat(restic.run("-r", url, "--pack-size", "4", "backup", tree.toString())
                        .status())
                .isNotZero();
        Ended ours = reprise(Map.of(), "-r", url, "backup", tree.toString());
        assertThat(ours.status).as(ours.said).isNotZero();
        assertThat(ours.said).contains("507");
        restic.ok("-r", url, "check", "--read-data");
        try (Stream<Path> files = Files.walk(served)) {
            List<Path> all = files.filter(Files::isRegularFile).toList();
            assertThat(all).noneMatch(file -> file.toString().contains("-tmp-"));
            assertThat(all.stream().mapToLong(file -> file.toFile().length()).sum())
                    .isLessThan(3 << 20);
        }
    }

    @Test
    void ours_and_stock_restic_share_what_is_served() throws Exception {
        makeCertificate();
        Path users = Files.writeString(folder.resolve("users"), "ann:" + HASH + "\n");
        var serving = new Serving(
                "--htpasswd-file",
                users.toString(),
                "--tls",
                "--tls-min-ver",
                "1.3",
                "--tls-cert",
                folder.resolve("cert.pem").toString(),
                "--tls-key",
                folder.resolve("key.pem").toString());
        String url = serving.url("rest:https://127.0.0.1:%d/deep/one");
        Map<String, String> who = Map.of(
                "RESTIC_REST_USERNAME", "ann",
                "RESTIC_REST_PASSWORD", "abc123xyz",
                "RESTIC_CACERT", folder.resolve("cert.pem").toString());
        repriseOk(who, "-r", url, "init");
        repriseOk(who, "-r", url, "backup", tree.toString());
        StockRestic restic = restic("0.19").with(who);
        restic.ok("-r", url, "backup", tree.toString());
        restic.ok("-r", url, "check", "--read-data");
        repriseOk(who, "-r", url, "check", "--read-data");
        repriseOk(who, "-r", url, "forget", "--keep-last", "1", "--prune");
        repriseOk(
                who,
                "-r",
                url,
                "restore",
                "latest",
                "--target",
                folder.resolve("back").toString());
        assertThat(folder.resolve("back" + tree.resolve("file3"))).hasSameBinaryContentAs(tree.resolve("file3"));
        Map<String, String> distrusting = Map.of("RESTIC_REST_USERNAME", "ann", "RESTIC_REST_PASSWORD", "abc123xyz");
        Ended refused = reprise(distrusting, "-r", url, "snapshots");
        assertThat(refused.status).isNotZero();
        assertThat(refused.said).contains("--cacert").doesNotContain("abc123xyz");
        repriseOk(distrusting, "-r", url, "--insecure-tls", "snapshots");
        Map<String, String> wrong = new TreeMap<>(who);
        wrong.put("RESTIC_REST_PASSWORD", "sesame");
        Ended locked = reprise(wrong, "-r", url, "snapshots");
        assertThat(locked.status).isNotZero();
        assertThat(locked.said).contains("401").doesNotContain("sesame");
    }

    @Test
    void a_unix_socket_is_served_and_used() {
        Path socket = folder.resolve("s.sock");
        var out = new ByteArrayOutputStream();
        var status = new CompletableFuture<Integer>();
        Thread thread = Thread.ofPlatform()
                .start(() -> status.complete(new ResticCli(ResticVerbs.standard(), context(Map.of(), out, out))
                        .run(List.of(
                                "serve", "--path", served.toString(), "--no-auth", "--listen", "unix:" + socket))));
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() ->
                        status.isDone() || out.toString(StandardCharsets.UTF_8).contains("serving at"));
        String url = "rest:http+unix://" + socket + ":/one/";
        StockRestic restic = restic("0.19");
        restic.ok("-r", url, "init");
        repriseOk(Map.of(), "-r", url, "backup", tree.toString());
        restic.ok("-r", url, "check", "--read-data");
        thread.interrupt();
        assertThat(status.join()).isZero();
        assertThat(socket).doesNotExist();
    }

    @Test
    void ours_works_on_stock_rest_server() throws IOException {
        try (var server = StockRestServer.restServer(folder, "--no-auth", "--append-only")) {
            sharedOn("rest:" + server.url() + "ann/one/");
        }
    }

    private void sharedOn(String url) {
        repriseOk(Map.of(), "-r", url, "init");
        repriseOk(Map.of(), "-r", url, "backup", tree.toString());
        StockRestic restic = restic("0.19");
        restic.ok("-r", url, "backup", tree.toString());
        restic.ok("-r", url, "check", "--read-data");
        repriseOk(Map.of(), "-r", url, "check", "--read-data");
        repriseOk(
                Map.of(),
                "-r",
                url,
                "restore",
                "latest",
                "--target",
                folder.resolve("back").toString());
        assertThat(folder.resolve("back" + tree.resolve("file4"))).hasSameBinaryContentAs(tree.resolve("file4"));
    }
}
