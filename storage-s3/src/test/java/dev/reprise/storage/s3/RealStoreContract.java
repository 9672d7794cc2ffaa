package dev.reprise.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.immutability.AttackVerdict;
import dev.reprise.storage.immutability.AttackVerdict.Effect;
import dev.reprise.storage.immutability.CreateOnlyVerdict;
import dev.reprise.storage.immutability.Immutability;
import dev.reprise.storage.suite.StorageContract;
import dev.reprise.storage.suite.Storm;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.testkit.store.StoreCredentials;
import dev.reprise.testkit.store.StoreProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The contract, and what is beside it, with a real server.
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RealStoreContract extends StorageContract {
    private static final byte[] CONTENT = {1, 2, 3};
    private static final ObjectKey PACK = ObjectKey.of(ObjectType.PACK, ObjectId.hash(CONTENT));

    private StoreProcess store;
    private String place = "";

    /// Starts the server.
    abstract StoreProcess start(Path folder);

    @BeforeAll
    void startStore(@TempDir Path folder) {
        store = start(folder);
        try (Storage storage = open(Opening.newBucket(), Map.of())) {
            // A server of several parts answers before all of them are there.
            Awaitility.await().atMost(Duration.ofSeconds(60)).ignoreExceptions().untilAsserted(() -> {
                storage.create();
                storage.write(PACK, CONTENT);
            });
        }
    }

    @AfterAll
    void stopStore() {
        store.close();
    }

    private S3Storage open(String place, Map<String, String> options) {
        PlaceSettings settings = Opening.settings(options);
        return Opening.at(store.endpoint(), place, settings);
    }

    @Override
    protected Storage open() {
        place = Opening.newBucket() + "/some/prefix";
        return open(place, Map.of());
    }

    @Override
    protected boolean plant(String path, byte[] content) {
        String bucket = place.substring(0, place.indexOf('/'));
        Opening.plant(store.endpoint(), bucket, "some/prefix/" + path, content);
        return true;
    }

    @Override
    protected Storage secondHandle(Storage storage) {
        return open(place, Map.of("s3.list-objects-v1", "true"));
    }

    @Override
    protected List<String> credentials() {
        return List.of(StoreCredentials.KEY, StoreCredentials.SECRET);
    }

    /// In a bucket with Object Lock, where some have got it wrong.
    S3Storage locking() {
        return locking("governance");
    }

    static Immutability immutability(Storage storage) {
        return Objects.requireNonNull(storage.capability(Immutability.class));
    }

    @Test
    void of_sixteen_writers_one_creates() {
        try (Storage storage = locking()) {
            for (int round = 0; round < 10; round++) {
                CreateOnlyVerdict verdict = immutability(storage).probeCreateOnly(16);
                assertThat(verdict.answer()).as("%s", verdict).isEqualTo(CreateOnlyVerdict.Answer.ATOMIC);
            }
        }
    }

    private S3Storage locking(String mode) {
        S3Storage storage = open(Opening.newBucket() + "/kept", Map.of("s3.object-lock", mode, "s3.retain-days", "1"));
        storage.create();
        return storage;
    }

    @Test
    void an_object_is_kept_against_every_attack() {
        try (Storage storage = locking("compliance")) {
            AttackVerdict verdict = immutability(storage).attack(Duration.ofMinutes(2));
            assertThat(verdict.answer()).as("%s", verdict).isEqualTo(AttackVerdict.Answer.KEPT);
            assertThat(verdict.attempts(Effect.DONE)).isEmpty();
            assertThat(verdict.attempts(Effect.REFUSED))
                    .extracting(AttackVerdict.Attempt::what)
                    .contains("shorten its retention", "remove its retention", "delete its version");
            assertThat(verdict.attempts(Effect.SURVIVED))
                    .extracting(AttackVerdict.Attempt::what)
                    .containsExactly("overwrite it", "delete it");
        }
    }

    /// The owner of the server may bypass governance, which is no lie.
    @Test
    void governance_holds_only_against_those_who_may_not_bypass_it() {
        try (Storage storage = locking("governance")) {
            AttackVerdict verdict = immutability(storage).attack(Duration.ofMinutes(2));
            assertThat(verdict.answer()).as("%s", verdict).isEqualTo(AttackVerdict.Answer.OPEN);
            assertThat(verdict.attempts(Effect.DONE))
                    .extracting(AttackVerdict.Attempt::what)
                    .contains("delete its version by bypassing governance")
                    .doesNotContain("shorten its retention", "delete its version");
        }
    }

    @Test
    void a_bucket_that_keeps_nothing_is_open() {
        try (S3Storage storage = open(Opening.newBucket() + "/open", Map.of())) {
            storage.create();
            AttackVerdict verdict = immutability(storage).attack(Duration.ofMinutes(2));
            assertThat(verdict.answer()).as("%s", verdict).isEqualTo(AttackVerdict.Answer.OPEN);
            assertThat(verdict.attempts(Effect.DONE)).isNotEmpty();
            assertThat(verdict.detail()).contains("is not kept");
        }
    }

    @Test
    void what_is_uploaded_is_kept_except_locks_and_longer_if_asked_for() {
        try (Storage storage = locking()) {
            storage.write(PACK, CONTENT);
            ObjectKey lock = ObjectKey.of(ObjectType.LOCK, ObjectId.hash(CONTENT));
            storage.write(lock, CONTENT);
            Immutability immutability = immutability(storage);
            assertThat(immutability.retainedUntil(lock)).isNull();
            Instant kept = Objects.requireNonNull(immutability.retainedUntil(PACK));
            assertThat(Duration.between(Instant.now(), kept)).isBetween(Duration.ofHours(23), Duration.ofHours(25));

            Instant longer = kept.plus(Duration.ofDays(3)).truncatedTo(ChronoUnit.SECONDS);
            immutability.retainUntil(PACK, longer);
            assertThat(immutability.retainedUntil(PACK)).isEqualTo(longer);
            immutability.retainUntil(PACK, kept);
            assertThat(immutability.retainedUntil(PACK)).isEqualTo(longer);
        }
    }

    @Test
    void deleting_hides_an_object_that_is_kept() {
        try (Storage storage = locking()) {
            storage.write(PACK, CONTENT);
            storage.delete(PACK);
            assertThat(storage.size(PACK)).isEqualTo(-1);
            storage.write(PACK, CONTENT);
            assertThat(storage.readAll(PACK)).isEqualTo(CONTENT);
        }
    }

    /// The same contract behind all wrappers, when the way to the server is bad.
    @Nested
    class UnderFaults extends StorageContract {
        @Override
        protected Storage open() {
            return Storm.over(RealStoreContract.this.open());
        }

        @Override
        protected boolean failsAtTimes() {
            return true;
        }
    }

    @Nested
    class HostileKeys extends HostileKeysContract {
        @Override
        StoreProcess store() {
            return store;
        }

        @Override
        Set<String> untaken() {
            return RealStoreContract.this.untaken();
        }
    }

    /// Keys of [HostileKeysContract] that this server refuses to store, or stores under another name or without
    /// its bytes.
    abstract Set<String> untaken();
}
