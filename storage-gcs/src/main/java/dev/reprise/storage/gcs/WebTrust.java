package dev.reprise.storage.gcs;

import dev.reprise.storage.url.StorageUrlException;
import dev.reprise.storage.url.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Which servers are believed to be who they say.
final class WebTrust {
    private WebTrust() {}

    /// @throws StorageUrlException if a file of certificates cannot be used
    static SSLContext context(Transport transport) {
        if (transport.clientCertificate() != null) {
            String fact = "Google Cloud Storage takes no client certificate";
            throw new StorageUrlException(fact, "leave out --tls-client-cert", null);
        }
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trusted(transport), new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new StorageUrlException("TLS cannot be set up: " + e.getMessage(), "look at --cacert", e);
        }
    }

    private static TrustManager @Nullable [] trusted(Transport transport) throws GeneralSecurityException {
        if (transport.insecureTls()) {
            return new TrustManager[] {new Anyone()};
        }
        if (transport.certificates().isEmpty()) {
            return null; // the system's
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, null);
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
        for (Path file : transport.certificates()) {
            add(file, store);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static void add(Path file, KeyStore store) throws GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("authority-" + store.size(), certificate);
            }
        } catch (IOException | GeneralSecurityException e) {
            String fact = file + " holds no certificates that can be used: " + e.getMessage();
            throw new StorageUrlException(fact, "name a PEM file for --cacert", e);
        }
    }

    /// What `--insecure-tls` asks for, names of servers included.
    private static final class Anyone extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
