package dev.reprise.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.serve.ServeSettings.Access;
import dev.reprise.serve.ServeSettings.Metrics;
import dev.reprise.testkit.rest.StockRestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same requests in the same order to stock rest-server 0.14 and to ours. Left out is where ours differs on
/// purpose:
/// `Range: bytes=-0` (206 without a byte there, 416 here), paths with `..` (a redirection there, 404 here), and the
/// empty temporary file that an upload beyond the quota leaves there and lists.
class SideBySideTest {
    private static final String V2 = "Accept: application/vnd.x.restic.rest.v2";
    private static final byte[] NONE = {};
    private static final byte[] PACK = "a pack of some bytes".getBytes(StandardCharsets.UTF_8);
    private static final String ID = ObjectId.hash(PACK).hex();
    private static final byte[] LOCK = "a lock".getBytes(StandardCharsets.UTF_8);
    private static final String LOCK_ID = ObjectId.hash(LOCK).hex();
    private static final String ABSENT = "ab".repeat(32);

    @TempDir
    private Path folder;

    private record Step(String method, String target, byte[] body, String... headers) {
        @Override
        public String toString() {
            return method + " " + target + " " + String.join(", ", headers);
        }
    }

    private static List<Step> aRepositorysLife(String at) {
        String data = at + "data/";
        return List.of(
                new Step("HEAD", at + "config", NONE),
                new Step("GET", at + "config", NONE, "Range: bytes=0-"),
                new Step("GET", data, NONE, V2),
                new Step("POST", at, NONE),
                new Step("POST", at + "?create=no", NONE),
                new Step("GET", at, NONE),
                new Step("DELETE", at, NONE),
                new Step("POST", at + "?create=true", NONE),
                new Step("POST", at + "?create=true", NONE),
                new Step("GET", data, NONE, V2),
                new Step("GET", data, NONE),
                new Step("GET", at + "data", NONE, V2),
                new Step("HEAD", data, NONE),
                new Step("POST", data, NONE),
                new Step("DELETE", at + "locks/", NONE),
                new Step("POST", at + "config", LOCK),
                new Step("POST", at + "config", PACK),
                new Step("HEAD", at + "config", NONE),
                new Step("GET", at + "config", NONE, "Range: bytes=0-"),
                new Step("GET", at + "config", NONE, "Range: bytes=2-3"),
                new Step("PUT", at + "config", LOCK),
                new Step("POST", data + ID, PACK),
                new Step("POST", data + ID, PACK),
                new Step("POST", data + ID, LOCK),
                new Step("POST", data + ABSENT, PACK),
                new Step("GET", data, NONE, V2),
                new Step("GET", data, NONE, "Accept: application/vnd.x.restic.rest.v1"),
                new Step("HEAD", data + ID, NONE),
                new Step("HEAD", data + ABSENT, NONE),
                new Step("GET", data + ABSENT, NONE),
                new Step("GET", data + ID, NONE),
                new Step("GET", data + ID, NONE, "Range: bytes=0-"),
                new Step("GET", data + ID, NONE, "Range: bytes=2-5"),
                new Step("GET", data + ID, NONE, "Range: bytes=2-5000"),
                new Step("GET", data + ID, NONE, "Range: bytes=-4"),
                new Step("GET", data + ID, NONE, "Range: bytes=-4000"),
                new Step("GET", data + ID, NONE, "Range: bytes=20-"),
                new Step("GET", data + ID, NONE, "Range: bytes=19-"),
                new Step("GET", data + ID, NONE, "Range: bytes=5-2"),
                new Step("GET", data + ID, NONE, "Range: bytes=x"),
                new Step("GET", data + ID, NONE, "Range: bytes=99999999999999999999-"),
                new Step("GET", data + ID, NONE, "Range: bits=0-1"),
                new Step("PUT", data + ID, PACK),
                new Step("GET", at + "data/" + ID.substring(0, 2) + "/" + ID, NONE),
                new Step("GET", data + ID.toUpperCase(java.util.Locale.ROOT), NONE),
                new Step("GET", data + ID + "0", NONE),
                new Step("GET", at + "nothing/" + ID, NONE),
                new Step("POST", at + "locks/" + LOCK_ID, LOCK),
                new Step("GET", at + "locks/", NONE, V2),
                new Step("DELETE", at + "locks/" + LOCK_ID, NONE),
                new Step("DELETE", at + "locks/" + LOCK_ID, NONE),
                new Step("DELETE", data + ID, NONE),
                new Step("HEAD", data + ID, NONE),
                new Step("DELETE", at + "config", NONE),
                new Step("DELETE", at + "config", NONE),
                new Step("HEAD", at + "config", NONE));
    }

    @Test
    void requests_get_the_same_answers() throws Exception {
        var steps = new ArrayList<Step>();
        for (String at : List.of("/", "/one/", "/two/deep/", "/%C3%A4%20b/")) {
            steps.addAll(aRepositorysLife(at));
        }
        steps.addAll(Stream.of("/one", "/a/b/c/", "/a/b/c/config", "/data/config/", "/%zz/config")
                .map(target -> new Step("GET", target, NONE))
                .toList());
        compare(steps, new String[] {"--no-auth"}, ServerUnderTest.OPEN);
    }

