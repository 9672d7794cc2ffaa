package dev.reprise.storage.s3;

import dev.reprise.storage.url.PlaceSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/// S3Proxy in this process, objects in memory, on a free port of the loopback interface. Checks signatures.
final class S3ProxyServer implements AutoCloseable {
    static final String KEY = "AKIAEXAMPLE";
    static final String SECRET = "secret/of+the=example";

    private static final Logger QUIET = Logger.getLogger("org");
    private static final AtomicInteger BUCKETS = new AtomicInteger();

    private final S3Proxy server;
    private final S3Client raw;

    S3ProxyServer() {
        QUIET.setLevel(Level.WARNING);
        try {
            server = S3Proxy.builder()
                    .endpoint(URI.create("http://127.0.0.1:0"))
                    .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, KEY, SECRET)
                    .blobStore(new TransientNio2BlobStore())
                    .build();
            server.start();
        } catch (Exception e) {
            throw new IllegalStateException("S3Proxy did not start", e);
        }
        raw = S3Client.builder()
                .endpointOverride(endpoint())
                .httpClient(UrlConnectionHttpClient.create())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, SECRET)))
                .build();
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getPort());
    }

    /// What an administrator would use.
    S3Client raw() {
        return raw;
    }

    /// Of a bucket that does not exist yet.
    static String newBucket() {
        return "bucket-" + BUCKETS.incrementAndGet();
    }

    /// With valid credentials.
    static PlaceSettings settings(Map<String, String> options) {
        return settings(InstantSource.system(), options, Map.of());
    }

    static PlaceSettings settings(
            InstantSource clock, Map<String, String> options, Map<String, String> otherVariables) {
        Map<String, String> environment = new HashMap<>(
                Map.of("AWS_ACCESS_KEY_ID", KEY, "AWS_SECRET_ACCESS_KEY", SECRET, "HOME", "/nonexistent"));
        environment.putAll(otherVariables);
        var bare = new PlaceSettings(environment, Path.of("/tmp"), clock);
        return new PlaceSettings(environment, bare.workingDirectory(), options, bare.transport(), bare.limits(), clock);
    }

    /// @param place `bucket` or `bucket/prefix`
    S3Storage open(String place, PlaceSettings settings) {
        S3Address address = S3Address.parse(endpoint() + "/" + place);
        return new S3Storage(address, S3Options.of(address, settings), settings);
    }

    @Override
    public void close() {
        raw.close();
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("S3Proxy did not stop", e);
        }
    }
}
