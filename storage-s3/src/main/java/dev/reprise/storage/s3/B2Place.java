package dev.reprise.storage.s3;

import dev.reprise.storage.Storage;
import dev.reprise.storage.url.PlaceKind;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.url.StorageUrlException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Buckets of Backblaze B2 by restic's words for them: `b2:bucket[:prefix]`, `B2_ACCOUNT_ID`,
/// `B2_ACCOUNT_KEY`. The objects are those of B2's own protocol; they are moved by S3's, at the
/// host the account lies at.
public final class B2Place implements PlaceKind {
    private static final URI SERVICE = URI.create("https://api.backblazeb2.com");
    private static final String CONNECTIONS = "b2.connections";
    private static final String EXAMPLE = "write b2:bucket-name:path/to/repository";
    /// What B2 takes as a name.
    private static final Pattern BUCKET = Pattern.compile("[a-zA-Z0-9-]{6,63}");

    private final URI service;

    public B2Place() {
        this(SERVICE);
    }

    /// @param service where accounts are asked for
    B2Place(URI service) {
        this.service = service;
    }

    @Override
    public String scheme() {
        return "b2";
    }

    @Override
    public List<PlaceOption> options() {
        return List.of(new PlaceOption(CONNECTIONS, "requests at a time, 2 or more (default: 5)"));
    }

    /// Nothing is asked of the network before the first operation.
    @Override
    public Storage open(String address, PlaceSettings settings) {
        int colon = address.indexOf(':');
        String bucket = colon < 0 ? address : address.substring(0, colon);
        if (!BUCKET.matcher(bucket).matches()) {
            throw new StorageUrlException("the URL of a B2 repository names no bucket B2 could have", EXAMPLE, null);
        }
        String prefix = colon < 0 ? "" : S3Address.cleaned(address.substring(colon + 1));
        int connections = settings.number(CONNECTIONS, 5, 2, 1000);
        return new B2Storage(
                bucket, prefix, new B2Account(service, settings), asS3(settings, connections), connections);
    }

    /// The same settings in S3's words, without what is meant for other places.
    private static PlaceSettings asS3(PlaceSettings settings, int connections) {
        Map<String, String> environment = new HashMap<>(settings.environment());
        environment.keySet().removeIf(name -> name.contains("AWS_") || name.startsWith("MINIO_"));
        environment.put("AWS_ACCESS_KEY_ID", settings.variable(B2Account.ID));
        environment.put("AWS_SECRET_ACCESS_KEY", settings.variable(B2Account.KEY));
        return new PlaceSettings(
                environment,
                settings.workingDirectory(),
                Map.of("s3.provider", "b2", "s3.connections", String.valueOf(connections)),
                settings.transport(),
                settings.limits(),
                settings.clock(),
                settings.retries());
    }
}
