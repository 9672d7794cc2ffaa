package dev.reprise.testkit.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// A key and its certificate, made for one test: for servers, and for clients that show one. Nobody vouches for it.
///
/// @param certificate file in PEM form
/// @param key         of the certificate
public record LoopbackIdentity(Path certificate, KeyStore key) {
    private static final char[] PASSWORD = "changeit".toCharArray();

    /// @param folder an existing one for its files
    /// @param names  what the certificate stands for: `ip:127.0.0.1,dns:backup.example`
    public static LoopbackIdentity make(Path folder, String names)
            throws IOException, GeneralSecurityException, InterruptedException {
        Path file = folder.resolve("identity.p12");
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process process = new ProcessBuilder(
                        keytool.toString(),
                        "-J-XX:TieredStopAtLevel=1",
                        "-genkeypair",
                        "-alias",
                        "one",
                        "-keyalg",
                        "EC",
                        "-validity",
                        "30",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString(),
                        "-dname",
                        "CN=loopback",
                        "-ext",
                        "san=" + names)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor() != 0) {
            throw new IOException("keytool made no certificate");
        }
        KeyStore key = KeyStore.getInstance(file.toFile(), PASSWORD);
        Path certificate = Files.writeString(
                folder.resolve("certificate.pem"),
                pem("CERTIFICATE", key.getCertificate("one").getEncoded()));
        return new LoopbackIdentity(certificate, key);
    }

    private static String pem(String label, byte[] der) {
        String body = Base64.getMimeEncoder().encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }

    /// Certificate and private key in one PEM text, as clients take it.
    public String both() throws IOException, GeneralSecurityException {
        return Files.readString(certificate)
                + pem("PRIVATE KEY", key.getKey("one", PASSWORD).getEncoded());
    }

    /// For a server that shows this certificate, and trusts it alone where clients must show one.
    public SSLContext server() throws IOException, GeneralSecurityException {
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(key, PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("one", key.getCertificate("one"));
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
