package dev.reprise.storage.gcs;

import dev.reprise.storage.tls.Tls;
import dev.reprise.storage.url.StorageUrlException;
import dev.reprise.storage.url.Transport;
import javax.net.ssl.SSLContext;

/// Which servers are believed to be who they say.
final class WebTrust {
    private WebTrust() {}

    /// @throws StorageUrlException if a certificate is to be shown
    /// @throws dev.reprise.storage.tls.TlsFileException if a file of certificates cannot be used
    static SSLContext context(Transport transport) {
        if (transport.clientCertificate() != null) {
            String fact = "Google Cloud Storage takes no client certificate";
            throw new StorageUrlException(fact, "leave out --tls-client-cert", null);
        }
        return Tls.client(transport);
    }
}
