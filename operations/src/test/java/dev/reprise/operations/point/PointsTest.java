package dev.reprise.operations.point;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.point.RecoveryPoint.Outcome;
import dev.reprise.operations.restore.SampleRepository;
import dev.reprise.sources.Facts;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.memory.MemoryStorage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    void a_point_whose_every_snapshot_was_removed_is_gone_and_one_with_some_tells_which() {
        ObjectId snapshot = sample.snapshot(tree);
        save("aaaa000000000001", 1, snapshot, "db");
        storage.delete(ObjectKey.of(ObjectType.SNAPSHOT, snapshot));
        assertThat(points.list((_, _) -> {})).isEmpty();
    }

    private List<ObjectId> manifests() {
        List<ObjectId> ids = new ArrayList<>();
        storage.list(
                ObjectType.POINT, object -> ids.add(ObjectId.parse(object.key().name())));
        return ids;
    }
}
