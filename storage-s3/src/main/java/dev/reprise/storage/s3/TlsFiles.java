package dev.reprise.storage.s3;

import dev.reprise.storage.tls.PemFile;
import dev.reprise.storage.tls.Tls;
import dev.reprise.storage.url.StorageUrlException;
import dev.reprise.storage.url.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/// The PEM files of a [Transport] in the pieces the SDK's client wants: it makes its TLS context itself.
final class TlsFiles {
    private static final char[] NO_PASSWORD = {};

    private final Transport transport;

    TlsFiles(Transport transport) {
        this.transport = transport;
    }

    /// @return what trusts the certificates given and no others; empty if none are given
    /// @throws StorageUrlException                           if a file holds no certificate
    /// @throws dev.reprise.storage.tls.TlsFileException if it cannot be read
    Optional<TrustManager[]> trust() {
        if (transport.certificates().isEmpty()) {
            return Optional.empty();
        }
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, NO_PASSWORD);
            for (Path file : transport.certificates()) {
                for (X509Certificate certificate : certificates(file)) {
                    store.setCertificateEntry("authority-" + store.size(), certificate);
                }
            }
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return Optional.of(factory.getTrustManagers());
        } catch (GeneralSecurityException | IOException e) {
            throw new StorageUrlException("could not use the certificates given: " + e.getMessage(), "", e);
        }
    }

    private static List<X509Certificate> certificates(Path file) {
        List<X509Certificate> found = PemFile.read(file).certificates();
        if (found.isEmpty()) {
            String hint = "give a PEM file with a line -----BEGIN CERTIFICATE-----";
            throw new StorageUrlException("no certificate in " + file, hint, null);
        }
        return found;
    }

    /// @return what shows the client certificate; empty if there is none
    /// @throws dev.reprise.storage.tls.TlsFileException if the file lacks the certificate or its key
    Optional<KeyManager[]> identity() {
        Path file = transport.clientCertificate();
        if (file == null) {
            return Optional.empty();
        }
        try {
            var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(Tls.identity(file, file), NO_PASSWORD);
            return Optional.of(factory.getKeyManagers());
        } catch (GeneralSecurityException e) {
            throw new StorageUrlException("could not use the client certificate in " + file, "", e);
        }
    }
}
