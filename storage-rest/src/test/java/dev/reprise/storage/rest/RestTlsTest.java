package dev.reprise.storage.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.url.PlaceSettings.RateLimits;
import dev.reprise.storage.url.Transport;
import dev.reprise.testkit.tls.LoopbackIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLServerSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Certificates of servers and of clients, and the way through a proxy.
@Timeout(60)
class RestTlsTest {
    private static final ObjectKey KEY = ObjectKey.of(ObjectType.PACK, ObjectId.hash(new byte[1]));
    private static final String FIVE = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";

    @TempDir
    private static Path folder;

    private static LoopbackIdentity identity;

    @BeforeAll
    static void makeCertificate() throws Exception {
        identity = LoopbackIdentity.make(folder, "ip:127.0.0.1,dns:backup.example");
    }

    private static ScriptedServer server(boolean wantsCertificate) throws Exception {
        var listener = (SSLServerSocket)
                identity.server().getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        listener.setNeedClientAuth(wantsCertificate);
        return ScriptedServer.start(listener, (_, _, _, out) -> {
            out.write(FIVE.getBytes(StandardCharsets.US_ASCII));
            return true;
        });
    }

    private static Storage open(
            String url, List<Path> trusted, @Nullable Path client, boolean insecure, Map<String, String> environment) {
        var transport = new Transport(trusted, client, insecure, "tester/1", Duration.ofMinutes(1));
        var settings =
                new PlaceSettings(environment, folder, Map.of(), transport, RateLimits.NONE, InstantSource.system());
        return new RestPlace().open(url, settings);
    }

    private static Storage open(String url, List<Path> trusted, @Nullable Path client, boolean insecure) {
        return open(url, trusted, client, insecure, Map.of());
    }

    @Test
    void a_certificate_nobody_vouches_for_is_refused_unless_it_is_given_or_nothing_matters() throws Exception {
        try (ScriptedServer server = server(false)) {
            String url = "https://127.0.0.1:" + server.port() + "/repo/";
            try (Storage storage = open(url, List.of(), null, false)) {
                assertThatThrownBy(() -> storage.size(KEY)).isInstanceOfSatisfying(StorageException.class, e -> {
                    assertThat(e.hint()).contains("--cacert");
                    assertThat(e.retryable()).isFalse();
                });
            }
            try (Storage storage = open(url, List.of(identity.certificate()), null, false)) {
                assertThat(storage.size(KEY)).isEqualTo(5);
            }
            String byName = "https://localhost:" + server.port() + "/repo/";
            try (Storage storage = open(byName, List.of(identity.certificate()), null, false)) {
                assertThatThrownBy(() -> storage.size(KEY))
                        .hasMessageContaining("localhost")
                        .isInstanceOfSatisfying(
                                StorageException.class,
                                e -> assertThat(e.retryable()).isFalse());
            }
            try (Storage storage = open(byName, List.of(), null, true)) {
                assertThat(storage.size(KEY)).isEqualTo(5);
            }
        }
    }

    @Test
    void a_client_shows_its_certificate_where_one_is_wanted() throws Exception {
        Path both = Files.writeString(folder.resolve("client.pem"), identity.both());
        try (ScriptedServer server = server(true)) {
            String url = "https://127.0.0.1:" + server.port() + "/repo/";
            try (Storage storage = open(url, List.of(identity.certificate()), null, false)) {
                assertThatThrownBy(() -> storage.size(KEY)).isInstanceOf(RepriseException.class);
            }
            try (Storage storage = open(url, List.of(identity.certificate()), both, false)) {
                assertThat(storage.size(KEY)).isEqualTo(5);
            }
            try (Storage storage = open(url, List.of(identity.certificate()), identity.certificate(), false)) {
                assertThatThrownBy(() -> storage.size(KEY)).hasMessageContaining("certificate.pem");
            }
        }
    }

    /// The proxy sees where to, and its own password, but not what is said.
    @Test
    void a_proxy_is_gone_through_and_the_certificate_is_still_the_servers() throws Exception {
        var seen = new CopyOnWriteArrayList<String>();
        try (ScriptedServer server = server(false);
                ScriptedServer proxy = ScriptedServer.start((_, head, in, out) -> {
                    seen.add(head);
                    out.write("HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    carry(in, out, server.port());
                    return false;
                })) {
            var environment = Map.of("HTTPS_PROXY", "http://me:s%40same@127.0.0.1:" + proxy.port());
            try (Storage storage =
                    open("https://backup.example/repo/", List.of(identity.certificate()), null, false, environment)) {
                assertThat(storage.size(KEY)).isEqualTo(5);
            }
            assertThat(seen)
                    .singleElement()
                    .asString()
                    .startsWith("CONNECT backup.example:443 HTTP/1.1\r\n")
                    .contains("Proxy-Authorization: Basic bWU6c0BzYW1l\r\n")
                    .doesNotContain("repo");
            try (Storage storage =
                    open("https://other.example/repo/", List.of(identity.certificate()), null, false, environment)) {
                assertThatThrownBy(() -> storage.size(KEY)).hasMessageContaining("other.example");
            }
        }
    }

    private static void carry(InputStream in, OutputStream out, int port) throws IOException {
        try (var onward = new Socket(InetAddress.getLoopbackAddress(), port)) {
            Thread back = Thread.ofVirtual().start(() -> pour(onward, out));
            in.transferTo(onward.getOutputStream());
            onward.shutdownOutput();
            back.join();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void pour(Socket from, OutputStream to) {
        try {
            from.getInputStream().transferTo(to);
        } catch (IOException e) {
            // the client has left
        }
    }
}
