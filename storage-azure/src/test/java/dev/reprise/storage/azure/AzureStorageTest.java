package dev.reprise.storage.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.azure.AzureStorage.Limits;
import dev.reprise.storage.url.StorageUrlException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the contract does not say: addresses, failures of the service, blocks, tiers, what is shown of secrets.
class AzureStorageTest {
    private static final byte[] CONTENT = {1, 2, 3, 4, 5};
    private static final ObjectKey KEY = ObjectKey.of(ObjectType.PACK, ObjectId.hash(CONTENT));
    private static final Map<String, String> BY_KEY = Map.of("AZURE_ACCOUNT_KEY", Opening.KEY);
    private static final String SIGNATURE = "s3cret%2Fs3cret%3D";
    private static final String SAS = "sv=2021-12-02&sp=rcl&se=2026-11-23T00%3A00%3A00Z&sr=c&sig=" + SIGNATURE;

    private static FakeAzure server;
    private static int containers;

    private String container = "";

    @BeforeAll
    static void start() throws IOException {
        server = new FakeAzure();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void another() {
        container = "c" + 100 + ++containers;
        server.requests.clear();
    }

    private Storage open(Map<String, String> environment) {
        return Opening.at(server, container + ":/", environment);
    }

    private Storage open(Map<String, String> options, Limits limits) {
        return Opening.at(server, container + ":/", options, limits);
    }

    private static StorageException failure(Runnable action) {
        return catchThrowableOfType(StorageException.class, action::run);
    }

    private static Kind kindOf(Runnable action) {
        return failure(action).kind();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            container-name:/                   | container-name | ''               | azure:container-name:/
            container-name:/prefix/directory   | container-name | prefix/directory | azure:container-name:/prefix/directory
            container-name:/prefix//directory/ | container-name | prefix/directory | azure:container-name:/prefix/directory
            container-name:prefix              | container-name | prefix           | azure:container-name:/prefix
            """)
    void an_address_has_a_container_and_a_prefix(String address, String name, String prefix, String location) {
        assertThat(AzureAddress.parse(address)).isEqualTo(new AzureAddress(name, prefix));
        assertThat(AzureAddress.parse(address).location()).isEqualTo(location);
    }

    @ParameterizedTest
    @ValueSource(strings = {"container", ":/x", "", "container:/../x", "ab:/", "Upper:/", "a/b:/", "a--b:/", "a?b:/x"})
    void what_names_no_place_is_refused(String address) {
        assertThatThrownBy(() -> AzureAddress.parse(address)).isInstanceOf(StorageUrlException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            AZURE_ACCOUNT_NAME             |
            AZURE_ACCOUNT_NAME             | evil.example/
            AZURE_ACCOUNT_KEY              | n0-Base64!
            AZURE_ENDPOINT_SUFFIX          | evil/..
            AZURE_STORAGE_SERVICE_ENDPOINT | ftp://host
            AZURE_STORAGE_SERVICE_ENDPOINT | https://me:n0-Base64!@host
            """)
    void a_variable_that_cannot_be_used_is_named_and_not_shown(String name, String value) {
        Map<String, String> environment = new HashMap<>(BY_KEY);
        environment.put("AZURE_ACCOUNT_NAME", "account");
        environment.put(name, value == null ? "" : value);
        var settings = Opening.settings(environment, Map.of(), InstantSource.system(), Duration.ZERO);
        assertThatThrownBy(() -> new AzurePlace().open("container:/", settings))
                .isInstanceOf(StorageUrlException.class)
                .hasMessageContaining(name)
                .hasMessageNotContaining("n0-Base64!");
    }

    @ParameterizedTest
    @CsvSource({
        "'', https://account.blob.core.windows.net",
        "core.chinacloudapi.cn, https://account.blob.core.chinacloudapi.cn"
    })
    void an_account_is_found_below_the_clouds_domain(String suffix, String server) {
        var settings = Opening.settings(
                Map.of("AZURE_ACCOUNT_NAME", "account", "AZURE_ENDPOINT_SUFFIX", suffix),
                Map.of(),
                InstantSource.system(),
                Duration.ZERO);
        assertThat(Account.of(settings)).isEqualTo(new Account("account", server, ""));
    }

    @Test
    void names_in_the_container_are_those_of_restic() {
        try (Storage storage = open(BY_KEY)) {
            storage.create();
            storage.write(KEY, CONTENT);
            storage.write(ObjectKey.CONFIG, CONTENT);
        }
        assertThat(server.container(container).keySet()).containsExactly("config", KEY.path());
    }

    @Test
    void a_container_is_made_only_if_it_is_missing() {
        try (Storage storage = open(BY_KEY)) {
            storage.create();
            storage.create();
        }
        assertThat(server.requests.stream().filter(request -> request.startsWith("PUT")))
                .containsExactly("PUT /account/" + container + "?restype=container");
    }

    @Test
    void a_signature_that_may_not_look_at_the_container_is_believed_to_have_one() {
        try (Storage storage = open(Map.of("AZURE_ACCOUNT_SAS", SAS))) {
            server.once("restype=container", FakeAzure.status(403, "AuthorizationFailure"));
            storage.create();
            server.once("restype=container", FakeAzure.status(403, "AuthenticationFailed"));
            assertThat(kindOf(storage::create)).isEqualTo(Kind.DENIED);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "500, InternalError, UNREACHABLE",
        "500, OperationTimedOut, UNREACHABLE",
        "503, ServerBusy, THROTTLED",
        "429, TooManyRequests, THROTTLED",
        "408, x, UNREACHABLE",
        "400, Md5Mismatch, UNREACHABLE",
        "403, AuthenticationFailed, DENIED",
        "403, AuthorizationPermissionMismatch, DENIED",
        "409, BlobArchived, ARCHIVED",
        "409, ContainerBeingDeleted, UNREACHABLE",
        "412, LeaseIdMissing, DENIED",
        "404, ContainerNotFound, NOT_FOUND",
        "404, ResourceNotFound, OTHER",
        "400, InvalidHeaderValue, OTHER"
    })
    void a_failure_is_classified_by_status_and_code(int status, String code, Kind kind) {
        try (Storage storage = open(BY_KEY)) {
            storage.create();
            storage.write(KEY, CONTENT);
            for (Runnable action : new Runnable[] {
                () -> storage.readAll(KEY), () -> storage.list(ObjectType.PACK, object -> {}), () -> storage.delete(KEY)
            }) {
                server.once("/" + container, FakeAzure.status(status, code));
                assertThat(kindOf(action)).isEqualTo(kind);
            }
            assertThat(storage.readAll(KEY)).isEqualTo(CONTENT);
        }
    }

    /// What stands before the service may answer 404 as well.
    @Test
    void only_the_services_own_word_says_that_a_blob_is_not_there() {
        try (Storage storage = open(BY_KEY)) {
            storage.create();
            storage.write(KEY, CONTENT);
            for (Runnable action :
                    new Runnable[] {() -> storage.size(KEY), () -> storage.readAll(KEY), () -> storage.delete(KEY)}) {
                server.once("/" + container, exchange -> exchange.sendResponseHeaders(404, -1));
                assertThat(kindOf(action)).isEqualTo(Kind.OTHER);
            }
            server.once("comp=list", exchange -> exchange.sendResponseHeaders(200, -1));
            assertThat(kindOf(() -> storage.list(ObjectType.PACK, object -> {})))
                    .isEqualTo(Kind.UNREACHABLE);
        }
    }

    @Test
    void a_listing_that_does_not_go_on_is_given_up() {
        try (Storage storage = open(Map.of(), new Limits(1, 1 << 20, 1 << 20))) {
            storage.create();
            storage.write(KEY, CONTENT);
            storage.write(ObjectKey.of(ObjectType.PACK, ObjectId.hash(new byte[1])), new byte[1]);
            String page = "<EnumerationResults><Blobs /><NextMarker>again</NextMarker></EnumerationResults>";
            for (int i = 0; i < 2; i++) {
                server.once("comp=list", exchange -> {
                    exchange.sendResponseHeaders(200, page.length());
                    exchange.getResponseBody().write(page.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                });
            }
            assertThat(kindOf(() -> storage.list(ObjectType.PACK, object -> {})))
                    .isEqualTo(Kind.UNREACHABLE);
        }
    }

    @Test
    void a_large_blob_goes_in_blocks_and_is_seen_when_their_list_is_committed() {
        byte[] content = new byte[2_500_000];
        new Random(1).nextBytes(content);
        ObjectKey large = ObjectKey.of(ObjectType.PACK, ObjectId.hash(content));
        try (Storage storage = open(Map.of(), new Limits(1000, 1_000_000, 1_000_000))) {
            storage.create();
            server.once("comp=blocklist", FakeAzure.status(500, "InternalError"));
            try (var draft = storage.draft(ObjectType.PACK)) {
                draft.append(content, 0, content.length);
                assertThat(kindOf(() -> draft.commit(large.name()))).isEqualTo(Kind.UNREACHABLE);
                assertThat(storage.size(large)).isEqualTo(-1);
                draft.commit(large.name());
            }
            assertThat(storage.readAll(large)).isEqualTo(content);
            storage.write(large, content);
            assertThat(server.requests.stream().filter(request -> request.endsWith("comp=block")))
                    .hasSize(9);
            server.container(container).put(large.path(), new byte[2]);
            assertThat(kindOf(() -> storage.write(large, content))).isEqualTo(Kind.DENIED);
            assertThat(server.container(container).get(large.path())).hasSize(2);
        }
    }

    @Test
    void a_blob_that_may_not_be_replaced_counts_as_written_if_it_has_the_same_size() {
        try (Storage storage = open(BY_KEY)) {
            storage.create();
            storage.write(KEY, CONTENT);
            for (String code : new String[] {"UnauthorizedBlobOverwrite", "BlobImmutableDueToPolicy", "BlobArchived"}) {
                server.once("PUT", FakeAzure.status(409, code));
                storage.write(KEY, CONTENT);
            }
            server.once("PUT", FakeAzure.status(403, "AuthorizationPermissionMismatch"));
            storage.write(KEY, CONTENT);
            storage.delete(KEY);
            server.once("PUT", FakeAzure.status(403, "AuthorizationPermissionMismatch"));
            assertThat(kindOf(() -> storage.write(KEY, CONTENT))).isEqualTo(Kind.DENIED);
            server.once("PUT", FakeAzure.status(409, "BlobAlreadyExists"));
            assertThat(kindOf(() -> storage.write(KEY, CONTENT))).isEqualTo(Kind.UNREACHABLE);
            server.container(container).put(KEY.path(), new byte[2]);
            assertThat(kindOf(() -> storage.write(KEY, CONTENT))).isEqualTo(Kind.DENIED);
            assertThat(server.container(container).get(KEY.path())).hasSize(2);
        }
    }

    @Test
    void an_archive_takes_contents_of_files_and_nothing_a_command_reads() {
        ObjectKey key = ObjectKey.of(ObjectType.PACK, ObjectId.hash(new byte[0]));
        for (String tier : new String[] {"archive", "COLD", ""}) {
            try (Storage storage = open(tier.isEmpty() ? Map.of() : Map.of("azure.access-tier", tier), Limits.USUAL)) {
                storage.create();
                storage.write(KEY, CONTENT);
                storage.write(ObjectKey.CONFIG, CONTENT);
                try (var draft = storage.contentDraft()) {
                    draft.commit(key.name());
                }
            }
            String always = tier.equals("COLD") ? "Cold" : "";
            assertThat(server.tiers)
                    .containsEntry(KEY.path(), always)
                    .containsEntry("config", always)
                    .containsEntry(key.path(), tier.equals("archive") ? "Archive" : always);
            another();
        }
        assertThatThrownBy(() -> open(Map.of("azure.access-tier", "tepid"), Limits.USUAL))
                .isInstanceOf(StorageUrlException.class)
                .hasMessageContaining("tepid");
    }

    @Test
    void a_body_that_ends_early_is_no_shorter_blob() {
        try (Storage storage = open(BY_KEY)) {
            storage.create();
            storage.write(KEY, CONTENT);
            server.once("GET", exchange -> {
                exchange.sendResponseHeaders(200, CONTENT.length);
                exchange.getResponseBody().write(CONTENT, 0, 2);
                exchange.getResponseBody().flush();
            });
            assertThat(kindOf(() -> storage.readAll(KEY))).isEqualTo(Kind.UNREACHABLE);
        }
    }

    @Test
    void a_server_that_falls_silent_is_given_up() {
        var end = new CountDownLatch(1);
        try (Storage storage =
                Opening.at(server, container + ":/", BY_KEY, InstantSource.system(), Duration.ofMillis(200))) {
            storage.create();
            server.once("HEAD", exchange -> await(end));
            assertThat(kindOf(() -> storage.size(KEY))).isEqualTo(Kind.UNREACHABLE);
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

    /// The fake's clock is the machine's.
    @Test
    void a_wrong_clock_is_named_with_its_difference() {
        InstantSource late = InstantSource.offset(InstantSource.system(), Duration.ofHours(-1));
        try (Storage storage = Opening.at(server, container + ":/", BY_KEY, late, Duration.ofMinutes(1))) {
            server.once("HEAD", FakeAzure.status(403, "AuthenticationFailed"));
            StorageException failure = failure(() -> storage.size(KEY));
            assertThat(failure.kind()).isEqualTo(Kind.DENIED);
            assertThat(failure.fact()).containsPattern("this machine's clock is wrong: it is 3(59|60)\\d s behind");
        }
    }

    @Test
    void a_signature_is_sent_with_every_request_and_never_shown() {
        server.container(container);
        var clock = InstantSource.fixed(Instant.parse("2026-11-22T12:00:00Z"));
        var environment = Map.of("AZURE_ACCOUNT_SAS", "?" + SAS);
        try (Storage storage = Opening.at(server, container + ":/", environment, clock, Duration.ofMinutes(1))) {
            storage.write(KEY, CONTENT);
            assertThat(storage.readAll(KEY)).isEqualTo(CONTENT);
            storage.list(ObjectType.PACK, object -> storage.delete(object.key()));
            assertThat(server.requests).hasSize(4).allMatch(request -> request.endsWith(SAS));
            server.once("GET", exchange -> {
                String said = "<Error><Code>InvalidUri</Code><Message>https://x/?" + SAS.replace("&", "&amp;")
                        + " s3cret/s3cret= " + SIGNATURE + "</Message></Error>";
                exchange.sendResponseHeaders(400, said.length());
                exchange.getResponseBody().write(said.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            });
            StorageException failure = failure(() -> storage.readAll(KEY));
            assertThat(failure.fact())
                    .contains("400 InvalidUri: https://x/?… … …")
                    .doesNotContain("s3cret");
            server.once("GET", FakeAzure.status(403, "AuthorizationPermissionMismatch"));
            assertThat(failure(() -> storage.readAll(KEY)).hint()).contains("permissions read, list, create");
        }
        var later = InstantSource.fixed(Instant.parse("2026-11-23T12:00:00Z"));
        try (Storage storage = Opening.at(server, container + ":/", environment, later, Duration.ofMinutes(1))) {
            server.once("GET", FakeAzure.status(403, "AuthorizationFailure"));
            assertThat(failure(() -> storage.readAll(KEY)).hint()).contains("has ended at 2026-11-23T00:00:00Z");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"s3cret", "https://x/?sig=s3cret with blanks", "sv=1&sig=%zzs3cret", "sig=", "sig=s3cr\u00e9t"})
    void what_is_no_signature_is_refused_and_not_shown(String text) {
        assertThatThrownBy(() -> SharedAccessSignature.of(text))
                .isInstanceOf(StorageUrlException.class)
                .hasMessageNotContaining("s3cr")
                .hasNoCause();
    }

    @Test
    void a_secret_is_not_sent_in_the_clear() {
        var settings = Opening.settings(
                Map.of(
                        "AZURE_ACCOUNT_NAME", "account",
                        "AZURE_ACCOUNT_SAS", SAS,
                        "AZURE_STORAGE_SERVICE_ENDPOINT", "http://storage.example/account"),
                Map.of(),
                InstantSource.system(),
                Duration.ZERO);
        assertThatThrownBy(() -> new AzurePlace().open("container:/", settings))
                .isInstanceOf(StorageUrlException.class)
                .hasMessageContaining("without TLS");
    }
}
