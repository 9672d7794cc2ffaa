package dev.reprise.storage.gcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.url.StorageUrlException;
import dev.reprise.storage.web.Json;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the contract does not say: credentials, failures of the service, buckets.
class GcsStorageTest {
    private static final byte[] CONTENT = {1, 2, 3, 4, 5};
    private static final ObjectKey KEY = ObjectKey.of(ObjectType.PACK, ObjectId.hash(CONTENT));

    @TempDir
    private Path home;

    private FakeGcs server;

    @BeforeEach
    void start() throws IOException {
        server = new FakeGcs();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Storage open(Map<String, String> environment) {
        return Opening.at(server, "b:/", environment);
    }

    private static Kind kindOf(Runnable action) {
        return catchThrowableOfType(StorageException.class, action::run).kind();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bucket:/           | bucket | ''      | gs:bucket:/
            bucket:/foo/bar/   | bucket | foo/bar | gs:bucket:/foo/bar
            bucket:foo         | bucket | foo     | gs:bucket:/foo
            """)
    void an_address_has_a_bucket_and_a_prefix(String address, String bucket, String prefix, String location) {
        assertThat(GcsAddress.parse(address)).isEqualTo(new GcsAddress(bucket, prefix));
        assertThat(GcsAddress.parse(address).location()).isEqualTo(location);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bucket", ":/x", "", "b:/../x"})
    void what_names_no_place_is_refused(String address) {
        assertThatThrownBy(() -> GcsAddress.parse(address)).isInstanceOf(StorageUrlException.class);
    }

    @Test
    void names_in_the_bucket_are_those_of_restic() {
        try (Storage storage = open(Map.of())) {
            storage.create();
            storage.write(KEY, CONTENT);
            storage.write(ObjectKey.CONFIG, CONTENT);
        }
        assertThat(server.bucket("b").keySet()).containsExactly("config", KEY.path());
    }

    @Test
    void a_bucket_is_made_in_the_project_only_if_it_is_missing() {
        try (Storage storage = open(Map.of("GOOGLE_PROJECT_ID", ""))) {
            StorageException missing = catchThrowableOfType(StorageException.class, storage::create);
            assertThat(missing.hint()).contains("GOOGLE_PROJECT_ID");
        }
        try (Storage storage = open(Map.of("GOOGLE_PROJECT_ID", "a&b"))) {
            storage.create();
            storage.create();
        }
        assertThat(server.requests.stream().filter(request -> request.startsWith("POST")))
                .containsExactly("POST /storage/v1/b?project=a%26b");
    }

    @ParameterizedTest
    @CsvSource({
        "500, backendError, UNREACHABLE",
        "503, x, UNREACHABLE",
        "408, x, UNREACHABLE",
        "429, rateLimitExceeded, THROTTLED",
        "403, rateLimitExceeded, THROTTLED",
        "403, forbidden, DENIED",
        "400, invalid, OTHER"
    })
    void a_failure_is_classified_by_status_and_reason(int status, String reason, Kind kind) {
        try (Storage storage = open(Map.of())) {
            storage.create();
            storage.write(KEY, CONTENT);
            for (Runnable action : new Runnable[] {
                () -> storage.size(KEY),
                () -> storage.readAll(KEY),
                () -> storage.list(ObjectType.PACK, object -> {}),
                () -> storage.delete(KEY),
                () -> storage.write(KEY, CONTENT)
            }) {
                server.once("/o", FakeGcs.status(status, reason));
                assertThat(kindOf(action)).isEqualTo(kind);
            }
            assertThat(storage.readAll(KEY)).isEqualTo(CONTENT);
        }
    }

    @Test
    void a_body_that_ends_early_is_no_shorter_object() {
        try (Storage storage = open(Map.of())) {
            storage.create();
            storage.write(KEY, CONTENT);
            server.once("alt=media", exchange -> {
                exchange.sendResponseHeaders(200, CONTENT.length);
                exchange.getResponseBody().write(CONTENT, 0, 2);
                exchange.getResponseBody().flush();
            });
            assertThat(kindOf(() -> storage.readAll(KEY))).isEqualTo(Kind.UNREACHABLE);
        }
    }

    @Test
    void an_object_of_another_size_is_not_taken_for_the_same() {
        try (Storage storage = open(Map.of())) {
            storage.create();
            server.bucket("b").put(KEY.path(), new byte[2]);
            assertThat(kindOf(() -> storage.write(KEY, CONTENT))).isEqualTo(Kind.DENIED);
            assertThat(server.bucket("b").get(KEY.path())).hasSize(2);
        }
    }

    @Test
    void a_server_that_falls_silent_is_given_up() {
        var end = new CountDownLatch(1);
        try (Storage storage = Opening.at(server, "b:/", Map.of(), InstantSource.system(), Duration.ofMillis(200))) {
            storage.create();
            storage.write(KEY, CONTENT);
            FakeGcs.Handling mute = exchange -> {
                exchange.sendResponseHeaders(200, CONTENT.length);
                exchange.getResponseBody().write(CONTENT, 0, 2);
                exchange.getResponseBody().flush();
                await(end);
            };
            server.once("fields=size", exchange -> await(end));
            assertThat(kindOf(() -> storage.size(KEY))).isEqualTo(Kind.UNREACHABLE);
            server.once("alt=media", mute);
            assertThat(kindOf(() -> storage.readAll(KEY))).isEqualTo(Kind.UNREACHABLE);
        } finally {
            end.countDown();
        }
    }

    private static void await(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void a_token_that_is_given_is_sent() {
        server.wantedToken = "secret";
        server.bucket("b");
        try (Storage storage = open(Map.of("GOOGLE_ACCESS_TOKEN", "secret"))) {
            storage.write(KEY, CONTENT);
        }
        try (Storage storage = open(Map.of("GOOGLE_ACCESS_TOKEN", "wrong"))) {
            StorageException denied = catchThrowableOfType(StorageException.class, () -> storage.size(KEY));
            assertThat(denied.kind()).isEqualTo(Kind.DENIED);
            assertThat(denied).hasMessageNotContaining("wrong");
        }
    }

    @Test
    void a_service_account_signs_its_claim_and_renews_its_token_in_time() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        String key = "-----BEGIN PRIVATE KEY-----\\n"
                + Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded())
                + "\\n-----END PRIVATE KEY-----\\n";
        Path file = Files.writeString(home.resolve("account.json"), """
                {"type":"service_account","client_email":"me@project","private_key_id":"k1",
                 "private_key":"%s","token_uri":"%s/token"}""".formatted(key, server.url()));
        var now = new AtomicReference<>(Instant.parse("2026-11-22T00:00:00Z"));
        var environment = Map.of("GOOGLE_APPLICATION_CREDENTIALS", file.toString());
        server.wantedToken = "none yet";
        try (Storage storage = Opening.at(server, "b:/", environment, now::get, Duration.ofMinutes(1))) {
            storage.create();
            storage.write(KEY, CONTENT);
            assertThat(server.tokens).hasValue(1);
            now.set(now.get().plus(Duration.ofMinutes(54)));
            storage.size(KEY);
            assertThat(server.tokens).hasValue(1);
            now.set(now.get().plus(Duration.ofMinutes(2)));
            storage.size(KEY);
            assertThat(server.tokens).hasValue(2);
            server.wantedToken = "revoked";
            storage.size(KEY);
            assertThat(server.tokens).hasValue(3);
        }
        String form = URLDecoder.decode(server.tokenForms.getFirst(), StandardCharsets.UTF_8);
        String[] parts = form.substring(form.indexOf("assertion=") + 10).split("[.&]", -1);
        var signature = Signature.getInstance("SHA256withRSA");
        signature.initVerify(pair.getPublic());
        signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        assertThat(signature.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
        Json claims = Json.parse(Base64.getUrlDecoder().decode(parts[1]));
        assertThat(claims.text("iss")).isEqualTo("me@project");
        assertThat(claims.number("exp") - claims.number("iat")).isEqualTo(3600);
        assertThat(claims.text("aud")).isEqualTo(server.url() + "/token");
    }

    @Test
    void a_person_who_has_logged_in_and_a_workload_exchange_their_tokens() throws IOException {
        Path user = Files.writeString(home.resolve("user.json"), """
                {"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"r+1","token_uri":"%s/token"}
                """.formatted(server.url()));
        Path subject = Files.writeString(home.resolve("subject"), "{\"t\":\"of another issuer\"}");
        Path workload = Files.writeString(home.resolve("workload.json"), """
                {"type":"external_account","audience":"//iam/pool","subject_token_type":"jwt","token_url":"%s/token",
                 "credential_source":{"file":"%s","format":{"type":"json","subject_token_field_name":"t"}}}
                """.formatted(server.url(), subject));
        for (Path file : new Path[] {user, workload}) {
            try (Storage storage = open(Map.of("GOOGLE_APPLICATION_CREDENTIALS", file.toString()))) {
                storage.create();
            }
        }
        assertThat(server.tokenForms.getFirst()).contains("grant_type=refresh_token", "refresh_token=r%2B1");
        assertThat(server.tokenForms.get(1)).contains("subject_token=of+another+issuer", "audience=%2F%2Fiam%2Fpool");
    }

    @Test
    void credentials_that_cannot_be_used_are_named_and_not_shown() throws IOException {
        Path broken = Files.writeString(home.resolve("broken"), "sup3rsecret");
        Path foreign = Files.writeString(home.resolve("foreign"), "{\"type\":\"aws\"}");
        Path plain = Files.writeString(
                home.resolve("plain"),
                "{\"type\":\"authorized_user\",\"refresh_token\":\"sup3rsecret\",\"token_uri\":\"http://example.com/\"}");
        for (Path file : new Path[] {broken, foreign, plain, home.resolve("missing")}) {
            try (Storage storage = open(Map.of("GOOGLE_APPLICATION_CREDENTIALS", file.toString()))) {
                StorageException refused = catchThrowableOfType(StorageException.class, () -> storage.size(KEY));
                assertThat(refused.kind()).isEqualTo(Kind.DENIED);
                assertThat(refused).hasMessageNotContaining("sup3rsecret");
                assertThat(refused.hint()).contains("GOOGLE_APPLICATION_CREDENTIALS");
            }
        }
    }

    @Test
    void a_token_server_that_is_not_well_is_no_refusal() throws IOException {
        Path user = Files.writeString(
                home.resolve("user.json"),
                "{\"type\":\"authorized_user\",\"token_uri\":\"%s/token\"}".formatted(server.url()));
        try (Storage storage = open(Map.of("GOOGLE_APPLICATION_CREDENTIALS", user.toString()))) {
            server.once("/token", FakeGcs.status(503, "x"));
            assertThat(kindOf(() -> storage.size(KEY))).isEqualTo(Kind.UNREACHABLE);
            server.once("/token", exchange -> {
                byte[] said = "{\"error\":\"invalid_grant\",\"error_description\":\"expired\"}"
                        .getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(400, said.length);
                exchange.getResponseBody().write(said);
            });
            StorageException refused = catchThrowableOfType(StorageException.class, () -> storage.size(KEY));
            assertThat(refused.kind()).isEqualTo(Kind.DENIED);
            assertThat(refused.fact()).contains("invalid_grant expired");
        }
    }
}
