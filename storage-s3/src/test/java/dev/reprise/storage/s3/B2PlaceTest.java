package dev.reprise.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.immutability.Immutability;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.url.StorageUrlException;
import dev.reprise.testkit.store.S3ProxyServer;
import dev.reprise.testkit.store.StoreCredentials;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Backblaze has no server for tests: the one question about the account is answered here, in the words of its
/// documentation; the bucket is S3Proxy's.
@DisplayName("A bucket of Backblaze B2")
class B2PlaceTest {
    private static final String NAME = "0123456789abcdef".repeat(4);
    private static final ObjectKey SNAPSHOT = new ObjectKey(ObjectType.SNAPSHOT, NAME);

    private static S3ProxyServer bucket;
    private StubServer account;

    @BeforeAll
    static void start() {
        bucket = new S3ProxyServer();
    }

    @AfterAll
    static void stop() {
        bucket.close();
    }

    @BeforeEach
    void answer() {
        account = new StubServer();
        answer("null", "null");
    }

    @AfterEach
    void close() {
        account.close();
    }

    @Test
    void is_reached_by_the_protocol_of_S3_at_the_host_of_the_account() {
        try (Storage place = open("a-bucket:/some//path/")) {
            place.create();
            place.write(SNAPSHOT, new byte[] {1, 2, 3});

            assertThat(place.location()).isEqualTo("b2:a-bucket:some/path");
            assertThat(place.readAll(SNAPSHOT)).containsExactly(1, 2, 3);
            try (var raw = Opening.raw(bucket.endpoint())) {
                assertThat(raw.headObject(request -> request.bucket("a-bucket").key("some/path/snapshots/" + NAME))
                                .contentLength())
                        .isEqualTo(3);
            }
        }
        var asked = account.asked().getFirst();
        String basic = StoreCredentials.KEY + ":" + StoreCredentials.SECRET;
        assertThat(account.asked()).hasSize(1);
        assertThat(asked.target()).isEqualTo("/b2api/v3/b2_authorize_account");
        assertThat(asked.header("Authorization"))
                .isEqualTo("Basic " + Base64.getEncoder().encodeToString(basic.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void asks_nobody_before_the_first_operation() {
        open("a-bucket").close();

        assertThat(account.asked()).isEmpty();
    }

    @Test
    void can_do_what_S3_can() {
        try (Storage place = open("a-bucket")) {
            assertThat(place.capability(Immutability.class)).isNotNull();
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "401, unauthorized, DENIED",
        "401, bad_auth_token, DENIED",
        "403, storage_cap_exceeded, DENIED",
        "429, too_many_requests, THROTTLED",
        "503, service_unavailable, THROTTLED",
        "500, internal_error, UNREACHABLE",
        "400, bad_request, OTHER"
    })
    void a_refusal_is_named_by_the_vendors_code(int status, String code, Kind kind) {
        account.answers(status, "{\"status\": " + status + ", \"code\": \"" + code + "\", \"message\": \"\"}");

        assertFails("a-bucket", kind).hasMessageContaining(status + " " + code);
    }

    @Test
    void the_next_attempt_asks_again() {
        account.answers(503, "<html>busy</html>");
        try (Storage place = open("later-bucket")) {
            assertThatThrownBy(place::create).isInstanceOf(StorageException.class);
            answer("null", "null");
            place.create();

            assertThat(place.size(SNAPSHOT)).isEqualTo(-1);
        }
    }

    @Test
    void a_key_for_another_bucket_or_prefix_is_told_apart_from_a_wrong_one() {
        answer("\"other-bucket\"", "null");
        assertFails("a-bucket", Kind.DENIED).hasMessageContaining("for the bucket other-bucket, not for a-bucket");

        answer("\"a-bucket\"", "\"host1/\"");
        assertFails("a-bucket:host2", Kind.DENIED).hasMessageContaining("names that begin with host1/");
        try (Storage place = open("a-bucket:host1/repository")) {
            place.create();
        }
    }

    @Test
    void the_master_key_is_refused_with_what_to_make_instead() {
        account.answers(200, "{\"accountId\": \"" + StoreCredentials.KEY + "\"}");

        assertFails("a-bucket", Kind.DENIED)
                .hasMessageContaining("master application key")
                .extracting("hint", InstanceOfAssertFactories.STRING)
                .contains("application key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "{\"apiInfo\": 7}", "{\"apiInfo\": {\"storageApi\": {\"s3ApiUrl\": null}}}"})
    void an_answer_that_names_no_host_is_none(String answer) {
        account.answers(200, answer);

        assertFails("a-bucket", Kind.OTHER).hasMessageContaining("names no S3 host");
    }

    @Test
    void both_halves_of_the_key_are_required() {
        for (String missing : List.of("B2_ACCOUNT_ID", "B2_ACCOUNT_KEY")) {
            Map<String, String> environment = environment();
            environment.remove(missing);
            try (Storage place = place().open("a-bucket", settings(environment, Map.of()))) {
                assertThatThrownBy(place::create).hasMessageContaining(missing + " is not set");
            }
        }
        assertThat(account.asked()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":path", "short", "under_score", "//a-bucket", "a-bucket:../x"})
    void a_name_B2_could_not_have_is_refused(String address) {
        assertThatThrownBy(() -> open(address)).isInstanceOf(StorageUrlException.class);
    }

    @Test
    void failures_tell_no_key() {
        account.answers(401, "{\"code\": \"unauthorized\", \"message\": \"" + StoreCredentials.SECRET + "\"}");
        var said = new CopyOnWriteArrayList<String>();
        try (Storage place = open("a-bucket")) {
            assertThatThrownBy(place::create).satisfies(failure -> said.add(failure.toString()));
        }
        assertThat(said).singleElement().asString().doesNotContain(StoreCredentials.SECRET);
    }

    @Test
    void an_account_nobody_answers_for_can_be_asked_again() {
        URI nobody = URI.create("http://127.0.0.1:" + account.port());
        account.close();
        try (Storage place = new B2Place(nobody).open("a-bucket", settings(environment(), Map.of()))) {
            assertThatThrownBy(place::create)
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            failure -> assertThat(failure.retryable()).isTrue());
        }
    }

    @Test
    void takes_the_number_of_connections() {
        try (Storage place = place().open("a-bucket", settings(environment(), Map.of("b2.connections", "9")))) {
            assertThat(place.connections()).isEqualTo(9);
        }
        assertThatThrownBy(() -> place().open("a-bucket", settings(environment(), Map.of("b2.connections", "1"))))
                .isInstanceOf(StorageUrlException.class);
    }

    private org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> assertFails(
            String address, Kind kind) {
        try (Storage place = open(address)) {
            return assertThatThrownBy(place::create)
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            failure -> assertThat(failure.kind()).isEqualTo(kind));
        }
    }

    private void answer(String onlyBucket, String prefix) {
        account.answers(200, """
                {"accountId": "0123456789ab", "authorizationToken": "4_token",
                 "apiInfo": {"groupsApi": {"capabilities": ["all"]},
                             "storageApi": {"apiUrl": "https://api004.example.com", "bucketId": null,
                                            "bucketName": %s, "namePrefix": %s,
                                            "capabilities": ["listFiles", "readFiles", "writeFiles"],
                                            "s3ApiUrl": "%s"}}}
                """.formatted(onlyBucket, prefix, bucket.endpoint()));
    }

    private Storage open(String address) {
        return place().open(address, settings(environment(), Map.of()));
    }

    private B2Place place() {
        return new B2Place(URI.create("http://127.0.0.1:" + account.port()));
    }

    /// With keys for another store, which must not be taken.
    private static Map<String, String> environment() {
        return new HashMap<>(Map.of(
                "B2_ACCOUNT_ID",
                StoreCredentials.KEY,
                "B2_ACCOUNT_KEY",
                StoreCredentials.SECRET,
                "AWS_ACCESS_KEY_ID",
                "AKIAOTHER",
                "AWS_SECRET_ACCESS_KEY",
                "other",
                "AWS_SESSION_TOKEN",
                "other"));
    }

    private static PlaceSettings settings(Map<String, String> environment, Map<String, String> options) {
        var bare = new PlaceSettings(environment, Path.of("/tmp"), InstantSource.system());
        return new PlaceSettings(
                environment, bare.workingDirectory(), options, bare.transport(), bare.limits(), bare.clock());
    }
}
