package dev.reprise.storage.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.faults.FaultyStorage.Event;
import dev.reprise.storage.faults.FaultyStorage.Operation;
import dev.reprise.storage.memory.MemoryStorage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FaultyStorageTest {
    private static final byte[] CONTENT = new byte[1000];
    private static final ObjectKey PACK = ObjectKey.of(ObjectType.PACK, ObjectId.hash(CONTENT));

    private final MemoryStorage memory = new MemoryStorage();
    private final FaultyStorage faulty = new FaultyStorage(memory, 42);

    private static Kind kindOf(Runnable action) {
        try {
            action.run();
        } catch (StorageException e) {
            return e.kind();
        }
        throw new AssertionError("should have failed");
    }

    @Test
    void the_chosen_occurrence_fails_and_no_other() {
        faulty.write(PACK, CONTENT);
        faulty.on(Operation.READ).nth(2).fail(Kind.UNREACHABLE);
        assertThat(faulty.readAll(PACK)).isEqualTo(CONTENT);
        assertThat(kindOf(() -> faulty.readAll(PACK))).isEqualTo(Kind.UNREACHABLE);
        assertThat(faulty.readAll(PACK)).isEqualTo(CONTENT);
    }

    @Test
    void a_place_that_died_stays_dead_until_it_is_healed() {
        faulty.on(Operation.SIZE, Operation.DELETE).from(2).fail(Kind.THROTTLED);
        faulty.delete(PACK);
        assertThat(kindOf(() -> faulty.delete(PACK))).isEqualTo(Kind.THROTTLED);
        assertThat(kindOf(() -> faulty.size(PACK))).isEqualTo(Kind.THROTTLED);
        faulty.heal();
        assertThat(faulty.size(PACK)).isEqualTo(-1);
    }

    @Test
    void a_commit_that_fails_stores_nothing() {
        faulty.on(Operation.COMMIT).fail(Kind.UNREACHABLE);
        assertThat(kindOf(() -> faulty.write(PACK, CONTENT))).isEqualTo(Kind.UNREACHABLE);
        assertThat(memory.size(PACK)).isEqualTo(-1);
    }

    @Test
    void a_commit_whose_answer_is_lost_has_stored() {
        faulty.on(Operation.COMMIT).nth(1).failAfterwards(Kind.UNREACHABLE);
        assertThat(kindOf(() -> faulty.write(PACK, CONTENT))).isEqualTo(Kind.UNREACHABLE);
        assertThat(memory.readAll(PACK)).isEqualTo(CONTENT);
    }

    @Test
    void a_place_without_space_takes_what_fits_and_then_fails() {
        faulty.leaveSpace(1500);
        faulty.write(PACK, CONTENT);
        try (var draft = faulty.draft(ObjectType.PACK)) {
            assertThat(kindOf(() -> draft.append(CONTENT, 0, 1000))).isEqualTo(Kind.FULL);
            assertThat(kindOf(() -> draft.append(CONTENT, 0, 1))).isEqualTo(Kind.FULL);
        }
        faulty.heal();
        faulty.write(ObjectKey.CONFIG, CONTENT);
        assertThat(memory.size(ObjectKey.CONFIG)).isEqualTo(1000);
    }

    @Test
    void exactly_one_bit_flips_while_reading_and_the_object_stays_whole() {
        faulty.write(PACK, CONTENT);
        faulty.on(Operation.READ).nth(1).flip();
        assertThat(BitSet.valueOf(faulty.readAll(PACK)).cardinality()).isEqualTo(1);
        assertThat(faulty.readAll(PACK)).isEqualTo(CONTENT);
    }

    @Test
    void exactly_one_bit_flips_while_writing_and_the_caller_keeps_its_bytes() {
        faulty.on(Operation.APPEND).nth(1).flip();
        faulty.write(PACK, CONTENT);
        assertThat(BitSet.valueOf(memory.readAll(PACK)).cardinality()).isEqualTo(1);
        assertThat(CONTENT).containsOnly(0);
    }

    @Test
    void a_cut_body_ends_early_without_a_word() {
        faulty.write(PACK, CONTENT);
        faulty.on(Operation.READ).cut();
        assertThat(faulty.readAll(PACK).length).isLessThan(1000);
    }

    @Test
    void one_seed_gives_the_same_faults_in_every_run() {
        assertThat(flipped(7)).isEqualTo(flipped(7)).isNotEqualTo(CONTENT);
        assertThat(flipped(8)).isNotEqualTo(flipped(7));
    }

    private static byte[] flipped(long seed) {
        var storage = new FaultyStorage(new MemoryStorage(), seed);
        storage.write(PACK, CONTENT);
        storage.on(Operation.READ).flip();
        return storage.readAll(PACK);
    }

    @Test
    void a_slow_place_waits_by_the_clock_it_was_given() {
        var waited = new ArrayList<Duration>();
        faulty.on(Operation.SIZE).slow(Duration.ofSeconds(30), waited::add);
        faulty.size(PACK);
        faulty.size(PACK);
        assertThat(waited).containsExactly(Duration.ofSeconds(30), Duration.ofSeconds(30));
    }

    @Test
    void a_frozen_operation_goes_on_when_it_is_thawed() {
        Freeze freeze = faulty.on(Operation.COMMIT).nth(1).freeze();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> faulty.write(PACK, CONTENT));
        freeze.awaitReached();
        assertThat(memory.size(PACK)).isEqualTo(-1);
        assertThat(writing).isNotDone();
        freeze.thaw();
        writing.join();
        assertThat(memory.size(PACK)).isEqualTo(1000);
    }

    @Test
    void healing_thaws_everything() {
        faulty.write(PACK, CONTENT);
        Freeze freeze = faulty.on(Operation.DELETE).freeze();
        CompletableFuture<Void> deleting = CompletableFuture.runAsync(() -> faulty.delete(PACK));
        freeze.awaitReached();
        faulty.heal();
        deleting.join();
        assertThat(memory.size(PACK)).isEqualTo(-1);
    }

    @Test
    void a_draft_of_contents_fails_as_any_other() {
        faulty.on(Operation.DRAFT).nth(2).fail(Kind.UNREACHABLE);
        faulty.contentDraft().close();
        assertThat(kindOf(() -> faulty.contentDraft().close())).isEqualTo(Kind.UNREACHABLE);
        assertThat(faulty.count(Operation.DRAFT)).isEqualTo(2);
    }

    @Test
    void the_history_tells_what_was_asked_for_in_order() {
        faulty.on(Operation.SIZE).fail(Kind.OTHER);
        faulty.write(PACK, CONTENT);
        assertThat(kindOf(() -> faulty.size(PACK))).isEqualTo(Kind.OTHER);
        assertThat(faulty.history())
                .containsExactly(
                        new Event(Operation.DRAFT, "data"),
                        new Event(Operation.APPEND, "data"),
                        new Event(Operation.COMMIT, PACK.path()),
                        new Event(Operation.SIZE, PACK.path()));
        assertThat(faulty.count(Operation.APPEND)).isEqualTo(1);
    }
}
