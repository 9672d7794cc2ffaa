package dev.reprise.storage.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where tokens come from, with fakes of the vendor's servers and of its program: neither can be had.
class TokenChoiceTest {
    @TempDir
    private Path home;

    private FakeAzure server;
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T00:00:00Z"));

    @BeforeEach
    void start() throws IOException {
        server = new FakeAzure();
        server.container("container");
        server.wantedToken = "none yet";
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Storage open(Map<String, String> environment) {
        return Opening.at(server, "container:/", environment, now::get, Duration.ofMinutes(1));
    }

    private Map<String, String> application(String name, String value) {
        return Map.of(
                "AZURE_TENANT_ID",
                "tenant",
                "AZURE_CLIENT_ID",
                "client",
                "AZURE_AUTHORITY_HOST",
                server.url() + "/",
                name,
                value);
    }

    @Test
    void an_application_shows_its_secret_and_renews_its_token_in_time() {
        try (Storage storage = open(application("AZURE_CLIENT_SECRET", "s+1"))) {
            assertThat(storage.size(ObjectKey.CONFIG)).isEqualTo(-1);
            now.set(now.get().plus(Duration.ofMinutes(54)));
            storage.size(ObjectKey.CONFIG);
            assertThat(server.tokens).hasValue(1);
            now.set(now.get().plus(Duration.ofMinutes(2)));
            storage.size(ObjectKey.CONFIG);
            assertThat(server.tokens).hasValue(2);
            server.wantedToken = "revoked";
            storage.size(ObjectKey.CONFIG);
            assertThat(server.tokens).hasValue(3);
        }
        assertThat(server.tokenRequests.getFirst())
                .startsWith("POST /tenant/oauth2/v2.0/token ")
                .contains(
                        "grant_type=client_credentials",
                        "client_id=client",
                        "client_secret=s%2B1",
                        "scope=https%3A%2F%2Fstorage.azure.com%2F.default");
    }

    @Test
    void a_workload_shows_the_token_of_its_file() throws IOException {
        Path file = Files.writeString(home.resolve("token"), "of another issuer\n");
        try (Storage storage = open(application("AZURE_FEDERATED_TOKEN_FILE", file.toString()))) {
            storage.size(ObjectKey.CONFIG);
        }
        assertThat(server.tokenRequests.getFirst())
                .contains(
                        "client_assertion=of+another+issuer",
                        "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer");
        Files.delete(file);
        try (Storage storage = open(application("AZURE_FEDERATED_TOKEN_FILE", file.toString()))) {
            assertThat(failure(storage).kind()).isEqualTo(Kind.DENIED);
        }
    }

    @Test
    void a_machine_and_an_app_ask_the_servers_beside_them() {
        try (Storage storage = open(Map.of("AZURE_CLIENT_ID", "mine"))) {
            storage.size(ObjectKey.CONFIG);
        }
        try (Storage storage =
                open(Map.of("IDENTITY_ENDPOINT", server.url() + "/msi/token", "IDENTITY_HEADER", "shown"))) {
            storage.size(ObjectKey.CONFIG);
        }
        assertThat(server.tokenRequests)
                .containsExactly(
                        "GET /metadata/identity/oauth2/token?api-version=2018-02-01"
                                + "&resource=https%3A%2F%2Fstorage.azure.com&client_id=mine  Metadata: true",
                        "GET /msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fstorage.azure.com"
                                + "  X-IDENTITY-HEADER: shown");
    }

    /// Once it has given a token, a machine has an identity: what fails later passes.
    @Test
    void a_metadata_server_that_fails_later_is_no_lack_of_credentials() {
        try (Storage storage = open(Map.of())) {
            storage.size(ObjectKey.CONFIG);
            now.set(now.get().plus(Duration.ofHours(2)));
            server.once("/oauth2/", FakeAzure.status(503, "x"));
            assertThat(failure(storage).kind()).isEqualTo(Kind.UNREACHABLE);
            storage.size(ObjectKey.CONFIG);
        }
    }

    @Test
    void who_has_logged_in_is_asked_for_last_or_if_that_is_wanted() throws IOException {
        program("""
                [ "$*" = "account get-access-token --output json --resource https://storage.azure.com" ] || exit 9
                [ -z "$RESTIC_PASSWORD" ] || exit 8
                echo '{"accessToken": "of-the-cli", "expires_on": 1795305600}'""");
        server.wantedToken = "of-the-cli";
        Map<String, String> environment =
                new HashMap<>(Map.of("PATH", "relative:" + home, "RESTIC_PASSWORD", "secret"));
        server.once("/metadata/", FakeAzure.status(400, "identity_not_found"));
        try (Storage storage = open(environment)) {
            storage.size(ObjectKey.CONFIG);
        }
        environment.put("AZURE_FORCE_CLI_CREDENTIAL", "true");
        try (Storage storage = open(environment)) {
            storage.size(ObjectKey.CONFIG);
        }
        assertThat(server.requests.stream().filter(request -> request.contains("/metadata/")))
                .hasSize(1);
    }

    @Test
    void without_any_credentials_the_next_command_is_said() throws IOException {
        server.once("/metadata/", FakeAzure.status(404, "x"));
        try (Storage storage = open(Map.of())) {
            StorageException failure = failure(storage);
            assertThat(failure.kind()).isEqualTo(Kind.DENIED);
            assertThat(failure.fact()).contains("no credentials for Azure");
            assertThat(failure.hint()).contains("AZURE_ACCOUNT_KEY", "az login");
        }
        program("echo s3cret >&2; echo s3cret; exit 1");
        try (Storage storage = open(Map.of("PATH", home.toString(), "AZURE_FORCE_CLI_CREDENTIAL", "1"))) {
            StorageException failure = failure(storage);
            assertThat(failure.kind()).isEqualTo(Kind.DENIED);
            assertThat(failure.fact()).contains("az has ended with 1").doesNotContain("s3cret");
        }
    }

    @Test
    void a_token_that_fits_into_no_header_is_not_shown() throws IOException {
        program("echo '{\"accessToken\": \"s3cret\\\\u000d\\\\u000ax: y\"}'");
        try (Storage storage = open(Map.of("PATH", home.toString(), "AZURE_FORCE_CLI_CREDENTIAL", "1"))) {
            assertThat(failure(storage)).hasMessageNotContaining("s3cret");
        }
    }

    @Test
    void a_refusal_of_the_token_server_is_passed_on() {
        server.once("/oauth2/", exchange -> {
            byte[] said =
                    "{\"error\":\"invalid_client\",\"error_description\":\"expired\"}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(401, said.length);
            exchange.getResponseBody().write(said);
        });
        try (Storage storage = open(application("AZURE_CLIENT_SECRET", "s3cret"))) {
            StorageException failure = failure(storage);
            assertThat(failure.kind()).isEqualTo(Kind.DENIED);
            assertThat(failure.fact()).contains("invalid_client expired").doesNotContain("s3cret");
        }
    }

    private static StorageException failure(Storage storage) {
        return catchThrowableOfType(StorageException.class, () -> storage.size(ObjectKey.CONFIG));
    }

    private void program(String script) throws IOException {
        Path file = home.resolve("az");
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }
}
