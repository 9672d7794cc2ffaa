package dev.reprise.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.testkit.store.S3ProxyServer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What a real server refuses, and how it is told.
class S3FailuresTest {
    private static final byte[] CONTENT = {1, 2, 3};
    private static final ObjectKey PACK = ObjectKey.of(ObjectType.PACK, ObjectId.hash(CONTENT));

    private static S3ProxyServer server;

    @BeforeAll
    static void start() {
        server = new S3ProxyServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static StorageException failure(Runnable action) {
        try {
            action.run();
        } catch (StorageException e) {
            return e;
        }
        throw new AssertionError("should have failed");
    }

    @Test
    void a_wrong_secret_is_denied_and_never_said() {
        var settings = Opening.settings(InstantSource.system(), Map.of(), Map.of("AWS_SECRET_ACCESS_KEY", "geheim"));
        try (Storage storage = Opening.at(server.endpoint(), Opening.newBucket(), settings)) {
            StorageException denied = failure(() -> storage.write(PACK, CONTENT));
            assertThat(denied.kind()).isEqualTo(Kind.DENIED);
            assertThat(denied.fact())
                    .startsWith("could not store data/03/")
                    .contains("SignatureDoesNotMatch")
                    .doesNotContain("geheim");
            assertThat(denied.hint()).isEqualTo("check the access key and its secret");
        }
    }

    @Test
    void an_unknown_key_is_denied() {
        var settings = Opening.settings(InstantSource.system(), Map.of(), Map.of("AWS_ACCESS_KEY_ID", "NOBODY"));
        try (Storage storage = Opening.at(server.endpoint(), Opening.newBucket(), settings)) {
            assertThat(failure(() -> storage.size(PACK)).kind()).isEqualTo(Kind.DENIED);
        }
    }

    @Test
    void a_missing_bucket_is_not_an_empty_repository() {
        String bucket = Opening.newBucket();
        try (Storage storage = Opening.at(server.endpoint(), bucket, Opening.settings(Map.of()))) {
            StorageException missing = failure(() -> storage.list(ObjectType.SNAPSHOT, object -> {}));
            assertThat(missing.kind()).isEqualTo(Kind.NOT_FOUND);
            assertThat(missing.fact()).contains("list snapshots", bucket, "NoSuchBucket");
            assertThat(missing.hint()).contains("reprise restic init");
            assertThat(failure(() -> storage.readAll(PACK)).kind()).isEqualTo(Kind.NOT_FOUND);
            assertThat(failure(() -> storage.write(PACK, CONTENT)).kind()).isEqualTo(Kind.NOT_FOUND);
            assertThat(storage.size(PACK)).isEqualTo(-1);
        }
    }

    @Test
    void a_clock_that_is_wrong_is_told_with_the_difference() {
        InstantSource ahead = InstantSource.offset(InstantSource.system(), Duration.ofHours(1));
        String bucket = Opening.newBucket();
        try (Storage storage = Opening.at(server.endpoint(), bucket, Opening.settings(ahead, Map.of(), Map.of()))) {
            StorageException skewed = failure(() -> storage.list(ObjectType.KEY, object -> {}));
            assertThat(skewed.kind()).isEqualTo(Kind.DENIED);
            assertThat(skewed.fact())
                    .containsPattern("this machine's clock is wrong: it is 3(59\\d|60\\d) s ahead of the server's");
            assertThat(skewed.hint()).contains("set this machine's clock");
        }
    }

    @Test
    void the_layout_of_restics_first_years_is_refused_with_the_way_out() {
        String bucket = Opening.newBucket();
        try (Storage storage = Opening.at(server.endpoint(), bucket + "/old", Opening.settings(Map.of()))) {
            storage.create();
            Opening.plant(server.endpoint(), bucket, "old/key/" + "ab".repeat(32), CONTENT);
            StorageException old = failure(() -> storage.list(ObjectType.KEY, object -> {}));
            assertThat(old.fact()).contains("layout of restic 0.7");
            assertThat(old.hint()).contains("restic migrate s3_layout");
        }
    }

    @Test
    void a_server_that_is_not_there_is_out_of_reach_and_one_without_a_name_too() {
        for (String host : new String[] {"http://127.0.0.1:1", "http://no-such-host.invalid"}) {
            var settings = Opening.settings(Map.of());
            S3Address address = S3Address.parse(host + "/bucket");
            try (Storage storage = new S3Storage(address, S3Options.of(address, settings), settings)) {
                assertThat(failure(() -> storage.size(PACK)).kind()).isEqualTo(Kind.UNREACHABLE);
            }
        }
    }

    @Test
    void opening_asks_nobody_and_a_closed_place_answers_nothing() {
        var settings = Opening.settings(Map.of());
        Storage storage = new S3Place().open("http://127.0.0.1:1/bucket", settings);
        assertThat(storage.location()).isEqualTo("s3:http://127.0.0.1:1/bucket");
        storage.close();
        storage.close();
        assertThatThrownBy(() -> storage.size(PACK)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_large_object_goes_in_parts_and_reads_back_whole() {
        var settings = Opening.settings(Map.of());
        S3Address address = S3Address.parse(server.endpoint() + "/" + Opening.newBucket());
        int part = 5 << 20;
        try (Storage storage = new S3Storage(address, S3Options.of(address, settings), settings, part, part)) {
            storage.create();
            byte[] large = new byte[2 * part + 12_345];
            new Random(3).nextBytes(large);
            ObjectKey key = ObjectKey.of(ObjectType.PACK, ObjectId.hash(large));
            storage.write(key, large);
            assertThat(storage.size(key)).isEqualTo(large.length);
            assertThat(ObjectId.hash(storage.readAll(key)).hex()).isEqualTo(key.name());
        }
    }
}
