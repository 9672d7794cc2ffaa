package dev.reprise.compat;

import java.net.URI;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;

/// S3Proxy in this process, objects in memory, on a free port of the loopback interface. Checks signatures.
public final class S3ProxyServer implements AutoCloseable {
    private static final Logger QUIET = Logger.getLogger("org");
    private static final String KEY = "AKIAEXAMPLE";
    private static final String SECRET = "secret/of+the=example";

    private final S3Proxy server;

    public S3ProxyServer() throws Exception {
        QUIET.setLevel(Level.WARNING);
        server = S3Proxy.builder()
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, KEY, SECRET)
                .blobStore(new TransientNio2BlobStore())
                .build();
        server.start();
    }

    public int port() {
        return server.getPort();
    }

    /// Variables that let both programs in.
    public static Map<String, String> credentials() {
        return Map.of("AWS_ACCESS_KEY_ID", KEY, "AWS_SECRET_ACCESS_KEY", SECRET);
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
