package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.testkit.azure.Azurite;
import dev.reprise.testkit.restic.StockRestic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// One repository in a container of Azurite, written by us and by stock restic in turn. restic takes no other address
/// than the service's own, so both go there through a proxy that leads to Azurite. Of the restics Debian has, 0.14 is
/// the last that knows Azure.
@Tag("long")
@Timeout(300)
class AzureRepositoryTest {
    private static final String PASSWORD = "in a container";
    private static final String HOST = Azurite.ACCOUNT + ".blob.core.windows.net";

    @TempDir
    private static Path folder;

    private static Path certificate;
    private static Azurite server;
    private static TunnelProxy proxy;

    @TempDir
    private Path home;

    private Path tree;
    private StockRestic restic;
    private RepriseRestic reprise;

    @BeforeAll
    static void start() throws Exception {
        Path identity = folder.resolve("identity.p12");
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        List<String> command = new ArrayList<>(List.of(keytool.toString(), "-genkeypair", "-alias", "one"));
        command.addAll(List.of("-keyalg", "EC", "-validity", "30", "-storepass", "changeit"));
        command.addAll(List.of("-keystore", identity.toString(), "-dname", "CN=azurite", "-ext", "san=dns:" + HOST));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
        Files.setPosixFilePermissions(identity, PosixFilePermissions.fromString("rw-r--r--"));
        byte[] der = KeyStore.getInstance(identity.toFile(), "changeit".toCharArray())
                .getCertificate("one")
                .getEncoded();
        certificate = Files.writeString(
                folder.resolve("certificate.pem"),
                "-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder().encodeToString(der)
                        + "\n-----END CERTIFICATE-----\n",
                StandardCharsets.US_ASCII);
        server = Azurite.secured(folder, identity, "changeit");
        proxy = new TunnelProxy(server.port());
    }

    @AfterAll
    static void stop() throws IOException {
        proxy.close();
        server.close();
        assertThat(proxy.asked()).containsOnly(HOST + ":443");
    }

    @BeforeEach
    void makeTree() throws IOException {
        tree = Files.createDirectories(home.toRealPath().resolve("tree/sub"));
        byte[] large = new byte[3_000_000];
        new Random(5).nextBytes(large);
        Files.write(tree.resolve("large"), large);
        Files.writeString(tree.resolve("small"), "small");
        Map<String, String> environment = new TreeMap<>();
        environment.put("AZURE_ACCOUNT_NAME", Azurite.ACCOUNT);
        environment.put("AZURE_ACCOUNT_KEY", Azurite.KEY);
        environment.put("HTTPS_PROXY", "http://127.0.0.1:" + proxy.port());
        environment.put("NO_PROXY", "");
        environment.put("RESTIC_PASSWORD", PASSWORD);
        environment.put("HOME", home.toString());
        restic = StockRestic.of("0.14", home, PASSWORD).with(environment);
        reprise = RepriseRestic.of(home, PASSWORD).with(environment);
    }

    @Test
    void a_repository_of_ours_is_opened_checked_and_extended_by_restic() throws IOException {
        String url = "azure:ours:/deep/prefix/";
        reprise(url, "init");
        reprise(url, "backup", "tree");

        restic(url, "check", "--read-data");
        Files.writeString(tree.resolve("more"), "more");
        restic(url, "backup", "tree");
        restic(url, "restore", "latest", "--target", home.resolve("back").toString());

        assertThat(home.resolve("back/tree/sub/large")).hasSameBinaryContentAs(tree.resolve("large"));
        assertThat(reprise(url, "check", "--read-data")).contains("no errors were found");
        assertThat(reprise(url, "snapshots")).contains("2 snapshots");
    }

    @Test
    void a_repository_of_restic_is_opened_checked_and_extended_by_us() throws IOException {
        String url = "azure:theirs:/";
        restic(url, "init");
        restic(url, "backup", "tree");

        reprise(url, "check", "--read-data");
        Files.writeString(tree.resolve("more"), "more");
        reprise(url, "backup", "tree");
        reprise(url, "restore", "latest:/tree", "--target", home.resolve("back").toString());

        assertThat(home.resolve("back/sub/large")).hasSameBinaryContentAs(tree.resolve("large"));
        reprise(url, "forget", "--keep-last", "1", "--prune");
        restic(url, "check", "--read-data");
    }

    private void restic(String url, String... line) {
        restic.ok(home, line(url, line));
    }

    private String reprise(String url, String... line) {
        RepriseRestic.Result result = reprise.in(home).typed("", List.of(line(url, line)));
        assertThat(result.status()).as(result.out() + result.err()).isZero();
        return result.out();
    }

    private static String[] line(String url, String... line) {
        List<String> all = new ArrayList<>(List.of("-r", url, "--no-cache", "--cacert", certificate.toString()));
        all.addAll(List.of(line));
        return all.toArray(String[]::new);
    }
}
