package dev.reprise.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.s3.StubServer.Reply;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.url.Transport;
import dev.reprise.testkit.tls.LoopbackIdentity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Certificates, and servers that are silent.
@Timeout(60)
class S3TransportTest {
    private static final byte[] CONTENT = {1, 2, 3};
    private static final ObjectKey PACK = ObjectKey.of(ObjectType.PACK, ObjectId.hash(CONTENT));

    @TempDir
    private static Path folder;

    private static LoopbackIdentity identity;

    @BeforeAll
    static void makeCertificate() throws Exception {
        identity = LoopbackIdentity.make(folder, "ip:127.0.0.1");
    }

    private static Storage open(String url, Transport transport) {
        PlaceSettings bare = Opening.settings(Map.of());
        var settings = new PlaceSettings(
                bare.environment(),
                bare.workingDirectory(),
                Map.of(),
                transport,
                bare.limits(),
                InstantSource.system());
        return new S3Place().open(url + "/bucket", settings);
    }

    private static Transport transport(List<Path> trusted, @Nullable Path client, boolean insecure) {
        return new Transport(trusted, client, insecure, "reprise", Duration.ofMinutes(1));
    }

    private static RepriseException failure(Runnable action) {
        try {
            action.run();
        } catch (RepriseException e) {
            return e;
        }
        throw new AssertionError("should have failed");
    }

    @Test
    void a_certificate_nobody_vouches_for_is_refused_unless_it_is_given_or_nothing_matters() throws Exception {
        try (var stub = new StubServer(identity.server(), false)) {
            stub.answers(request -> new Reply(200, Map.of(), "", 5));
            String url = "https://127.0.0.1:" + stub.port();
            try (Storage storage = open(url, transport(List.of(), null, false))) {
                RepriseException refused = failure(() -> storage.size(PACK));
                assertThat(refused.hint()).contains("--cacert");
                assertThat(((StorageException) refused).retryable()).isFalse();
            }
            try (Storage storage = open(url, transport(List.of(identity.certificate()), null, false))) {
                assertThat(storage.size(PACK)).isEqualTo(5);
            }
            String byName = "https://localhost:" + stub.port();
            try (Storage storage = open(byName, transport(List.of(identity.certificate()), null, false))) {
                assertThat(failure(() -> storage.size(PACK)).fact()).contains("localhost");
            }
            try (Storage storage = open(byName, transport(List.of(), null, true))) {
                assertThat(storage.size(PACK)).isEqualTo(5);
            }
        }
    }

    @Test
    void a_client_shows_its_certificate() throws Exception {
        Path both = Files.writeString(folder.resolve("client.pem"), identity.both());
        try (var stub = new StubServer(identity.server(), true)) {
            stub.answers(request -> new Reply(200, Map.of(), "", 5));
            String url = "https://127.0.0.1:" + stub.port();
            try (Storage storage = open(url, transport(List.of(identity.certificate()), null, false))) {
                failure(() -> storage.size(PACK));
            }
            try (Storage storage = open(url, transport(List.of(identity.certificate()), both, false))) {
                assertThat(storage.size(PACK)).isEqualTo(5);
            }
        }
    }

    @Test
    void a_file_without_a_certificate_or_a_key_is_named() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty.pem"), "nothing\n");
        try (Storage storage = open("https://127.0.0.1:1", transport(List.of(empty), null, false))) {
            assertThat(failure(() -> storage.size(PACK)).fact()).contains("empty.pem");
        }
        try (Storage storage = open("https://127.0.0.1:1", transport(List.of(), identity.certificate(), false))) {
            assertThat(failure(() -> storage.size(PACK)).fact()).contains("certificate.pem");
        }
    }

    @Test
    void a_server_that_stops_reading_is_given_up() throws IOException {
        var transport = new Transport(List.of(), null, false, "reprise", Duration.ofMillis(400));
        try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Storage storage = open("http://127.0.0.1:" + silent.getLocalPort(), transport)) {
            byte[] large = new byte[32 << 20]; // more than both kernels buffer
            StorageException stuck = (StorageException) failure(() -> storage.write(PACK, large));
            assertThat(stuck.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(stuck.fact()).contains("no byte was taken");
        }
    }

    /// Without room servers answer before they read, and hang up. The JDK's client then tells the status and no body.
    @Test
    void an_answer_to_the_head_of_an_upload_is_heard() throws Exception {
        try (var refusing = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Storage storage =
                        open("http://127.0.0.1:" + refusing.getLocalPort(), transport(List.of(), null, false))) {
            Thread server = Thread.ofPlatform().start(() -> refuseOnce(refusing));
            StorageException full = (StorageException) failure(() -> storage.write(PACK, new byte[8 << 20]));
            assertThat(full.kind()).as(full.fact()).isEqualTo(Kind.FULL);
            server.join();
        }
    }

    private static void refuseOnce(ServerSocket server) {
        try (Socket client = server.accept()) {
            var head = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
            while (!head.readLine().isEmpty()) {
                // to the end of the head
            }
            String body = StubServer.error("InsufficientStorage");
            String answer =
                    "HTTP/1.1 507 Insufficient Storage\r\nConnection: close\r\nContent-Type: application/xml\r\n"
                            + "Content-Length: " + body.length() + "\r\n\r\n" + body;
            client.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
            client.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void a_server_that_never_answers_is_given_up() throws IOException {
        var transport = new Transport(List.of(), null, false, "reprise", Duration.ofMillis(400));
        try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Storage storage = open("http://127.0.0.1:" + silent.getLocalPort(), transport)) {
            assertThat(((StorageException) failure(() -> storage.size(PACK))).kind())
                    .isEqualTo(Kind.UNREACHABLE);
        }
    }
}
