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
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
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
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private static Path folder;

    /// Names 127.0.0.1 and backup.example; nobody vouches for it.
    private static KeyStore identity;

    private static Path certificate;

    @BeforeAll
    static void makeCertificate() throws Exception {
        Path file = folder.resolve("identity.p12");
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        var process = new ProcessBuilder(keytool.toString(), "-genkeypair", "-alias", "one", "-keyalg", "EC")
                .redirectErrorStream(true);
        process.command().addAll(List.of("-storepass", "changeit", "-keystore", file.toString(), "-validity", "30"));
        process.command().addAll(List.of("-dname", "CN=server", "-ext", "san=ip:127.0.0.1,dns:backup.example"));
        assertThat(process.start().waitFor()).isZero();
        identity = KeyStore.getInstance(file.toFile(), PASSWORD);
        certificate = Files.writeString(
                folder.resolve("certificate.pem"),
                pem("CERTIFICATE", identity.getCertificate("one").getEncoded()));
    }

    private static String pem(String label, byte[] der) {
        String body = Base64.getMimeEncoder().encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }

    private static ScriptedServer server(boolean wantsCertificate) throws Exception {
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(identity, PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("one", identity.getCertificate("one"));
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        var listener = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
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
            try (Storage storage = open(url, List.of(certificate), null, false)) {
                assertThat(storage.size(KEY)).isEqualTo(5);
            }
            String byName = "https://localhost:" + server.port() + "/repo/";
            try (Storage storage = open(byName, List.of(certificate), null, false)) {
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
        byte[] key = identity.getKey("one", PASSWORD).getEncoded();
        Path both = Files.writeString(
                folder.resolve("client.pem"), Files.readString(certificate) + pem("PRIVATE KEY", key));
        try (ScriptedServer server = server(true)) {
            String url = "https://127.0.0.1:" + server.port() + "/repo/";
            try (Storage storage = open(url, List.of(certificate), null, false)) {
                assertThatThrownBy(() -> storage.size(KEY)).isInstanceOf(RepriseException.class);
            }
            try (Storage storage = open(url, List.of(certificate), both, false)) {
                assertThat(storage.size(KEY)).isEqualTo(5);
            }
            try (Storage storage = open(url, List.of(certificate), certificate, false)) {
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
                    open("https://backup.example/repo/", List.of(certificate), null, false, environment)) {
                assertThat(storage.size(KEY)).isEqualTo(5);
            }
            assertThat(seen)
                    .singleElement()
                    .asString()
                    .startsWith("CONNECT backup.example:443 HTTP/1.1\r\n")
                    .contains("Proxy-Authorization: Basic bWU6c0BzYW1l\r\n")
                    .doesNotContain("repo");
            try (Storage storage =
                    open("https://other.example/repo/", List.of(certificate), null, false, environment)) {
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
