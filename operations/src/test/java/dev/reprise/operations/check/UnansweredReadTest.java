package dev.reprise.operations.check;

import static dev.reprise.operations.restore.SampleRepository.dir;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.check.CheckListener.CheckEvent;
import dev.reprise.operations.restore.SampleRepository;
import dev.reprise.repository.Repository;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.faults.FaultyStorage;
import dev.reprise.storage.faults.FaultyStorage.Operation;
import dev.reprise.storage.memory.MemoryStorage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A storage that does not answer says nothing about what it holds.
class UnansweredReadTest {
    private final MemoryStorage place = new MemoryStorage();
    private final FaultyStorage storage = new FaultyStorage(place, 1);
    private final List<CheckEvent> events = new ArrayList<>();
    private Repository repository;
    private ObjectId root = ObjectId.NULL;

    @BeforeEach
    void create() {
        try (var sample = new SampleRepository(place)) {
            root = sample.tree(dir("a", sample.tree(sample.file("deep.txt", "deep"))), sample.file("one", "content"));
            sample.snapshot(root);
            sample.finish();
        }
        repository = SampleRepository.openAlone(storage);
    }

    @AfterEach
    void close() {
        repository.close();
    }

    private CheckResult check() {
        events.clear();
        return new RepositoryCheck(repository, events::add).run(true, 1);
    }

    private List<String> defects() {
        return events.stream()
                .filter(CheckEvent.Defect.class::isInstance)
                .map(event -> ((CheckEvent.Defect) event).fact())
                .toList();
    }

    /// Paths of the objects a whole check reads, in its order.
    private List<String> reads() {
        int before = storage.history().size();
        assertThat(check().defects()).isZero();
        return storage.history().subList(before, storage.history().size()).stream()
                .filter(event -> event.operation() == Operation.READ)
                .map(FaultyStorage.Event::path)
                .toList();
    }

    @Test
    void a_pack_that_is_read_when_asked_again_is_good() {
        List<String> reads = reads();
        storage.on(Operation.READ).nth(reads.size()).fail(Kind.UNREACHABLE);

        CheckResult result = check();

        assertThat(storage.count(Operation.READ)).isGreaterThan(2L * reads.size());
        assertThat(defects()).isEmpty();
        assertThat(result.packsRead()).isEqualTo(2);
    }

    @Test
    void a_pack_that_is_not_answered_twice_is_not_called_broken() {
        List<String> reads = reads();
        storage.on(Operation.READ).nth(reads.size()).fail(Kind.UNREACHABLE);
        storage.on(Operation.READ).nth(reads.size()).fail(Kind.UNREACHABLE); // the next one: the first has thrown

        CheckResult result = check();

        assertThat(defects())
                .singleElement()
                .asString() // which pack is read last is not told
                .matches("pack ([0-9a-f]{64}) could not be read: READ data/../\\1 was made to fail.*");
        assertThat(result.unanswered()).isEqualTo(1);
        assertThat(result.brokenPacks()).isEmpty();
        assertThat(result.affectedSnapshots()).isEmpty();
        assertThat(result.needsIndexRepair()).isFalse();
    }

    @Test
    void a_tree_that_is_not_answered_is_not_called_damaged() {
        List<String> reads = reads();
        int first = 1;
        while (!reads.get(first - 1).startsWith("data/")) {
            first++;
        }
        storage.on(Operation.READ).nth(first).fail(Kind.THROTTLED);

        CheckResult result = check();

        assertThat(defects())
                .hasSize(1)
                .first()
                .asString()
                .startsWith("tree " + root.hex() + ", the root of snapshot ")
                .contains(", could not be read: ");
        assertThat(result.unanswered()).isEqualTo(1);
        assertThat(result.affectedSnapshots()).isEmpty();
        assertThat(result.lostTrees()).isFalse();
    }

    @Test
    void blobs_of_a_broken_pack_are_not_called_lost_while_nothing_answers() {
        List<String> reads = reads();
        ObjectKey pack = new ObjectKey(ObjectType.PACK, reads.getLast().replaceFirst(".*/", ""));
        byte[] content = place.readAll(pack);
        place.delete(pack);
        place.write(pack, java.util.Arrays.copyOf(content, content.length + 1));
        int before = reads.indexOf(reads.stream()
                .filter(path -> path.startsWith("data/"))
                .findFirst()
                .orElseThrow());
        storage.on(Operation.READ).nth(before + 1).fail(Kind.UNREACHABLE);

        CheckResult result = check();

        assertThat(result.brokenPacks()).extracting(ObjectId::hex).containsExactly(pack.name());
        assertThat(defects())
                .anyMatch(fact -> fact.startsWith("which blobs of pack " + pack.name() + " can be read is not known"));
        assertThat(result.unanswered()).isEqualTo(1);
        assertThat(result.affectedSnapshots()).isEmpty();
    }
}
