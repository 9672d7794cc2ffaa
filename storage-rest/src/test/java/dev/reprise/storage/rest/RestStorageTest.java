package dev.reprise.storage.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.Storage.StoredObject;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.url.PlaceSettings.RateLimits;
import dev.reprise.storage.url.Transport;
import dev.reprise.testkit.rest.StockRestServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What requests look like, and what is made of answers no good server gives.
class RestStorageTest {
    private static final ObjectKey KEY = ObjectKey.of(ObjectType.PACK, ObjectId.hash(new byte[1]));
    private static final String TEN = "HTTP/1.1 200 OK\nContent-Length: 10\n\n0123456789";

    @TempDir
    private Path folder;

    private Storage open(int port, String credentials, Duration stuck) {
        var transport = new Transport(List.of(), null, false, "tester/1", stuck);
        var settings = new PlaceSettings(
                Map.of("RESTIC_REST_USERNAME", "u", "RESTIC_REST_PASSWORD", "p"),
                folder,
                Map.of("rest.connections", "7"),
                transport,
                RateLimits.NONE,
                InstantSource.system());
        return new RestPlace().open("http://" + credentials + "127.0.0.1:" + port + "/repo", settings);
    }

    private Storage open(ScriptedServer server) {
        return open(server.port(), "", Duration.ofMinutes(1));
    }

    private static Kind kindOf(Runnable action) {
        try {
            action.run();
            throw new AssertionError("should have failed");
        } catch (StorageException e) {
            assertThat(e.getMessage()).doesNotContain("sesame");
            return e.kind();
        }
    }

    @Test
    void requests_are_restics() throws Exception {
        try (var server = ScriptedServer.always("HTTP/1.1 200 OK\nContent-Length: 0\n\n");
                Storage storage = open(server)) {
            storage.create();
            assertThat(server.heads().getFirst())
                    .startsWith("POST /repo/?create=true HTTP/1.1\r\n")
                    .contains("Transfer-Encoding: chunked\r\n", "Content-Type: binary/octet-stream\r\n")
                    .contains("Authorization: Basic dTpw\r\n", "User-Agent: tester/1\r\n")
                    .doesNotContain("Accept", "Content-Length");
            assertThat(storage.connections()).isEqualTo(7);
        }
        try (var server = ScriptedServer.start((_, head, body, out) -> {
                    body.readNBytes(head.startsWith("POST") ? 3 : 0);
                    out.write(TEN.replace("\n", "\r\n")
                            .substring(0, head.startsWith("GET") ? TEN.length() + 3 : TEN.length() - 7)
                            .getBytes(StandardCharsets.US_ASCII));
                    return true;
                });
                Storage storage = open(server.port(), "x:sesame@", Duration.ZERO)) {
            storage.read(KEY, 2, 3, InputStream::readAllBytes);
            storage.readAll(KEY);
            assertThat(storage.size(KEY)).isEqualTo(10);
            assertThat(server.heads().get(0))
                    .startsWith("GET /repo/data/" + KEY.name() + " ")
                    .contains("Range: bytes=2-4\r\n", "Accept: application/vnd.x.restic.rest.v2\r\n")
                    .contains("Authorization: Basic eDpzZXNhbWU=\r\n");
            assertThat(server.heads().get(1)).contains("Range: bytes=0-\r\n");
            assertThat(server.heads().get(2)).startsWith("HEAD /repo/data/");
            assertThat(storage.location()).isEqualTo("rest:http://127.0.0.1:" + server.port() + "/repo/");
        }
    }

