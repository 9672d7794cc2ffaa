package dev.reprise.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.serve.ServeSettings.Limits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients that are slow, many, gone or mean, and one good client beside them that must not notice.
class HostileClientTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final byte[] PACK = "what the good client stores".getBytes(StandardCharsets.UTF_8);
    private static final String ID = ObjectId.hash(PACK).hex();

    /// Times short enough for a test.
    private static final Limits SHORT = new Limits(
            Duration.ofMillis(1500),
            Duration.ofSeconds(1),
            Duration.ofMillis(500),
            10_000,
            0,
            4096,
            Duration.ofSeconds(5));

    @TempDir
    private Path folder;

    private final List<Socket> sockets = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // each test starts its own
    private ServerUnderTest server;

    private void start(ServeSettings settings) throws IOException {
        server = ServerUnderTest.start(ServerUnderTest.in(settings, folder));
        assertThat(RawHttp.request(server.port(), "POST", "/r/?create=true", new byte[0])
                        .status())
                .isEqualTo(200);
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        server.close();
        assertThat(leftOver()).isEmpty();
    }

    private Socket connect(String start) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        sockets.add(socket);
        socket.getOutputStream().write(start.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    /// Files that are no objects.
    private List<Path> leftOver() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !ObjectId.isName(String.valueOf(file.getFileName())))
                    .toList();
        }
    }

    private void goodClientIsServed() throws IOException {
        assertThat(RawHttp.request(server.port(), "POST", "/r/data/" + ID, PACK).status())
                .isIn(200, 403);
        assertThat(RawHttp.request(server.port(), "GET", "/r/data/" + ID, new byte[0])
                        .body())
                .isEqualTo(PACK);
    }

    @Test
    void a_thousand_idle_connections_hold_up_nobody_and_are_ended() throws Exception {
        start(ServerUnderTest.limits(ServerUnderTest.OPEN, SHORT));
        for (int i = 0; i < 1000; i++) {
            connect("");
        }
        goodClientIsServed();
        Awaitility.await().atMost(PATIENCE).until(() -> server.server().connections() == 0);
    }

    @Test
    void a_header_that_comes_byte_by_byte_is_cut_off() throws Exception {
        start(ServerUnderTest.limits(ServerUnderTest.OPEN, SHORT));
        Socket slow = connect("GET /r/config HTTP/1.1\r\nHost: x\r\nX: ");
        Awaitility.await().atMost(PATIENCE).until(() -> {
            try {
                slow.getOutputStream().write('a');
                return server.server().connections() == 0;
            } catch (IOException cut) {
                return true;
            }
        });
        goodClientIsServed();
    }

    @Test
    void a_body_that_crawls_or_never_ends_is_cut_off_and_leaves_nothing() throws Exception {
        start(ServerUnderTest.limits(ServerUnderTest.OPEN, SHORT));
        String head = "POST /r/data/" + ID + " HTTP/1.1\r\nHost: x\r\n";
        Socket silent = connect(head + "Content-Length: 1000000\r\n\r\nsome");
        Socket crawling = connect(head + "Transfer-Encoding: chunked\r\n\r\n");
        Awaitility.await().atMost(PATIENCE).until(() -> {
            try {
                crawling.getOutputStream().write("1\r\na\r\n".getBytes(StandardCharsets.US_ASCII));
                return server.server().connections() == 0;
            } catch (IOException cut) {
                return true;
            }
        });
        assertThat(RawHttp.read(silent.getInputStream()).status()).isNotEqualTo(200);
        goodClientIsServed();
    }

    @Test
    void an_endless_body_ends_at_the_quota() throws Exception {
        start(ServerUnderTest.quota(ServerUnderTest.OPEN, 1_000_000));
        Socket endless = connect("POST /r/data/" + ID
                + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
        byte[] chunk = ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 40; i++) {
            endless.getOutputStream().write(chunk);
        }
        endless.getOutputStream().write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(RawHttp.read(endless.getInputStream()).status()).isEqualTo(507);
        assertThat(leftOver()).isEmpty();
        goodClientIsServed();
    }

    @Test
    void a_wrong_hash_and_a_client_that_hangs_up_leave_nothing_and_give_their_quota_back() throws Exception {
        start(ServerUnderTest.quota(ServerUnderTest.OPEN, 100_000));
        for (int i = 0; i < 5; i++) {
            assertThat(RawHttp.request(server.port(), "POST", "/r/data/" + ID, new byte[60_000])
                            .status())
                    .isEqualTo(400);
            Socket gone = connect("POST /r/data/" + ID + " HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\nsome");
            gone.close();
            Awaitility.await().atMost(PATIENCE).until(() -> server.server().connections() == 0);
        }
        byte[] large = new byte[90_000];
        assertThat(RawHttp.request(
                                server.port(),
                                "POST",
                                "/r/data/" + ObjectId.hash(large).hex(),
                                large)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void one_client_gets_so_many_connections_and_no_more() throws Exception {
        start(ServerUnderTest.limits(ServerUnderTest.OPEN, Limits.USUAL.withPerClient(3)));
        Awaitility.await().atMost(PATIENCE).until(() -> server.server().connections() == 0);
        for (int i = 0; i < 3; i++) {
            connect("");
        }
        Awaitility.await().atMost(PATIENCE).until(() -> server.server().connections() == 3);
        assertThat(connect("").getInputStream().read()).isEqualTo(-1);
        sockets.removeFirst().close();
        Awaitility.await().atMost(PATIENCE).until(() -> server.server().connections() == 2);
        goodClientIsServed();
    }

    @Test
    void requests_that_are_none_are_refused_and_touch_nothing() throws Exception {
        start(ServerUnderTest.OPEN);
        Files.writeString(folder.resolveSibling("outside-" + folder.getFileName()), "secret");
        int port = server.port();
        assertThat(RawHttp.request(port, "GET", "/" + "a".repeat(20_000), new byte[0])
                        .status())
                .isEqualTo(414);
        assertThat(RawHttp.request(port, "GET", "/r/config", new byte[0], "X: " + "a".repeat(20_000))
                        .status())
                .isEqualTo(431);
        assertThat(RawHttp.send(port, "nonsense\r\n\r\n".getBytes(StandardCharsets.US_ASCII))
                        .status())
                .isEqualTo(400);
        for (String path : List.of(
                "/../outside-" + folder.getFileName(),
                "/%2e%2e/config",
                "/r/../../x/config",
                "/r%2f..%2fr/config",
                "/r/data/..%2f..%2fconfig",
                "//r/config")) {
            assertThat(RawHttp.request(port, "GET", path, new byte[0]).status())
                    .as(path)
                    .isIn(400, 404);
            assertThat(RawHttp.request(port, "POST", path + "?create=true", new byte[0])
                            .status())
                    .as(path)
                    .isIn(400, 404);
        }
        for (String method : List.of("PUT", "PATCH", "OPTIONS", "TRACE", "CONNECT", "MKCOL", "X-Y")) {
            assertThat(RawHttp.request(port, method, "/r/config", new byte[0]).status())
                    .as(method)
                    .isIn(400, 405);
        }
        goodClientIsServed();
    }

    @Test
    void links_that_lead_out_are_not_followed() throws Exception {
        start(ServerUnderTest.OPEN);
        Path elsewhere = Files.createDirectory(folder.resolveSibling("elsewhere-" + folder.getFileName()));
        Files.writeString(elsewhere.resolve("config"), "secret");
        Files.createSymbolicLink(folder.resolve("way-out"), elsewhere);
        Files.createSymbolicLink(folder.resolve("r/keys").resolve("ab".repeat(32)), elsewhere.resolve("config"));
        Files.createSymbolicLink(folder.resolve("nowhere"), folder.resolve("missing"));
        Files.createSymbolicLink(folder.resolve("within"), folder.resolve("r"));
        int port = server.port();
        for (String path : List.of("/way-out/config", "/r/keys/" + "ab".repeat(32), "/nowhere/config")) {
            assertThat(RawHttp.request(port, "GET", path, new byte[0]).status())
                    .as(path)
                    .isEqualTo(404);
        }
        assertThat(RawHttp.request(port, "POST", "/way-out/?create=true", new byte[0])
                        .status())
                .isEqualTo(404);
        goodClientIsServed();
        assertThat(RawHttp.request(port, "GET", "/within/data/" + ID, new byte[0])
                        .body())
                .isEqualTo(PACK);
        Files.delete(folder.resolve("r/keys").resolve("ab".repeat(32)));
        Files.delete(folder.resolve("way-out"));
    }

    @Test
    void a_client_that_does_not_read_what_it_asked_for_is_cut_off() throws Exception {
        start(ServerUnderTest.limits(ServerUnderTest.OPEN, SHORT));
        byte[] large = new byte[20_000_000];
        String id = ObjectId.hash(large).hex();
        assertThat(RawHttp.request(server.port(), "POST", "/r/data/" + id, large)
                        .status())
                .isEqualTo(200);
        for (int i = 0; i < 20; i++) {
            connect("GET /r/data/" + id + " HTTP/1.1\r\nHost: x\r\n\r\n");
        }
        goodClientIsServed();
        Awaitility.await().atMost(PATIENCE).until(() -> server.server().connections() == 0);
    }

    @Test
    void stopping_lets_an_upload_end() throws Exception {
        start(ServerUnderTest.OPEN);
        Socket uploading =
                connect("POST /r/data/" + ID + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "
                        + PACK.length + "\r\n\r\n" + new String(PACK, 0, 5, StandardCharsets.UTF_8));
        Awaitility.await().atMost(PATIENCE).until(() -> !leftOver().isEmpty());
        Thread stopping = Thread.ofVirtual().start(server::close);
        Awaitility.await().atMost(PATIENCE).until(() -> {
            try (var _ = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                return false;
            } catch (IOException refused) {
                return true;
            }
        });
        uploading.getOutputStream().write(PACK, 5, PACK.length - 5);
        assertThat(RawHttp.read(uploading.getInputStream()).status()).isEqualTo(200);
        stopping.join();
        assertThat(folder.resolve("r/data/" + ID.substring(0, 2) + "/" + ID)).hasBinaryContent(PACK);
    }
}