    @Test
    void an_append_only_server_answers_the_same() throws Exception {
        ServeSettings settings =
                ServerUnderTest.users(ServerUnderTest.OPEN, null, new Access(true, false), Metrics.OFF);
        compare(aRepositorysLife("/one/"), new String[] {"--no-auth", "--append-only"}, settings);
    }

    @Test
    void users_and_private_repositories_are_kept_apart_the_same() throws Exception {
        Path users = folder.resolve("users");
        Files.writeString(users, """
                ann:$2y$10$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW
                bob:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=
                old:$apr1$iDdS5Ycl$wMkIgdRpnLoJCLPBn0C1u0
                """);
        users.toFile().setReadable(true, false);
        String ann = basic("ann", "abc123xyz");
        String bob = basic("bob", "password");
        var steps = List.of(
                new Step("GET", "/ann/keys/", NONE),
                new Step("GET", "/ann/keys/", NONE, "Authorization: Basic Og=="),
                new Step("GET", "/ann/keys/", NONE, "Authorization: Bearer x"),
                new Step("GET", "/ann/keys/", NONE, "Authorization: Basic ???"),
                new Step("GET", "/ann/keys/", NONE, basic("ann", "wrong")),
                new Step("GET", "/ann/keys/", NONE, basic("nobody", "wrong")),
                new Step("POST", "/bob/?create=true", NONE, bob),
                new Step("GET", "/bob/keys/", NONE, bob),
                new Step("GET", "/bob/keys/", NONE, bob),
                new Step("GET", "/ann/keys/", NONE, bob),
                new Step("GET", "/bob/keys/", NONE, ann),
                new Step("GET", "/bob/keys/", NONE, basic("bob", "Password")),
                new Step("POST", "/bob/deep/?create=true", NONE, bob),
                new Step("POST", "/?create=true", NONE, bob),
                new Step("GET", "/keys/", NONE, bob),
                new Step("GET", "/ann/keys/", NONE, basic("old", "myPassword")),
                new Step("GET", "/metrics", NONE),
                new Step("GET", "/metrics", NONE, bob));
        compare(
                steps,
                new String[] {"--private-repos", "--prometheus", "--htpasswd-file", users.toString()},
                ServerUnderTest.users(ServerUnderTest.OPEN, users, new Access(false, true), Metrics.USERS));
    }

    @Test
    void a_quota_that_is_used_up_answers_the_same() throws Exception {
        byte[] large = new byte[3_000_000];
        String id = ObjectId.hash(large).hex();
        var steps = List.of(
                new Step("POST", "/one/?create=true", NONE),
                new Step("POST", "/one/data/" + ID, PACK),
                new Step("POST", "/one/data/" + id, large),
                new Step("HEAD", "/one/data/" + id, NONE),
                new Step("DELETE", "/one/data/" + ID, NONE));
        compare(
                steps,
                new String[] {"--no-auth", "--max-size", "2500000"},
                ServerUnderTest.quota(ServerUnderTest.OPEN, 2_500_000));
    }

    private void compare(List<Step> steps, String[] flags, ServeSettings settings) throws IOException {
        Path ours = Files.createDirectories(folder.resolve("ours"));
        Path theirs = Files.createDirectories(folder.resolve("theirs"));
        Files.setPosixFilePermissions(folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        var soft = new SoftAssertions();
        try (var stock = StockRestServer.restServer(theirs, flags);
                var server = ServerUnderTest.start(ServerUnderTest.in(settings, ours))) {
            for (Step step : steps) {
                RawHttp.Answer expected = answer(stock.port(), step);
                RawHttp.Answer got = answer(server.port(), step);
                soft.assertThat(got.status()).as("%s", step).isEqualTo(expected.status());
                if (expected.status() < 300) {
                    soft.assertThat(got.text()).as("body of %s", step).isEqualTo(expected.text());
                    soft.assertThat(got.header("Content-Range"))
                            .as("range of %s", step)
                            .isEqualTo(expected.header("Content-Range"));
                }
                if (expected.status() == 200 && step.method.equals("HEAD")) {
                    soft.assertThat(got.header("Content-Length"))
                            .as("%s", step)
                            .isEqualTo(expected.header("Content-Length"));
                }
                if (step.method.equals("GET") && step.target.endsWith("/") && expected.status() == 200) {
                    soft.assertThat(got.header("Content-Type"))
                            .as("%s", step)
                            .isEqualTo(expected.header("Content-Type"));
                }
            }
        }
        soft.assertAll();
        assertThat(steps).isNotEmpty();
    }

    private static RawHttp.Answer answer(int port, Step step) throws IOException {
        return RawHttp.request(port, step.method, step.target, step.body, step.headers);
    }

    private static String basic(String user, String password) {
        return "Authorization: Basic "
                + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }
}
