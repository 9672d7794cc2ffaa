package dev.reprise.operations.point;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.check.CheckListener;
import dev.reprise.operations.check.CheckListener.CheckEvent;
import dev.reprise.operations.check.PointCheck;
import dev.reprise.operations.copy.CopyListener;
import dev.reprise.operations.copy.SnapshotCopy;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.point.RecoveryPoint.Outcome;
import dev.reprise.operations.restore.SampleRepository;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.snapshot.SnapshotEdit;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.sources.Facts;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.memory.MemoryStorage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PointsTest {
    private static final Instant START = Instant.parse("2026-11-21T03:00:00Z");

    private final MemoryStorage storage = new MemoryStorage();
    private final List<ObjectId> damaged = new ArrayList<>();
    private SampleRepository sample;
    private Points points;
    private ObjectId tree;

    @BeforeEach
    void create() {
        sample = new SampleRepository(storage);
        tree = sample.tree(sample.file("a", "content"));
        sample.finish();
        points = new Points(sample.repository);
    }

    @AfterEach
    void close() {
        sample.close();
    }

    private RecoveryPoint save(String run, int minute, @Nullable ObjectId snapshot, String source) {
        Instant at = START.plusSeconds(60L * minute);
        var captured = new CapturedSource(
                source,
                "files",
                true,
                snapshot == null ? Outcome.FAILED : Outcome.CAPTURED,
                snapshot,
                snapshot == null ? null : tree,
                at,
                at,
                Facts.NONE,
                List.of(),
                0,
                0,
                0,
                List.of());
        var point = new RecoveryPoint(
                RecoveryPoint.FORMAT,
                new RunId(run),
                "reprise test",
                "nightly",
                "app1",
                at,
                at,
                List.of(captured),
                Map.of());
        points.save(point);
        return point;
    }

    private RecoveryPoint find(String wanted) {
        return points.find(wanted, point -> true, (id, _) -> damaged.add(id));
    }

    @Test
    void latest_is_the_newest_that_holds_what_is_wanted() {
        ObjectId snapshot = sample.snapshot(tree);
        RecoveryPoint older = save("aaaa000000000001", 1, snapshot, "db");
        RecoveryPoint newer = save("bbbb000000000001", 2, snapshot, "uploads");
        assertThat(find("latest")).isEqualTo(newer);
        assertThat(points.find("latest", point -> point.source("db").isPresent(), (_, _) -> {}))
                .isEqualTo(older);
    }

    @Test
    void a_prefix_names_one_point_or_is_refused() {
        ObjectId snapshot = sample.snapshot(tree);
        RecoveryPoint one = save("aaaa000000000001", 1, snapshot, "db");
        save("aaaa100000000001", 2, snapshot, "db");
        assertThat(find("aaaa0")).isEqualTo(one);
        assertThatThrownBy(() -> find("aaaa")).hasMessageContaining("2 recovery points begin with aaaa");
        assertThatThrownBy(() -> find("aaa")).hasMessageContaining("no recovery point fits \"aaa\" among 2");
        assertThatThrownBy(() -> find("ffff")).hasMessageContaining("no recovery point fits");
    }

    @Test
    void a_manifest_that_cannot_be_read_is_told_and_the_others_are_found() {
        ObjectId snapshot = sample.snapshot(tree);
        RecoveryPoint good = save("aaaa000000000001", 1, snapshot, "db");
        List<ObjectId> before = manifests();
        save("bbbb000000000001", 2, snapshot, "db");
        ObjectId spoiled = manifests().stream()
                .filter(id -> !before.contains(id))
                .findFirst()
                .orElseThrow();
        ObjectKey key = ObjectKey.of(ObjectType.POINT, spoiled);
        storage.delete(key);
        try (var draft = storage.draft(ObjectType.POINT)) {
            draft.append(new byte[100], 0, 100);
            draft.commit(spoiled.hex());
        }

        assertThat(find("latest")).isEqualTo(good);
        assertThat(damaged).containsExactly(spoiled);
        assertThatThrownBy(() -> find("bbbb")).hasMessageContaining("and 1 that cannot be read");
    }

    @Test
    void what_a_removal_would_take_away_is_told_before() {
        ObjectId one = sample.snapshot(tree);
        ObjectId two = sample.snapshot(sample.tree(sample.file("b", "other")));
        RecoveryPoint older = save("aaaa000000000001", 1, one, "db");
        save("bbbb000000000001", 2, two, "db");
        save("cccc000000000001", 3, null, "db");

        assertThat(points.losses(Set.of(one), (_, _) -> {}))
                .containsExactly(new Points.Loss(older, List.of("db"), true));
        assertThat(points.losses(Set.of(tree), (_, _) -> {})).isEmpty();
    }

    @Test
    void a_snapshot_that_was_tagged_still_counts_for_its_point() {
        ObjectId snapshot = sample.snapshot(tree);
        save("aaaa000000000001", 1, snapshot, "db");
        StoredSnapshot stored = sample.repository.snapshots((_, _) -> {}).getFirst();
        ObjectId tagged = sample.repository.save(new SnapshotEdit(stored.snapshot())
                .tags(List.of("kept"))
                .original(snapshot)
                .done());
        storage.delete(ObjectKey.of(ObjectType.SNAPSHOT, snapshot));

        List<Points.Loss> losses = points.losses(Set.of(tagged), (_, _) -> {});

        assertThat(losses).extracting(Points.Loss::sources).containsExactly(List.of("db"));
        assertThat(losses.getFirst().point().run().hex()).isEqualTo("aaaa000000000001");
    }

    @Test
    void a_point_whose_every_snapshot_was_removed_is_gone_and_one_with_some_tells_which() {
        ObjectId snapshot = sample.snapshot(tree);
        save("aaaa000000000001", 1, snapshot, "db");
        storage.delete(ObjectKey.of(ObjectType.SNAPSHOT, snapshot));
        assertThat(points.list((_, _) -> {})).isEmpty();
    }

    /// Saves what a snapshot becomes, and removes it.
    private ObjectId rewrite(ObjectId snapshot, UnaryOperator<SnapshotEdit> change) {
        SnapshotEdit edit = new SnapshotEdit(sample.repository.snapshot(snapshot));
        ObjectId successor = sample.repository.save(change.apply(edit).done());
        storage.delete(ObjectKey.of(ObjectType.SNAPSHOT, snapshot));
        return successor;
    }

    private ObjectId ofRun(String run) {
        return rewrite(sample.snapshot(tree), edit -> edit.tags(List.of("job:nightly", "source:db", "run:" + run)));
    }

    @Test
    void a_point_follows_its_snapshot_through_other_tags_another_host_and_another_time() {
        ObjectId captured = ofRun("aaaa000000000001");
        RecoveryPoint point = save("aaaa000000000001", 1, captured, "db");
        ObjectId tagged = rewrite(captured, edit -> edit.addTag("x").originalUnlessNamed(captured));
        ObjectId moved = rewrite(tagged, edit -> edit.hostname("other").original(tagged));

        RecoveryPoint found = find("latest");

        assertThat(found.run()).isEqualTo(point.run());
        assertThat(found.sources().getFirst().outcome()).isEqualTo(Outcome.CAPTURED);
        assertThat(found.sources().getFirst().snapshot()).isEqualTo(moved);
        assertThat(points.whole(List.of(point))).containsExactly(point);
    }

    @Test
    void a_snapshot_rewritten_to_hold_something_else_is_told_and_counts_as_lost() {
        ObjectId other = sample.tree();
        sample.finish();
        ObjectId captured = ofRun("aaaa000000000001");
        RecoveryPoint point = save("aaaa000000000001", 1, captured, "db");
        ObjectId rewritten = rewrite(captured, edit -> edit.tree(other).original(captured));

        assertThat(points.list((_, _) -> {})).isEmpty();
        assertThat(points.whole(List.of(point))).isEmpty();
        assertThat(points.rewritten(point, point.sources().getFirst()))
                .hasValue("its snapshot %s was rewritten as %s, which holds something else; restore that by its own id"
                        .formatted(captured.shortHex(), rewritten.shortHex()));
        List<CheckEvent> events = new ArrayList<>();
        PointCheck.Result result = new PointCheck(sample.repository, events::add).run();
        assertThat(result.defects()).isEqualTo(1);
        assertThat(events.toString()).contains("was rewritten as " + rewritten.shortHex());
    }

    @Test
    void a_point_is_copied_when_all_its_snapshots_are() {
        ObjectId captured = ofRun("aaaa000000000001");
        RecoveryPoint point = save("aaaa000000000001", 1, captured, "db");
        save("bbbb000000000001", 2, ofRun("bbbb000000000001"), "db");
        try (var other = new SampleRepository(new MemoryStorage());
                RepositoryLock lock = other.repository.lock(RepositoryLock.Kind.SHARED, Duration.ZERO)) {
            var copy = new SnapshotCopy(
                    sample.repository,
                    sample.index,
                    other.repository,
                    other.index,
                    lock,
                    WriterOptions.DEFAULT,
                    1,
                    new Copied());
            copy.copy(List.of(new StoredSnapshot(captured, sample.repository.snapshot(captured))));
            copy.copyPoints((id, _) -> damaged.add(id));
            copy.copyPoints((id, _) -> damaged.add(id));

            List<RecoveryPoint> there = new Points(other.repository).list((id, _) -> damaged.add(id));
            assertThat(there).hasSize(1);
            assertThat(there.getFirst().run()).isEqualTo(point.run());
            assertThat(there.getFirst().complete()).isTrue();
            assertThat(there.getFirst().sources().getFirst().tree()).isEqualTo(tree);
            PointCheck.Result result = new PointCheck(other.repository, CheckListener.SILENT).run();
            assertThat(result).isEqualTo(new PointCheck.Result(1, 0, 0));
        }
        assertThat(damaged).isEmpty();
    }

    private static final class Copied implements CopyListener {
        @Override
        public void started(StoredSnapshot snapshot) {}

        @Override
        public void counted(long blobs, long bytes, long packs) {
            assertThat(blobs).isEqualTo(2);
        }

        @Override
        public void saved(StoredSnapshot snapshot, ObjectId copy) {}

        @Override
        public void pointCopied(String run) {
            assertThat(run).isEqualTo("aaaa000000000001");
        }
    }

    private List<ObjectId> manifests() {
        List<ObjectId> ids = new ArrayList<>();
        storage.list(
                ObjectType.POINT, object -> ids.add(ObjectId.parse(object.key().name())));
        return ids;
    }
}
