package dev.reprise.storage.s3;

import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.testkit.store.StoreCredentials;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/// Opens places of servers that take [StoreCredentials].
final class Opening {
    private static final AtomicInteger BUCKETS = new AtomicInteger();

    private Opening() {}

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
        Map<String, String> environment = new HashMap<>(StoreCredentials.variables());
        environment.put("HOME", "/nonexistent");
        environment.putAll(otherVariables);
        var bare = new PlaceSettings(environment, Path.of("/tmp"), clock);
        return new PlaceSettings(environment, bare.workingDirectory(), options, bare.transport(), bare.limits(), clock);
    }

    /// @param place `bucket` or `bucket/prefix`
    static S3Storage at(URI server, String place, PlaceSettings settings) {
        S3Address address = S3Address.parse(server + "/" + place);
        return new S3Storage(address, S3Options.of(address, settings), settings);
    }

    /// What an administrator would use.
    static S3Client raw(URI server) {
        return S3Client.builder()
                .endpointOverride(server)
                .httpClient(UrlConnectionHttpClient.create())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(StoreCredentials.KEY, StoreCredentials.SECRET)))
                .build();
    }

    /// Stores an object as an administrator or another program would.
    static void plant(URI server, String bucket, String key, byte[] content) {
        try (S3Client raw = raw(server)) {
            raw.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromBytes(content));
        }
    }
}
