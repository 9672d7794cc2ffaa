package dev.reprise.testkit.store;

import java.net.URI;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;

/// S3Proxy in this process, objects in memory, on a free port of the loopback interface. Checks signatures, by
/// [StoreCredentials].
public final class S3ProxyServer implements AutoCloseable {
    /// Held, or the setting would be collected.
    private static final Logger QUIET = Logger.getLogger("org");

    private final S3Proxy server;

    public S3ProxyServer() {
        QUIET.setLevel(Level.WARNING);
        try {
            server = S3Proxy.builder()
                    .endpoint(URI.create("http://127.0.0.1:0"))
                    .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, StoreCredentials.KEY, StoreCredentials.SECRET)
                    .blobStore(new TransientNio2BlobStore())
                    .build();
            server.start();
        } catch (Exception e) {
            throw new IllegalStateException("S3Proxy did not start", e);
        }
    }

    public int port() {
        return server.getPort();
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port());
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("S3Proxy did not stop", e);
        }
    }
}
