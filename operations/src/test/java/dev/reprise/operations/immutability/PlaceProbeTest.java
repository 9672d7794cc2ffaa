package dev.reprise.operations.immutability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.Secret;
import dev.reprise.operations.immutability.ImmutabilityFinding.Verdict;
import dev.reprise.operations.immutability.ImmutabilityMemory.PointEnd;
import dev.reprise.operations.point.RunId;
import dev.reprise.repository.Repository;
import dev.reprise.repository.cache.CacheFolders;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.immutability.AttackVerdict;
import dev.reprise.storage.immutability.CreateOnlyVerdict;
import dev.reprise.storage.memory.MemoryStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// When places are asked, what is remembered, and what it is called.
class PlaceProbeTest {
    private static final Instant NOW = Instant.parse("2026-11-21T03:00:00Z");
    private static final InstantSource CLOCK = InstantSource.fixed(NOW);
    private static final String ID = "ab".repeat(32);

    @TempDir
    private Path folder;

    private final KeepingStorage place = new KeepingStorage(CLOCK);
    private final PlaceProbe probe = new PlaceProbe(CLOCK);

    @ParameterizedTest
    @CsvSource({"PT0S, false", "P6D, false", "P7D, true", "P300D, true", "PT-1S, true"})
    void a_place_is_asked_every_week_and_times_to_come_are_not_believed(Duration age, boolean due) {
        assertThat(probe.isDue(Optional.of(NOW.minus(age)))).isEqualTo(due);
    }

    @Test
    void one_that_was_never_asked_is_due() {
        assertThat(probe.isDue(Optional.empty())).isTrue();
    }

    @Test
    void a_place_that_holds_its_promises_has_no_faults() {
        ProbeResult result = probe.run(place).orElseThrow();
        assertThat(result).isEqualTo(new ProbeResult(NOW, "atomic", "kept", List.of()));
        assertThat(result.keepsItsWord()).isTrue();
    }

    @Test
    void lies_are_named_with_what_was_allowed() {
        place.attack = AttackVerdict.Answer.LIES;
        place.createOnly = CreateOnlyVerdict.Answer.RACY;
        ProbeResult result = probe.run(place).orElseThrow();
        assertThat(result.keepsItsWord()).isFalse();
        assertThat(result.faults())
                .containsExactly(
                        "its create-only writes are not atomic: 3 of 8 writers who each wanted to be the first were told they were",
                        "it LIES about keeping objects: it let us delete its version");
    }

    @Test
    void nothing_is_attacked_where_uploads_ask_for_nothing() {
        place.promise = null;
        place.attack = AttackVerdict.Answer.LIES;
        assertThat(probe.run(place).orElseThrow().objectLock()).isEmpty();
    }

    @Test
    void places_that_promise_nothing_are_not_asked() {
        assertThat(probe.run(new MemoryStorage())).isEmpty();
    }

    @Test
    void what_was_found_out_is_remembered() {
        var folders = new CacheFolders(folder, CLOCK);
        var run = RunId.random(new SecureRandom());
        ProbeResult result = probe.run(place).orElseThrow();
        assertThat(ImmutabilityMemory.of(folders, ID).remember(result)).isEmpty();
        assertThat(ImmutabilityMemory.of(folders, ID).remember(Map.of(run, new PointEnd(null, NOW)), NOW))
                .isEmpty();
        ImmutabilityMemory memory = ImmutabilityMemory.of(folders, ID);
        assertThat(memory.probed()).contains(result);
        assertThat(memory.point(run)).contains(new PointEnd(null, NOW));
        assertThat(memory.point(RunId.random(new SecureRandom()))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{\"format\":1,\"probe\":{\"at\":\"soon\"}}",
                "{\"format\":1,\"looked\":\"2026-11-21T03:00:00Z\",\"points\":{\"a\":\"never\"}}",
                "{\"format\":1,\"probe\":{},\"points\":null}",
                "{\"format\":2,\"probe\":{\"at\":\"2026-11-21T03:00:00Z\"}}"
            })
    void damaged_memories_are_forgotten(String text) throws IOException {
        Files.writeString(Files.createDirectory(folder.resolve(ID)).resolve("immutability.json"), text);
        ImmutabilityMemory memory = ImmutabilityMemory.of(new CacheFolders(folder, CLOCK), ID);
        assertThat(memory.probed()).isEmpty();
        assertThat(memory.knowsPoints()).isFalse();
    }

    @Test
    void without_a_place_for_caches_nothing_is_remembered() {
        ImmutabilityMemory memory = ImmutabilityMemory.of(null, ID);
        assertThat(memory.isKept()).isFalse();
        assertThat(memory.remember(probe.run(place).orElseThrow())).isNotEmpty();
    }

    private ImmutabilityFinding check() {
        try (Repository repository = Repository.init(
                place,
                Secret.of("test"),
                new Repository.InitOptions(2, null, new ScryptParameters(2, 8, 1)),
                new SecureRandom(),
                CLOCK)) {
            place.ends.keySet().removeIf(key -> key.equals(ObjectKey.CONFIG) && forgetsConfig);
            return new ImmutabilityCheck(repository, CLOCK, new Random(1)).run();
        }
    }

    private boolean forgetsConfig;

    @ParameterizedTest
    @CsvSource({"KEPT, IMMUTABLE", "LIES, LIES", "OPEN, OPEN", "UNSUPPORTED, NEVER"})
    void the_check_says_what_the_attack_came_to(AttackVerdict.Answer answer, Verdict verdict) {
        place.attack = answer;
        assertThat(check().verdict()).isEqualTo(verdict);
    }

    @Test
    void real_objects_that_are_not_kept_fail_the_check() {
        forgetsConfig = true;
        ImmutabilityFinding finding = check();
        assertThat(finding.verdict()).isEqualTo(Verdict.UNLOCKED);
        assertThat(finding.looked().examples()).containsExactly("config");
        assertThat(finding.looked().objects()).isEqualTo(2);
    }

    @Test
    void a_place_that_does_not_answer_gets_no_verdict() {
        place.silent = true;
        assertThatThrownBy(this::check).isInstanceOf(StorageException.class);
    }
}
