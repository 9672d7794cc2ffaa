package dev.reprise.storage.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.Waiting;
import dev.reprise.storage.azure.AzureStorage.Limits;
import dev.reprise.storage.retry.RetryListener;
import dev.reprise.storage.retry.RetryPolicy;
import dev.reprise.storage.retry.RetryingStorage;
import dev.reprise.storage.setup.ServerSide;
import dev.reprise.storage.suite.StorageContract;
import dev.reprise.testkit.azure.Azurite;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract, and what is beside it, with the vendor's emulator, which checks signatures.
@Tag("long")
class AzuriteContractTest extends StorageContract {
    private static final byte[] CONTENT = {1, 2, 3};
    private static final ObjectKey PACK = ObjectKey.of(ObjectType.PACK, ObjectId.hash(CONTENT));
    private static final Limits SMALL = new Limits(200, 1 << 20, 1 << 20);

    @TempDir
    private static Path folder;

    private static Azurite server;
    private static int containers;

    private String address = "";

    @BeforeAll
    static void start() {
        server = Azurite.plain(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Storage open(String address, String name, String secret, Map<String, String> options) {
        Map<String, String> environment = new HashMap<>(Map.of(name, secret));
        environment.put("AZURE_ACCOUNT_NAME", Azurite.ACCOUNT);
        environment.put("AZURE_STORAGE_SERVICE_ENDPOINT", server.endpoint());
        var settings = Opening.settings(environment, options, InstantSource.system(), Duration.ofMinutes(1));
        return AzurePlace.open(address, settings, SMALL);
    }

    /// Repeating, as users have it: Azurite closes a connection that nobody has used for five seconds, and may do so
    /// while the next request is on its way.
    private Storage byKey() {
        Storage once = open(address, "AZURE_ACCOUNT_KEY", Azurite.KEY, Map.of());
        return new RetryingStorage(once, RetryPolicy.DEFAULT, Waiting.REAL, new Random(1), RetryListener.NONE);
    }

    /// A prefix that has to be encoded in paths and in what is signed.
    @Override
    protected Storage open() {
        address = "container" + ++containers + ":/some (place)/für+alle & ~*'";
        return byKey();
    }

    @Override
    protected Storage secondHandle(Storage storage) {
        return byKey();
    }

    @Override
    protected List<String> credentials() {
        return List.of(Azurite.KEY);
    }

    @Test
    void a_wrong_key_is_refused() {
        address = "container:/";
        try (Storage storage = open(address, "AZURE_ACCOUNT_KEY", Opening.KEY, Map.of())) {
            StorageException refused = catchThrowableOfType(StorageException.class, () -> storage.size(PACK));
            assertThat(refused.kind()).isEqualTo(Kind.DENIED);
            assertThat(refused.hint()).contains("AZURE_ACCOUNT_KEY");
        }
    }

    @Test
    void blocks_that_were_given_up_are_no_object_and_whole_ones_are_one() {
        byte[] content = new byte[5_000_000];
        new Random(7).nextBytes(content);
        ObjectKey key = ObjectKey.of(ObjectType.PACK, ObjectId.hash(content));
        try (Storage storage = open()) {
            storage.create();
            storage.write(key, content);
            storage.write(key, content);
            assertThat(storage.readAll(key)).isEqualTo(content);
        }
    }

    @Test
    void an_archived_object_is_there_and_cannot_be_read() {
        try (Storage storage = open()) {
            storage.create();
            Storage archiving = open(address, "AZURE_ACCOUNT_KEY", Azurite.KEY, Map.of("azure.access-tier", "Archive"));
            try (archiving;
                    var draft = archiving.contentDraft()) {
                draft.append(CONTENT, 0, CONTENT.length);
                draft.commit(PACK.name());
                archiving.write(PACK, CONTENT);
            }
            assertThat(storage.size(PACK)).isEqualTo(3);
            StorageException refused = catchThrowableOfType(StorageException.class, () -> storage.readAll(PACK));
            assertThat(refused.kind()).isEqualTo(Kind.ARCHIVED);
        }
    }

    @Test
    void the_servers_clock_is_read() {
        try (Storage storage = open()) {
            storage.create();
            storage.write(PACK, CONTENT);
            Instant clock = Objects.requireNonNull(
                    Objects.requireNonNull(storage.capability(ServerSide.class)).clock(PACK));
            assertThat(clock).isCloseTo(Instant.now(), org.assertj.core.api.Assertions.within(1, ChronoUnit.MINUTES));
        }
    }

    @Test
    void a_signature_that_may_read_list_and_create_adds_and_destroys_nothing() throws Exception {
        try (Storage storage = open()) {
            storage.create();
            storage.write(ObjectKey.CONFIG, CONTENT);
            try (Storage adding = open(address, "AZURE_ACCOUNT_SAS", signature("rcl"), Map.of())) {
                adding.create();
                adding.write(PACK, CONTENT);
                adding.write(PACK, CONTENT);
                assertThat(adding.readAll(PACK)).isEqualTo(CONTENT);
                var listed = new ArrayList<>();
                adding.list(ObjectType.PACK, listed::add);
                assertThat(listed).hasSize(1);
                assertThat(kindOf(() -> adding.delete(PACK))).isEqualTo(Kind.DENIED);
                assertThat(kindOf(() -> adding.write(ObjectKey.CONFIG, new byte[1])))
                        .isEqualTo(Kind.DENIED);
            }
            assertThat(storage.readAll(PACK)).isEqualTo(CONTENT);
            assertThat(storage.readAll(ObjectKey.CONFIG)).isEqualTo(CONTENT);
        }
    }

    private static Kind kindOf(Runnable action) {
        return catchThrowableOfType(StorageException.class, action::run).kind();
    }

    /// A service SAS of the container ("Create a service SAS", version 2020-12-06 and later).
    private String signature(String permissions) throws GeneralSecurityException {
        String end = Instant.now()
                .plus(Duration.ofHours(1))
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
        String container = address.substring(0, address.indexOf(':'));
        String signed = String.join(
                "\n",
                permissions,
                "",
                end,
                "/blob/" + Azurite.ACCOUNT + "/" + container,
                "",
                "",
                "",
                "2021-12-02",
                "c",
                "",
                "",
                "",
                "",
                "",
                "",
                "");
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(Azurite.KEY), "HmacSHA256"));
        String sum = Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
        return "?sv=2021-12-02&sr=c&sp=" + permissions + "&se=" + Account.encoded(end) + "&sig=" + Account.encoded(sum);
    }
}
