package dev.reprise.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.setup.Purpose;
import dev.reprise.testkit.store.StoreCredentials;
import dev.reprise.testkit.store.StoreProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

/// A store that enforces the statements the doctor prints, with everybody as their principal: one who may nothing else
/// has these rights and no others.
@Tag("long")
class PrintedPolicyTest {
    private static int buckets;

    private static StoreProcess store;

    private String bucket = "";

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        store = StoreProcess.start(StoreProcess.Kind.SEAWEEDFS, folder);
        try (Storage storage = open("first", Map.of())) {
            // A server of several parts answers before all of them are there.
            Awaitility.await().atMost(Duration.ofSeconds(60)).ignoreExceptions().untilAsserted(() -> {
                storage.create();
                store(storage, ObjectType.PACK);
            });
        }
    }

    @AfterAll
    static void stop() {
        store.close();
    }

    private static S3Storage open(String place, Map<String, String> variables) {
        S3Address address = S3Address.parse(store.endpoint() + "/" + place);
        var settings = Opening.settings(InstantSource.system(), Map.of(), variables);
        return new S3Storage(address, S3Options.of(address, settings), settings);
    }

    @BeforeEach
    void fill() {
        buckets++;
        bucket = "policy-" + buckets;
        try (Storage admin = open(bucket + "/mine", Map.of())) {
            admin.create();
            admin.write(ObjectKey.CONFIG, "config".getBytes(StandardCharsets.UTF_8));
        }
    }

    /// What is printed, for this bucket.
    private void allow(Purpose purpose) {
        S3Address address = S3Address.parse(store.endpoint() + "/" + bucket + "/mine");
        var settings = Opening.settings(Map.of());
        String printed = new S3Policy(address, S3Options.of(address, settings), purpose).text();
        String everybody = printed.replace("\"Effect\": \"Allow\",", "\"Effect\": \"Allow\", \"Principal\": \"*\",");
        try (var admin = new S3Connection(address, S3Options.of(address, settings), settings)) {
            admin.client().putBucketPolicy(request -> request.bucket(bucket).policy(everybody));
            admin.client()
                    .putObject(
                            request -> request.bucket(bucket).key("others/secret"),
                            RequestBody.fromString("not yours"));
        }
    }

    private static ObjectKey store(Storage storage, ObjectType type) {
        byte[] content = type.name().getBytes(StandardCharsets.UTF_8);
        ObjectKey key = ObjectKey.of(type, ObjectId.hash(content));
        storage.write(key, content);
        return key;
    }

    private static void denied(ThrowingCallable attempt) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DENIED));
    }

    @Test
    void a_backup_can_do_all_it_must_and_remove_only_what_passes() {
        allow(Purpose.BACKUP);
        try (Storage mine = open(bucket + "/mine", Map.of("AWS_ACCESS_KEY_ID", StoreCredentials.LIMITED))) {
            assertThat(mine.size(ObjectKey.CONFIG)).isEqualTo(6);
            for (ObjectType type : ObjectType.values()) {
                if (type == ObjectType.CONFIG) {
                    continue;
                }
                ObjectKey key = store(mine, type);
                assertThat(mine.readAll(key)).isEqualTo(type.name().getBytes(StandardCharsets.UTF_8));
                List<ObjectKey> listed = new ArrayList<>();
                mine.list(type, object -> listed.add(object.key()));
                assertThat(listed).containsExactly(key);
                if (type == ObjectType.LOCK || type == ObjectType.PARTIAL) {
                    mine.delete(key);
                    assertThat(mine.size(key)).as("%s", type).isEqualTo(-1);
                } else {
                    denied(() -> mine.delete(key));
                    assertThat(mine.size(key)).as("%s", type).isPositive();
                }
            }
        }
    }

    @Test
    void what_lies_beside_the_prefix_is_out_of_reach() {
        allow(Purpose.PRUNE);
        try (Storage others = open(bucket + "/others", Map.of("AWS_ACCESS_KEY_ID", StoreCredentials.LIMITED))) {
            denied(() -> store(others, ObjectType.PACK));
            denied(() -> others.list(ObjectType.KEY, _ -> {}));
            denied(() -> others.delete(ObjectKey.CONFIG));
        }
    }

    @Test
    void a_restore_reads_and_a_prune_removes() {
        allow(Purpose.RESTORE);
        try (Storage mine = open(bucket + "/mine", Map.of("AWS_ACCESS_KEY_ID", StoreCredentials.LIMITED))) {
            assertThat(mine.readAll(ObjectKey.CONFIG)).hasSize(6);
            denied(() -> store(mine, ObjectType.LOCK));
            denied(() -> mine.delete(ObjectKey.CONFIG));
            allow(Purpose.PRUNE);
            ObjectKey key = store(mine, ObjectType.PACK);
            mine.delete(key);
            assertThat(mine.size(key)).isEqualTo(-1);
        }
    }
}
