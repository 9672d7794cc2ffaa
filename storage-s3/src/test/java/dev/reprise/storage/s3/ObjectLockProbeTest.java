package dev.reprise.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.immutability.AttackVerdict;
import dev.reprise.storage.immutability.AttackVerdict.Answer;
import dev.reprise.storage.immutability.AttackVerdict.Attempt;
import dev.reprise.storage.immutability.AttackVerdict.Effect;
import dev.reprise.storage.immutability.Immutability;
import dev.reprise.storage.s3.LockingStub.Way;
import dev.reprise.storage.url.PlaceSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is said of stores that keep their word, and of those that do not.
class ObjectLockProbeTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Map<String, String> COMPLIANCE =
            Map.of("s3.object-lock", "compliance", "s3.retain-days", "30");
    private static final Map<String, String> GOVERNANCE =
            Map.of("s3.object-lock", "governance", "s3.retain-days", "30");

    private final LockingStub store = new LockingStub(NOW);
    private final StubServer server = new StubServer();

    @AfterEach
    void stop() {
        server.close();
    }

    private Storage open(Map<String, String> options) {
        server.answers(store);
        PlaceSettings settings = Opening.settings(InstantSource.fixed(NOW), options, Map.of());
        return new S3Place().open("http://127.0.0.1:" + server.port() + "/bucket/p", settings);
    }

    private static Immutability immutability(Storage storage) {
        return Objects.requireNonNull(storage.capability(Immutability.class));
    }

    private AttackVerdict attacked(Map<String, String> options) {
        try (Storage storage = open(options)) {
            return immutability(storage).attack(HOUR);
        }
    }

    private static List<String> what(AttackVerdict verdict, Effect effect) {
        return verdict.attempts(effect).stream().map(Attempt::what).toList();
    }

    @Test
    void a_store_that_keeps_its_word_passes_and_a_marker_is_no_refusal() {
        AttackVerdict verdict = attacked(COMPLIANCE);
        assertThat(verdict.answer()).isEqualTo(Answer.KEPT);
        assertThat(what(verdict, Effect.REFUSED))
                .containsExactly(
                        "shorten its retention",
                        "weaken its retention to governance",
                        "remove its retention",
                        "delete its version",
                        "delete its version by bypassing governance");
        assertThat(what(verdict, Effect.SURVIVED)).containsExactly("overwrite it", "delete it");
        assertThat(verdict.attempts(Effect.REFUSED))
                .allMatch(attempt -> attempt.said().equals("403 AccessDenied"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            LETS_SHORTEN  | compliance | LIES        | shorten its retention
            LETS_SHORTEN  | governance | LIES        | shorten its retention
            LETS_DELETE   | compliance | LIES        | delete its version
            LETS_DELETE   | governance | LIES        | delete its version
            IGNORES_LOCKS | compliance | LIES        | have an object kept
            NO_VERSIONS   | compliance | LIES        | overwrite it
            LETS_BYPASS   | governance | OPEN        | delete its version by bypassing governance
            LETS_BYPASS   | compliance | KEPT        |
            REFUSES_LOCKS | compliance | OPEN        |
            KNOWS_NO_LOCKS| compliance | UNSUPPORTED |
            INSISTS_ON_DAYS | compliance | KEPT      |
            """)
    void the_verdict_names_what_was_allowed(Way way, String mode, Answer answer, String allowed) {
        store.with(way);
        AttackVerdict verdict = attacked(mode.equals("compliance") ? COMPLIANCE : GOVERNANCE);
        assertThat(verdict.answer()).as("%s", verdict).isEqualTo(answer);
        if (allowed == null) {
            assertThat(what(verdict, Effect.DONE)).isEmpty();
        } else {
            assertThat(what(verdict, Effect.DONE)).contains(allowed);
        }
    }

    @Test
    void governance_is_no_promise_against_those_who_may_bypass_it() {
        store.with(Way.LETS_BYPASS);
        AttackVerdict verdict = attacked(GOVERNANCE);
        assertThat(what(verdict, Effect.DONE))
                .containsExactly(
                        "shorten its retention by bypassing governance",
                        "remove its retention",
                        "delete its version by bypassing governance");
        assertThat(what(verdict, Effect.REFUSED)).containsExactly("shorten its retention", "delete its version");
    }

    @Test
    void where_nothing_is_asked_for_and_nothing_kept_nothing_lies() {
        AttackVerdict verdict = attacked(Map.of());
        assertThat(verdict.answer()).isEqualTo(Answer.OPEN);
        assertThat(what(verdict, Effect.DONE)).containsExactly("delete its version");
        assertThat(verdict.detail()).contains("which is not kept");
    }

    @Test
    void what_a_bucket_keeps_by_itself_counts_as_well() {
        store.with(Way.LOCKS_BY_DEFAULT);
        AttackVerdict verdict = attacked(Map.of());
        assertThat(verdict.answer()).as("%s", verdict).isEqualTo(Answer.KEPT);
        assertThat(verdict.detail()).contains("in COMPLIANCE mode");
    }

    @Test
    void a_store_that_is_busy_gets_no_verdict() {
        store.with(Way.BUSY_WHEN_ATTACKED);
        assertThatThrownBy(() -> attacked(COMPLIANCE))
                .isInstanceOfSatisfying(
                        StorageException.class,
                        failure -> assertThat(failure.retryable()).isTrue());
    }

    /// Amazon leaves retentions out for those who may not see them.
    @Test
    void credentials_that_may_not_see_retentions_are_no_lie_of_the_store() {
        store.with(Way.HIDES_RETENTION);
        assertThatThrownBy(() -> attacked(COMPLIANCE))
                .isInstanceOfSatisfying(
                        StorageException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(StorageException.Kind.DENIED));
    }

    @Test
    void a_retention_is_extended_and_never_shortened() {
        byte[] content = {1, 2, 3};
        ObjectKey pack = ObjectKey.of(ObjectType.PACK, ObjectId.hash(content));
        try (Storage storage = open(GOVERNANCE)) {
            storage.write(pack, content);
            Immutability place = immutability(storage);
            assertThat(place.retainedUntil(pack)).isEqualTo(NOW.plus(Duration.ofDays(30)));
            place.retainUntil(pack, NOW.plus(Duration.ofDays(40)));
            place.retainUntil(pack, NOW.plus(Duration.ofDays(10)));
            assertThat(place.retainedUntil(pack)).isEqualTo(NOW.plus(Duration.ofDays(40)));
        }
    }

    @Test
    void a_bucket_is_looked_at_as_it_was_before_it_was_overwritten_and_emptied() {
        byte[] content = "what was saved".getBytes(StandardCharsets.UTF_8);
        byte[] garbage = "what a thief put there instead".getBytes(StandardCharsets.UTF_8);
        ObjectKey pack = ObjectKey.of(ObjectType.PACK, ObjectId.hash(content));
        ObjectKey other = ObjectKey.of(ObjectType.PACK, ObjectId.hash(garbage));
        ObjectKey snapshot = ObjectKey.of(ObjectType.SNAPSHOT, ObjectId.hash(content));
        try (Storage storage = open(COMPLIANCE)) {
            storage.write(pack, content);
            storage.write(snapshot, content);
            store.at(NOW.plusSeconds(3600));
            storage.write(pack, garbage);
            storage.write(other, garbage);
            storage.delete(snapshot);
            assertThat(storage.size(snapshot)).isEqualTo(-1);
        }
        try (Storage past = open(Map.of("s3.as-of", "2026-11-21T12:30:00Z"))) {
            assertThat(past.readAll(pack)).isEqualTo(content);
            assertThat(past.size(pack)).isEqualTo(content.length);
            assertThat(past.size(other)).isEqualTo(-1);
            var found = new ArrayList<Storage.StoredObject>();
            past.list(ObjectType.SNAPSHOT, found::add);
            assertThat(found).containsExactly(new Storage.StoredObject(snapshot, content.length));
            assertThatThrownBy(() -> past.readAll(other)).hasMessageContaining("it was not there at");
            assertThatThrownBy(() -> past.delete(pack)).hasMessageContaining("as of 2026-11-21T12:30:00Z");
            assertThatThrownBy(() -> past.write(pack, content)).isInstanceOf(StorageException.class);
        }
    }

    @Test
    void a_moment_that_is_none_is_refused() {
        assertThatThrownBy(() -> open(Map.of("s3.as-of", "yesterday"))).hasMessageContaining("yesterday");
    }
}
