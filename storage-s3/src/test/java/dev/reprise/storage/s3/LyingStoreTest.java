package dev.reprise.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.storage.immutability.AttackVerdict;
import dev.reprise.storage.immutability.AttackVerdict.Answer;
import dev.reprise.storage.immutability.AttackVerdict.Attempt;
import dev.reprise.storage.immutability.AttackVerdict.Effect;
import dev.reprise.storage.immutability.Immutability;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.testkit.store.StoreProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Moto takes a retention and lets it be shortened: the probe must name it.
@Tag("long")
class LyingStoreTest {
    @TempDir
    private Path folder;

    @Test
    void a_store_that_lets_a_retention_be_shortened_is_named() {
        PlaceSettings settings = Opening.settings(Map.of("s3.object-lock", "compliance", "s3.retain-days", "1"));
        try (StoreProcess moto = StoreProcess.start(StoreProcess.Kind.MOTO, folder)) {
            S3Address address = S3Address.parse(moto.endpoint() + "/" + Opening.newBucket());
            try (var storage = new S3Storage(address, S3Options.of(address, settings), settings)) {
                storage.create();
                Immutability immutability = Objects.requireNonNull(storage.capability(Immutability.class));
                AttackVerdict verdict = immutability.attack(Duration.ofMinutes(2));
                assertThat(verdict.answer()).isEqualTo(Answer.LIES);
                assertThat(verdict.attempts(Effect.DONE))
                        .extracting(Attempt::what)
                        .contains("shorten its retention", "weaken its retention to governance");
            }
        }
    }
}
