package dev.reprise.storage.s3;

import dev.reprise.storage.url.PlaceSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/// Credentials that the container's host hands out: tasks of ECS and pods with EKS Pod Identity. Asked again five
/// minutes
/// before they end. Safe for use by many threads.
final class ContainerCredentials implements AwsCredentialsProvider {
    private static final String ECS = "http://169.254.170.2";
    private static final Duration EARLY = Duration.ofMinutes(5);
    private static final int PATIENCE_MILLIS = 5000;
    private static final int LARGEST_ANSWER = 64 * 1024;

    private final URI endpoint;
    private final @Nullable Path tokenFile;
    private final String token;
    private final InstantSource clock;
    private @Nullable AwsCredentials current;
    private Instant fresh = Instant.MIN;

    private ContainerCredentials(URI endpoint, @Nullable Path tokenFile, String token, InstantSource clock) {
        this.endpoint = endpoint;
        this.tokenFile = tokenFile;
        this.token = token;
        this.clock = clock;
    }

    /// @return empty unless the variables of containers are set
    static Optional<ContainerCredentials> from(PlaceSettings settings) {
        String relative = settings.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
        String full = settings.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
        if (relative.isEmpty() && full.isEmpty()) {
            return Optional.empty();
        }
        URI endpoint = URI.create(relative.isEmpty() ? full : ECS + relative);
        requireTrusted(endpoint);
        String file = settings.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
        return Optional.of(new ContainerCredentials(
                endpoint,
                file.isEmpty() ? null : settings.workingDirectory().resolve(file),
                settings.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN"),
                settings.clock()));
    }

    /// The token must not go in the clear to anybody but this machine or its host.
    private static void requireTrusted(URI endpoint) {
        String host = String.valueOf(endpoint.getHost());
        boolean near = host.equals("localhost")
                || host.startsWith("127.")
                || host.equals("[::1]")
                || host.equals("169.254.170.2")
                || host.equals("169.254.170.23")
                || host.equals("[fd00:ec2::23]");
        if (!near && !"https".equals(endpoint.getScheme())) {
            String fact = "AWS_CONTAINER_CREDENTIALS_FULL_URI leads over plain HTTP to " + host;
            throw SdkClientException.create(fact + ", neither this machine nor its host");
        }
    }

    @Override
    public synchronized AwsCredentials resolveCredentials() {
        AwsCredentials known = current;
        if (known != null && clock.instant().isBefore(fresh)) {
            return known;
        }
        try {
            JsonNode answer = JsonNode.parser().parse(ask());
            AwsCredentials found = AwsSessionCredentials.create(
                    text(answer, "AccessKeyId"), text(answer, "SecretAccessKey"), text(answer, "Token"));
            fresh = Instant.parse(text(answer, "Expiration")).minus(EARLY);
            current = found;
            return found;
        } catch (IOException | UncheckedIOException e) {
            throw SdkClientException.create("could not get credentials from " + endpoint, e);
        }
    }

    private static String text(JsonNode answer, String name) throws IOException {
        return answer.field(name)
                .filter(JsonNode::isString)
                .map(JsonNode::asString)
                .orElseThrow(() -> new IOException("the answer has no " + name));
    }

    private InputStream ask() throws IOException {
        var connection = (HttpURLConnection) endpoint.toURL().openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(PATIENCE_MILLIS);
        connection.setReadTimeout(PATIENCE_MILLIS);
        connection.setInstanceFollowRedirects(false);
        Path file = tokenFile;
        String authorization = file == null ? token : Files.readString(file).strip();
        if (!authorization.isEmpty()) {
            connection.setRequestProperty("Authorization", authorization);
        }
        try {
            if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
                throw new IOException("it answered " + connection.getResponseCode());
            }
            try (InputStream body = connection.getInputStream()) {
                return new java.io.ByteArrayInputStream(body.readNBytes(LARGEST_ANSWER));
            }
        } finally {
            connection.disconnect();
        }
    }
}
