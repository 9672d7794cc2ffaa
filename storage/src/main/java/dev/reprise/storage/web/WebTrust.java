package dev.reprise.storage.web;

import dev.reprise.storage.tls.Tls;
import dev.reprise.storage.url.StorageUrlException;
import dev.reprise.storage.url.Transport;
import javax.net.ssl.SSLContext;

/// Which servers are believed to be who they say.
final class WebTrust {
    private WebTrust() {}

    /// @throws StorageUrlException if a certificate is to be shown
    /// @throws dev.reprise.storage.tls.TlsFileException if a file of certificates cannot be used
    static SSLContext context(Transport transport, String service) {
        if (transport.clientCertificate() != null) {
            String fact = service + " takes no client certificate";
            throw new StorageUrlException(fact, "leave out --tls-client-cert", null);
        }
        return Tls.client(transport);
    }
}