    @Test
    void an_upload_says_its_length() throws Exception {
        try (var server = ScriptedServer.start((_, _, body, out) -> {
                    assertThat(body.readNBytes(300_000)).hasSize(300_000);
                    out.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    return true;
                });
                Storage storage = open(server)) {
            storage.write(KEY, new byte[300_000]);
            assertThat(server.heads().getFirst())
                    .startsWith("POST /repo/data/" + KEY.name())
                    .contains("Content-Length: 300000\r\n", "Content-Type: application/octet-stream\r\n")
                    .doesNotContain("chunked");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "401, DENIED",
        "403, DENIED",
        "404, NOT_FOUND",
        "416, RANGE_TOO_SHORT",
        "507, FULL",
        "429, THROTTLED",
        "503, THROTTLED",
        "500, UNREACHABLE",
        "502, UNREACHABLE",
        "301, OTHER",
        "405, OTHER"
    })
    void a_status_says_whether_to_try_again(int status, Kind kind) throws Exception {
        try (var server = ScriptedServer.always("HTTP/1.1 " + status
                        + " Sesame\nLocation: http://x:sesame@elsewhere/\nContent-Length: 6\n\nsesame");
                Storage storage = open(server)) {
            assertThat(kindOf(() -> storage.read(KEY, 0, 10, InputStream::readAllBytes)))
                    .isEqualTo(kind);
            assertThat(server.heads()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense\n\n",
                "HTTP/1.1 200 OK\n",
                "HTTP/2 200 OK\n\n",
                "HTTP/1.1 200 OK\nContent-Length: -1\n\n",
                "HTTP/1.1 200 OK\nContent-Length: 5,6\n\n"
            })
    void an_answer_that_is_none_may_be_asked_for_again(String answer) throws Exception {
        try (var server = ScriptedServer.start((_, _, _, out) -> {
                    out.write(answer.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                    return false;
                });
                Storage storage = open(server)) {
            assertThat(kindOf(() -> storage.read(KEY, 0, 10, InputStream::readAllBytes)))
                    .isEqualTo(Kind.UNREACHABLE);
            assertThat(kindOf(() -> storage.size(KEY))).isEqualTo(Kind.UNREACHABLE);
            assertThat(kindOf(() -> storage.list(ObjectType.KEY, _ -> {}))).isEqualTo(Kind.UNREACHABLE);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\nTransfer-Encoding: gzip\n\n",
                "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nzz\n",
                "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nabc",
                "HTTP/1.1 200 OK\nContent-Length: 10\n\nabc",
                "HTTP/1.1 206 OK\nContent-Range: bytes 5-14/20\nContent-Length: 10\n\n0123456789"
            })
    void a_body_that_is_cut_or_another_may_be_asked_for_again(String answer) throws Exception {
        try (var server = ScriptedServer.start((_, _, _, out) -> {
                    out.write(answer.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                    return false;
                });
                Storage storage = open(server)) {
            assertThat(kindOf(() -> storage.read(KEY, 0, 10, InputStream::readAllBytes)))
                    .isEqualTo(Kind.UNREACHABLE);
        }
    }

    @Test
    void headers_without_end_are_not_gathered() throws Exception {
        try (var server = ScriptedServer.start((_, _, _, out) -> {
                    out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
                    while (true) {
                        out.write(
                                "X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n".getBytes(StandardCharsets.US_ASCII));
                    }
                });
                Storage storage = open(server)) {
            assertThat(kindOf(() -> storage.size(KEY))).isEqualTo(Kind.UNREACHABLE);
        }
    }

    @Test
    void chunked_and_unframed_bodies_are_read_to_their_end() throws Exception {
        for (String answer : List.of(
                "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n4;x=y\n0123\n6\n456789\n0\nTrailer: 1\n\n",
                "HTTP/1.0 200 OK\n\n0123456789",
                "HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK\nContent-Length: 10\n\n0123456789")) {
            try (var server = ScriptedServer.start((_, _, _, out) -> {
                        out.write(answer.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                        return answer.contains("1.1");
                    });
                    Storage storage = open(server)) {
                for (int i = 0; i < 3; i++) {
                    assertThat(new String(storage.readAll(KEY), StandardCharsets.US_ASCII))
                            .isEqualTo("0123456789");
                    byte[] part = storage.read(KEY, 3, 4, InputStream::readAllBytes);
                    assertThat(new String(part, StandardCharsets.US_ASCII)).isEqualTo("3456");
                    assertThat(kindOf(() -> storage.read(KEY, 3, 8, InputStream::readAllBytes)))
                            .isEqualTo(Kind.RANGE_TOO_SHORT);
                }
            }
        }
    }

    @Test
    void a_server_of_version_1_is_asked_for_every_size() throws Exception {
        ObjectKey gone = ObjectKey.of(ObjectType.PACK, ObjectId.hash(new byte[2]));
        try (var server = ScriptedServer.start((_, head, _, out) -> {
                    String json = "[\"" + KEY.name() + "\",\"foreign\",\"" + gone.name() + "\"]";
                    String answer = head.contains(gone.name())
                            ? "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\n"
                            : head.startsWith("HEAD")
                                    ? "HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n"
                                    : "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                                            + json.length() + "\r\n\r\n" + json;
                    out.write(answer.getBytes(StandardCharsets.US_ASCII));
                    return true;
                });
                Storage storage = open(server)) {
            var found = new ArrayList<StoredObject>();
            storage.list(ObjectType.PACK, found::add);
            assertThat(found).containsExactly(new StoredObject(KEY, 77));
            assertThat(server.heads()).hasSize(3);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "null",
                "[",
                "[{\"name\":\"x\"",
                "[1]",
                "[[\"x\"]]",
                "[{\"name\":\"%s\"}]",
                "[{\"name\":\"%s\",\"size\":-5}]",
                "[{\"name\":\"%s\",\"size\":1e99}]",
                "[] x"
            })
    void a_list_that_is_none_is_no_empty_one(String pattern) throws Exception {
        String json = pattern.replace("%s", KEY.name());
        try (var server = ScriptedServer.always("HTTP/1.1 200 OK\nContent-Type: application/vnd.x.restic.rest.v2\n"
                        + "Content-Length: " + json.length() + "\n\n" + json);
                Storage storage = open(server)) {
            assertThat(kindOf(() -> storage.list(ObjectType.PACK, _ -> {}))).isEqualTo(Kind.UNREACHABLE);
        }
    }

    @Test
    void a_404_of_rclone_is_no_empty_list() throws Exception {
        try (var server = ScriptedServer.always("HTTP/1.1 404 Not Found\nServer: rclone/v1.60\nContent-Length: 0\n\n");
                Storage storage = open(server)) {
            assertThat(kindOf(() -> storage.list(ObjectType.PACK, _ -> {}))).isEqualTo(Kind.UNREACHABLE);
        }
        try (var server = ScriptedServer.always("HTTP/1.1 404 Not Found\nContent-Length: 0\n\n");
                Storage storage = open(server)) {
            storage.list(ObjectType.PACK, found -> {
                throw new AssertionError(found);
            });
        }
    }

    @Test
    void a_server_in_trouble_does_not_make_objects_of_ours_look_absent() throws Exception {
        ObjectKey point = ObjectKey.of(ObjectType.POINT, ObjectId.hash(new byte[3]));
        for (int status : new int[] {500, 503, 429}) {
            try (var server = ScriptedServer.always("HTTP/1.1 " + status + " x\nContent-Length: 0\n\n");
                    Storage storage = open(server)) {
                assertThat(kindOf(() -> storage.size(point))).isIn(Kind.UNREACHABLE, Kind.THROTTLED);
                assertThat(kindOf(() -> storage.list(ObjectType.POINT, _ -> {})))
                        .isIn(Kind.UNREACHABLE, Kind.THROTTLED);
            }
        }
    }

    /// The answer comes while the body is still on its way, and the connection is closed on it.
    @Test
    void a_refusal_before_the_end_of_a_large_body_is_heard() throws Exception {
        try (var server = StockRestServer.restServer(folder, "--no-auth", "--max-size", "100000");
                Storage storage = open(server.port(), "", Duration.ofMinutes(1))) {
            storage.create();
            byte[] large = new byte[40_000_000];
            ObjectKey key = ObjectKey.of(ObjectType.PACK, ObjectId.hash(large));
            for (int i = 0; i < 3; i++) {
                assertThat(kindOf(() -> storage.write(key, large))).isEqualTo(Kind.FULL);
            }
        }
    }

    @Test
    void a_name_that_is_taken_is_a_success_if_it_is_ours() throws Exception {
        try (var server = ScriptedServer.start((_, head, body, out) -> {
                    body.readNBytes(head.startsWith("POST") ? 5 : 0);
                    out.write((head.startsWith("HEAD")
                                    ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
                                    : "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
                    return true;
                });
                Storage storage = open(server)) {
            storage.write(KEY, new byte[5]);
            assertThat(kindOf(() -> storage.write(ObjectKey.CONFIG, new byte[5])))
                    .isEqualTo(Kind.DENIED);
        }
        try (var server = ScriptedServer.start((_, head, body, out) -> {
                    body.readNBytes(head.startsWith("POST") ? 5 : 0);
                    out.write((head.startsWith("HEAD")
                                    ? "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"
                                    : "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
                    return true;
                });
                Storage storage = open(server)) {
            assertThat(kindOf(() -> storage.write(KEY, new byte[5]))).isEqualTo(Kind.DENIED);
        }
    }

    @Test
    void a_connection_the_server_dropped_is_replaced_unseen() throws Exception {
        try (var server = ScriptedServer.start((_, _, _, out) -> {
                    out.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789"
                            .getBytes(StandardCharsets.US_ASCII));
                    return false; // says nothing of closing, and closes
                });
                Storage storage = open(server)) {
            for (int i = 0; i < 20; i++) {
                assertThat(storage.readAll(KEY)).hasSize(10);
            }
            assertThat(server.heads()).hasSize(20);
        }
    }

    @Test
    void a_request_that_moves_no_byte_is_given_up() throws Exception {
        var never = new CountDownLatch(1);
        try (var server = ScriptedServer.start((_, head, _, out) -> {
                    if (head.startsWith("GET")) {
                        out.write(
                                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01".getBytes(StandardCharsets.US_ASCII));
                    }
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    return false;
                });
                Storage storage = open(server.port(), "", Duration.ofMillis(300))) {
            assertThatThrownBy(() -> storage.readAll(KEY)).hasMessageContaining("no byte was moved");
            assertThatThrownBy(() -> storage.size(KEY)).hasMessageContaining("no byte was moved");
            // more than sockets take without a reader
            assertThatThrownBy(() -> storage.write(KEY, new byte[30_000_000]))
                    .hasMessageContaining("no byte was moved");
        } finally {
            never.countDown();
        }
    }

    @Test
    void an_interrupt_ends_a_request() throws Exception {
        var asked = new CountDownLatch(1);
        var never = new CountDownLatch(1);
        try (var server = ScriptedServer.start((_, _, _, _) -> {
                    asked.countDown();
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    return false;
                });
                Storage storage = open(server)) {
            var failure = new java.util.concurrent.CompletableFuture<Throwable>();
            Thread reader = Thread.ofPlatform().start(() -> {
                try {
                    storage.size(KEY);
                } catch (RuntimeException e) {
                    failure.complete(e);
                }
            });
            asked.await();
            reader.interrupt();
            assertThat(failure.get()).isInstanceOf(CancelledException.class);
        } finally {
            never.countDown();
        }
    }

    @Test
    void a_server_that_does_not_listen_may_be_tried_again() throws Exception {
        int port;
        try (var unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = unused.getLocalPort();
        }
        try (Storage storage = open(port, "", Duration.ofMinutes(1))) {
            assertThat(kindOf(() -> storage.size(KEY))).isEqualTo(Kind.UNREACHABLE);
            assertThat(kindOf(storage::create)).isEqualTo(Kind.UNREACHABLE);
        }
    }

    @Test
    void a_proxy_is_asked_for_the_whole_address() throws Exception {
        try (var proxy = ScriptedServer.always(TEN)) {
            var settings = new PlaceSettings(
                    Map.of("HTTP_PROXY", "http://u:p@127.0.0.1:" + proxy.port()), folder, InstantSource.system());
            try (Storage storage = new RestPlace().open("http://far.invalid:81/repo", settings)) {
                assertThat(storage.readAll(KEY)).hasSize(10);
                assertThat(proxy.heads().getFirst())
                        .startsWith("GET http://far.invalid:81/repo/data/")
                        .contains("Host: far.invalid:81\r\n", "Proxy-Authorization: Basic dTpw\r\n");
            }
            try (Storage storage = new RestPlace()
                    .open(
                            "https://far.invalid/repo",
                            new PlaceSettings(
                                    Map.of("HTTPS_PROXY", "127.0.0.1:" + proxy.port()),
                                    folder,
                                    Map.of(),
                                    new Transport(List.of(), null, false, "t", Duration.ofMillis(300)),
                                    RateLimits.NONE,
                                    InstantSource.system()))) {
                assertThat(kindOf(() -> storage.size(KEY))).isIn(Kind.OTHER, Kind.UNREACHABLE);
                assertThat(proxy.heads().getLast()).startsWith("CONNECT far.invalid:443 HTTP/1.1\r\n");
            }
        }
    }
}
