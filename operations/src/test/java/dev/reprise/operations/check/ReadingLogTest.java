package dev.reprise.operations.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Secret;
import dev.reprise.repository.Repository;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.faults.FaultyStorage;
import dev.reprise.storage.faults.FaultyStorage.Operation;
import dev.reprise.storage.memory.MemoryStorage;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReadingLogTest {
    private static final Instant NOW = Instant.parse("2026-11-22T03:00:00Z");
    private static final ObjectId A = ObjectId.hash(new byte[] {1});
    private static final ObjectId B = ObjectId.hash(new byte[] {2});

    private final FaultyStorage storage = new FaultyStorage(new MemoryStorage(), 1);
    private final Repository repository = Repository.init(
            storage,
            Secret.of("test"),
            new Repository.InitOptions(2, null, new ScryptParameters(2, 8, 1)),
            new SecureRandom(),
            InstantSource.fixed(NOW));

    @Test
    void a_place_that_lets_nobody_delete_keeps_every_reading() {
        storage.on(Operation.DELETE).from(1).fail(Kind.DENIED);
        note(A);
        note(B);
        assertThat(documents()).isEqualTo(2);
        assertThat(ReadingLog.load(repository, NOW)
                        .coverage(Map.of(A, 1L, B, 1L), null)
                        .coveredPacks())
                .isEqualTo(2);
    }

    @Test
    void a_place_that_does_not_answer_is_no_such_place() {
        note(A);
        storage.on(Operation.DELETE).from(1).fail(Kind.UNREACHABLE);
        assertThatThrownBy(() -> note(B)).isInstanceOf(StorageException.class);
    }

    private void note(ObjectId pack) {
        ReadingLog.load(repository, NOW).save(List.of(pack), Set.of(A, B));
    }

    private int documents() {
        var count = new AtomicInteger();
        storage.list(ObjectType.READINGS, object -> count.incrementAndGet());
        return count.get();
    }
}
