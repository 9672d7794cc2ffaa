package dev.reprise.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.url.PlaceSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;

/// Where credentials come from. What containers, machines and the token service would answer is a stub here: none of
/// them exists outside a cloud.
class CredentialChainTest {
    private static final Map<String, String> OFF_CLOUD = Map.of("AWS_EC2_METADATA_DISABLED", "true");

    @TempDir
    private Path home;

    private HttpServer cloud;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Map<String, String> answers = new HashMap<>();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T12:00:00Z"));

    @BeforeEach
    void startCloud() throws IOException {
        cloud = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        cloud.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String token = exchange.getRequestHeaders().getFirst("Authorization");
            asked.add(exchange.getRequestURI().getPath() + " " + (body.isEmpty() ? token : body));
            byte[] answer =
                    answers.getOrDefault(exchange.getRequestURI().getPath(), "").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.length == 0 ? 404 : 200, answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        cloud.start();
    }

    @AfterEach
    void stopCloud() {
        cloud.stop(0);
    }

    private String url() {
        return "http://127.0.0.1:" + cloud.getAddress().getPort();
    }

    private AwsCredentials found(Map<String, String> variables, Map<String, String> options) {
        Map<String, String> environment = new HashMap<>(OFF_CLOUD);
        environment.put("HOME", home.toString());
        environment.putAll(variables);
        InstantSource clock = now::get;
        var bare = new PlaceSettings(environment, home, clock);
        var settings = new PlaceSettings(environment, home, options, bare.transport(), bare.limits(), clock);
        S3Address address = S3Address.parse("host/bucket");
        return new CredentialChain(S3Options.of(address, settings), settings, this::tokenService)
                .find()
                .resolveCredentials();
    }

    private StsClient tokenService(AwsCredentialsProvider identity) {
        return StsClient.builder()
                .httpClient(UrlConnectionHttpClient.create())
                .endpointOverride(URI.create(url()))
                .region(Region.US_EAST_1)
                .credentialsProvider(identity)
                .build();
    }

    private String key(Map<String, String> variables) {
        return found(variables, Map.of()).accessKeyId();
    }

    @Test
    void variables_come_first_then_those_of_minio_then_the_shared_file() throws IOException {
        write(".aws/credentials", "[default]\naws_access_key_id=FILE\naws_secret_access_key=s\n");
        var minio = Map.of("MINIO_ACCESS_KEY", "MINIO", "MINIO_SECRET_KEY", "s");
        var all = new HashMap<>(minio);
        all.putAll(Map.of("AWS_ACCESS_KEY_ID", "AWS", "AWS_SECRET_ACCESS_KEY", "s"));
        assertThat(key(all)).isEqualTo("AWS");
        assertThat(key(minio)).isEqualTo("MINIO");
        assertThat(key(Map.of())).isEqualTo("FILE");
        assertThat(asked).isEmpty();
    }

    @Test
    void a_session_token_goes_along() {
        AwsCredentials found = found(
                Map.of("AWS_ACCESS_KEY_ID", "A", "AWS_SECRET_ACCESS_KEY", "s", "AWS_SESSION_TOKEN", "token"), Map.of());
        assertThat(found)
                .isInstanceOfSatisfying(
                        AwsSessionCredentials.class,
                        session -> assertThat(session.sessionToken()).isEqualTo("token"));
    }

    @Test
    void half_a_pair_is_an_error_and_no_reason_to_look_elsewhere() {
        assertThatThrownBy(() -> key(Map.of("AWS_ACCESS_KEY_ID", "A")))
                .isInstanceOf(StorageException.class)
                .hasMessage("AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not");
    }

    @Test
    void a_profile_may_lie_in_either_file_wherever_they_are() throws IOException {
        write("keys", "[work]\naws_access_key_id=WORK\naws_secret_access_key=s\n");
        write("config", "[profile home]\naws_access_key_id=HOME\naws_secret_access_key=s\n[default]\nregion=x\n");
        var files = Map.of(
                "AWS_SHARED_CREDENTIALS_FILE",
                "keys",
                "AWS_CONFIG_FILE",
                home.resolve("config").toString());
        var work = new HashMap<>(files);
        work.put("AWS_PROFILE", "work");
        assertThat(key(work)).isEqualTo("WORK");
        work.put("AWS_ACCESS_KEY_ID", "VARIABLE");
        work.put("AWS_SECRET_ACCESS_KEY", "s");
        assertThat(key(work)).isEqualTo("VARIABLE");
        assertThat(found(work, Map.of("s3.profile", "home")).accessKeyId()).isEqualTo("HOME");
        assertThatThrownBy(() -> found(files, Map.of("s3.profile", "nobody")))
                .isInstanceOf(StorageException.class)
                .hasMessageStartingWith("no profile nobody with credentials in ");
    }

