package dev.reprise.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.serve.ServeSettings.Certificate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files the server reads while it runs, and those it writes for others to read.
class ServedFilesTest {
    private static final byte[] PACK = "a pack".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    private void openssl(String arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments.split(" ")));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private void make(String name) throws Exception {
        openssl("req -x509 -newkey ed25519 -nodes -subj /CN=%1$s -keyout %1$s.key -out %1$s.pem".formatted(name));
    }

    /// As a program that renews certificates does: each file is exchanged, one after the other.
    private void exchange(String from, String to, long later) throws IOException {
        Path copy = Files.copy(folder.resolve(from), folder.resolve("new"), StandardCopyOption.REPLACE_EXISTING);
        Files.setLastModifiedTime(copy, FileTime.fromMillis(System.currentTimeMillis() + later));
        Files.move(copy, folder.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    private static String shownBy(ServerUnderTest server) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anybody()}, null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", server.port())) {
            socket.startHandshake();
            var certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return certificate.getSubjectX500Principal().getName();
        }
    }

    @Test
    void a_renewed_certificate_is_shown_once_its_key_is_there_too() throws Exception {
        make("old");
        make("next");
        make("server");
        exchange("old.pem", "server.pem", 0);
        exchange("old.key", "server.key", 0);
        var certificate = new Certificate(folder.resolve("server.pem"), folder.resolve("server.key"), "1.2");
        var settings = ServerUnderTest.in(ServerUnderTest.OPEN, Files.createDirectory(folder.resolve("data")));
        try (var server = ServerUnderTest.start(ServerUnderTest.certificate(settings, certificate))) {
            assertThat(shownBy(server)).isEqualTo("CN=old");

            exchange("next.pem", "server.pem", 10_000);
            server.server().renewCertificate();
            assertThat(server.log()).last().asString().contains("does not belong to the first certificate");
            assertThat(shownBy(server)).isEqualTo("CN=old");

            exchange("next.key", "server.key", 0); // older than the certificate, and yet the news
            server.server().renewCertificate();
            assertThat(server.log()).last().asString().isEqualTo("certificate read again");
            assertThat(shownBy(server)).isEqualTo("CN=next");

            int said = server.log().size();
            server.server().renewCertificate();
            assertThat(server.log()).hasSize(said);
        }
    }

    @Test
    void a_group_may_use_the_files_only_where_that_is_wished() throws Exception {
        for (boolean wished : new boolean[] {true, false}) {
            Path data = Files.createDirectory(folder.resolve("data-" + wished));
            ServeSettings settings = ServerUnderTest.in(ServerUnderTest.OPEN, data);
            try (var server = ServerUnderTest.start(wished ? ServerUnderTest.forGroups(settings) : settings)) {
                String id = ObjectId.hash(PACK).hex();
                assertThat(post(server, "/r/?create=true", new byte[0])).isEqualTo(200);
                assertThat(post(server, "/r/data/" + id, PACK)).isEqualTo(200);
                Path pack = data.resolve("r/data").resolve(id.substring(0, 2)).resolve(id);
                assertThat(mode(pack)).isEqualTo(wished ? "r--r-----" : "r--------");
                assertThat(mode(data.resolve("r/data").resolve(id.substring(0, 2))))
                        .isEqualTo(wished ? forGroups() : "rwx------");
                assertThat(mode(data.resolve("r"))).isEqualTo(wished ? forGroups() : "rwx------");
            }
        }
    }

    /// The mask of this process counts, as for rest-server: it says what its files are ever to allow.
    private static String forGroups() throws IOException {
        Process umask = new ProcessBuilder("sh", "-c", "umask").start();
        int mask =
                Integer.parseInt(new String(umask.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip(), 8);
        return "rwx" + ((mask & 040) == 0 ? "r" : "-") + ((mask & 020) == 0 ? "w" : "-")
                + ((mask & 010) == 0 ? "x" : "-") + "---";
    }

    private static int post(ServerUnderTest server, String target, byte[] body) throws IOException {
        return RawHttp.request(server.port(), "POST", target, body).status();
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("not asked for");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
