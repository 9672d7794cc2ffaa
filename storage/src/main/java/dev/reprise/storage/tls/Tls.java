package dev.reprise.storage.tls;

import dev.reprise.storage.url.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// Makes of what a user said about TLS what Java's sockets take. Files are read at every call.
public final class Tls {
    /// Stores live in memory only, where a password protects nothing.
    private static final char[] NO_PASSWORD = {};

    private Tls() {}

    /// For a client. With `insecureTls` the caller must also leave out checking the server's name.
    ///
    /// @throws TlsFileException if a file cannot be used
    public static SSLContext client(Transport transport) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(shown(transport.clientCertificate()), trusted(transport), new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new TlsFileException("TLS cannot be set up: " + e.getMessage(), "check the files named for it", e);
        }
    }

    /// A store with one key and its chain of certificates, under an empty password; for servers.
    ///
    /// @param certificates PEM file, the server's own certificate first
    /// @param key          PEM file; may be the same
    /// @throws TlsFileException if a file cannot be used
    public static KeyStore identity(Path certificates, Path key) {
        PemFile chain = PemFile.read(certificates);
        if (chain.certificates().isEmpty()) {
            throw PemFile.unusable(certificates, "holds no certificate", null);
        }
        PrivateKey secret = PemFile.read(key).key();
        if (secret == null) {
            throw PemFile.unusable(key, "holds no private key", null);
        }
        try {
            KeyStore store = empty();
            store.setKeyEntry(
                    "server", secret, NO_PASSWORD, chain.certificates().toArray(X509Certificate[]::new));
            return store;
        } catch (GeneralSecurityException e) {
            throw PemFile.unusable(certificates, "holds certificates that make no chain: " + e.getMessage(), e);
        }
    }

    private static KeyManager @Nullable [] shown(@Nullable Path certificate) throws GeneralSecurityException {
        if (certificate == null) {
            return null;
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(identity(certificate, certificate), NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static TrustManager @Nullable [] trusted(Transport transport) throws GeneralSecurityException {
        if (transport.insecureTls()) {
            return new TrustManager[] {new AnyCertificate()};
        }
        if (transport.certificates().isEmpty()) {
            return null;
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(authorities(transport.certificates()));
        return factory.getTrustManagers();
    }

    private static KeyStore authorities(List<Path> files) throws GeneralSecurityException {
        KeyStore store = empty();
        for (Path file : files) {
            List<X509Certificate> certificates = PemFile.read(file).certificates();
            if (certificates.isEmpty()) {
                throw PemFile.unusable(file, "holds no certificate", null);
            }
            for (X509Certificate certificate : certificates) {
                store.setCertificateEntry("authority-" + store.size(), certificate);
            }
        }
        return store;
    }

    private static KeyStore empty() throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, NO_PASSWORD);
            return store;
        } catch (IOException e) {
            throw new IllegalStateException("an empty store needs no reading", e);
        }
    }
}