    @Test
    void nothing_found_says_what_to_set() {
        assertThatThrownBy(() -> key(Map.of())).isInstanceOfSatisfying(StorageException.class, missing -> {
            assertThat(missing.kind()).isEqualTo(StorageException.Kind.DENIED);
            assertThat(missing.hint()).contains("AWS_ACCESS_KEY_ID", "s3.unsafe-anonymous-auth");
        });
    }

    @Test
    void nobody_is_asked_for_credentials_when_none_are_to_be_sent() {
        assertThat(found(Map.of(), Map.of("s3.unsafe-anonymous-auth", "true")))
                .isEqualTo(AnonymousCredentialsProvider.create().resolveCredentials());
    }

    @Test
    void a_container_asks_its_host_and_again_before_its_credentials_end() throws IOException {
        write("token", "Bearer abc\n");
        answers.put("/role", """
                {"AccessKeyId":"POD","SecretAccessKey":"s","Token":"t","Expiration":"2026-11-21T13:00:00Z"}""");
        var variables = Map.of(
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                url() + "/role",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
                "token");
        var bare = new PlaceSettings(variables, home, now::get);
        ContainerCredentials container = ContainerCredentials.from(bare).orElseThrow();

        assertThat(container.resolveCredentials().accessKeyId()).isEqualTo("POD");
        container.resolveCredentials();
        assertThat(asked).containsExactly("/role Bearer abc");
        now.set(Instant.parse("2026-11-21T12:55:00Z"));
        container.resolveCredentials();
        assertThat(asked).hasSize(2);
    }

    @Test
    void a_containers_token_never_goes_in_the_clear_to_a_stranger() {
        var variables = Map.of("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://evil.example/role");
        assertThatThrownBy(() -> ContainerCredentials.from(new PlaceSettings(variables, home, now::get)))
                .hasMessageContaining("evil.example");
    }

    @Test
    void a_pod_trades_its_identity_token_for_a_role() throws IOException {
        write("jwt", "header.claims.signature");
        answers.put("/", assumed("AssumeRoleWithWebIdentity", "IRSA"));
        assertThat(key(Map.of("AWS_WEB_IDENTITY_TOKEN_FILE", "jwt", "AWS_ROLE_ARN", "arn:aws:iam::1:role/r")))
                .isEqualTo("IRSA");
        assertThat(asked.getFirst()).contains("header.claims.signature");
    }

    @Test
    void restics_variables_change_the_role() {
        answers.put("/", assumed("AssumeRole", "ASSUMED"));
        assertThat(key(Map.of(
                        "AWS_ACCESS_KEY_ID", "A",
                        "AWS_SECRET_ACCESS_KEY", "s",
                        "RESTIC_AWS_ASSUME_ROLE_ARN", "arn:aws:iam::1:role/r",
                        "RESTIC_AWS_ASSUME_ROLE_EXTERNAL_ID", "ext")))
                .isEqualTo("ASSUMED");
        assertThat(asked.getFirst()).contains("ExternalId=ext", "RoleSessionName=reprise");
    }

    @Test
    void a_machine_in_the_cloud_has_a_role_of_its_own() {
        answers.put("/latest/api/token", "imds-token");
        answers.put("/latest/meta-data/iam/security-credentials/", "role");
        answers.put("/latest/meta-data/iam/security-credentials/role", """
                {"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"MACHINE","SecretAccessKey":"s","Token":"t",
                 "LastUpdated":"2026-11-21T11:00:00Z","Expiration":"2099-11-21T13:00:00Z"}""");
        assertThat(key(Map.of("AWS_EC2_METADATA_DISABLED", "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT", url())))
                .isEqualTo("MACHINE");
    }

    private static String assumed(String action, String key) {
        return """
                <%1$sResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><%1$sResult><Credentials>
                <AccessKeyId>%2$s</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
                <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></%1$sResult></%1$sResponse>""".formatted(action, key);
    }

    private void write(String name, String content) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
