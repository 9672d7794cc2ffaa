package dev.reprise.storage.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Keys are made by OpenSSL, as administrators make them.
class PemFileTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "genrsa -traditional -out old.pem 2048",
                "ecparam -genkey -name prime256v1 -out old.pem",
                "ecparam -genkey -noout -name secp384r1 -out old.pem",
                "genpkey -algorithm ed25519 -out old.pem"
            })
    void a_key_is_the_same_in_every_encoding(String make) throws Exception {
        openssl(make);
        openssl("pkcs8 -topk8 -nocrypt -in old.pem -out new.pem");
        assertThat(secret(PemFile.read(folder.resolve("old.pem"))))
                .isEqualTo(secret(PemFile.read(folder.resolve("new.pem"))));
    }

    @Test
    void a_certificate_and_its_key_may_share_a_file() throws Exception {
        openssl("req -x509 -newkey rsa:2048 -nodes -subj /CN=one -keyout key.pem -out cert.pem");
        Path both = folder.resolve("both.pem");
        Files.writeString(
                both,
                Files.readString(folder.resolve("cert.pem")) + "words between\n"
                        + Files.readString(folder.resolve("key.pem")));
        PemFile read = PemFile.read(both);
        assertThat(read.certificates()).hasSize(1);
        assertThat(read.certificates().getFirst().getSubjectX500Principal().getName())
                .isEqualTo("CN=one");
        assertThat(Tls.identity(both, both).size()).isEqualTo(1);
    }

    @Test
    void what_cannot_be_used_is_named_without_showing_it() throws Exception {
        openssl("genrsa -out plain.pem 2048");
        openssl("pkcs8 -topk8 -passout pass:secret -in plain.pem -out locked.pem");
        assertThatThrownBy(() -> PemFile.read(folder.resolve("locked.pem"))).hasMessageContaining("passphrase");
        Files.writeString(
                folder.resolve("two.pem"),
                Files.readString(folder.resolve("plain.pem")).repeat(2));
        assertThatThrownBy(() -> PemFile.read(folder.resolve("two.pem"))).hasMessageContaining("more than one");
        Files.writeString(
                folder.resolve("bad.pem"), "-----BEGIN EC PRIVATE KEY-----\nMIIB\n-----END EC PRIVATE KEY-----");
        assertThatThrownBy(() -> PemFile.read(folder.resolve("bad.pem")))
                .isInstanceOf(TlsFileException.class)
                .hasMessageNotContaining("MIIB");
        assertThatThrownBy(() -> PemFile.read(folder.resolve("none.pem"))).hasMessageContaining("does not exist");
        assertThatThrownBy(() -> Tls.identity(folder.resolve("plain.pem"), folder.resolve("plain.pem")))
                .hasMessageContaining("holds no certificate");
    }

    /// Encodings of one EC key may differ in whether they repeat its public half.
    private static Object secret(PemFile file) {
        return switch (file.key()) {
            case ECPrivateKey key -> key.getS();
            case PrivateKey key -> key;
            case null -> throw new AssertionError("no key");
        };
    }

    private void openssl(String arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments.split(" ")));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
