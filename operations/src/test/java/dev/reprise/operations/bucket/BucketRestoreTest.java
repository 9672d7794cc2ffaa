package dev.reprise.operations.bucket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.operations.bucket.BucketRestorePlan.Action;
import dev.reprise.storage.bucket.Bucket.Properties;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BucketRestoreTest {
    private static final Properties TAGGED =
            new Properties(Map.of("content-type", "text/plain"), Map.of("owner", "us"), Map.of("class", "secret"));

    @TempDir
    private Path home;

    private final MemoryBucket source = new MemoryBucket();
    private final MemoryBucket target = new MemoryBucket();
    private BucketBench bench;
    private BucketBackup.Saved saved;

    @BeforeEach
    void save() {
        bench = new BucketBench(home);
        byte[] large = new byte[(16 << 20) + 1];
        new Random(1).nextBytes(large);
        source.put("a", "text of a".getBytes(UTF_8), TAGGED)
                .put("b/c", "text of c")
                .put("b/d", "")
                .put("large", large, Properties.NONE);
        saved = bench.save(source, null);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private BucketRestore restore() {
        return bench.restore(saved, target, ObjectSelection.ALL);
    }

    @Test
    void objects_come_back_with_all_they_had() {
        BucketRestore restore = restore();
        try (var plan = restore.plan(false)) {
            assertThat(plan.sum(Action.CREATE).objects()).isEqualTo(4);
            assertThat(plan.destructive()).isFalse();
            assertThat(restore.carryOut(plan)).isEqualTo(new BucketRestore.Done(4, (16 << 20) + 19, 0, 0));
        }
        assertThat(target.get("a").properties()).isEqualTo(TAGGED);
        assertThat(target.get("large").bytes()).isEqualTo(source.get("large").bytes());
        assertThat(restore.verify(true, true)).isEqualTo(new BucketRestore.Verified(4, (16 << 20) + 19, 0));
        assertThat(bench.failures).isEmpty();
    }

    @Test
    void what_is_there_is_left_alone_whether_it_was_sent_whole_or_in_parts() {
        bench.mirror(saved, target);
        target.writes.clear();

        assertThat(bench.mirror(saved, target)).isEqualTo(new BucketRestore.Done(0, 0, 0, 0));
        assertThat(target.writes).isEmpty();
    }

    @Test
    void an_object_written_before_the_saved_one_was_is_another_even_with_the_same_bytes() {
        var older = new MemoryBucket().put("a", "text of a");
        var second = new MemoryBucket();
        for (int i = 0; i < 5; i++) {
            second.put("a", "text of a");
        }
        var later = bench.save(second, null);

        try (var plan = bench.restore(later, older, ObjectSelection.ALL).plan(false)) {
            assertThat(plan.sum(Action.REPLACE).objects()).isEqualTo(1);
        }
    }

    @Test
    void what_changes_after_the_plan_is_left_alone_and_named() {
        target.put("a", "old").put("surplus", "old");
        BucketRestore restore = restore();
        try (var plan = restore.plan(true)) {
            assertThat(plan.sum(Action.REPLACE).examples()).containsExactly("a");
            assertThat(plan.sum(Action.DELETE).examples()).containsExactly("surplus");
            target.put("a", "fresh").put("b/c", "fresh").put("surplus", "fresh");

            assertThat(restore.carryOut(plan).failed()).isEqualTo(2);
        }
        assertThat(target.text("a")).isEqualTo("fresh");
        assertThat(target.text("b/c")).isEqualTo("fresh");
        assertThat(target.text("surplus")).isEqualTo("fresh");
        assertThat(bench.failures)
                .anyMatch(line -> line.startsWith("a: it has changed since the plan was made"))
                .anyMatch(line -> line.startsWith("b/c: b/c is there"))
                .contains(": nothing was removed, because not everything could be written");
    }

    @Test
    void deletion_spares_what_changed_after_the_plan() {
        target.put("surplus", "old").put("other", "old");
        BucketRestore restore = restore();
        try (var plan = restore.plan(true)) {
            target.put("surplus", "fresh");

            assertThat(restore.carryOut(plan)).isEqualTo(new BucketRestore.Done(4, (16 << 20) + 19, 1, 1));
        }
        assertThat(target.objects).containsKey("surplus").doesNotContainKey("other");
    }

    @Test
    void a_selection_neither_writes_nor_removes_anything_else() {
        target.put("b/x", "surplus").put("c", "not meant");
        BucketRestore restore = bench.restore(saved, target, new ObjectSelection("b/", false));
        try (var plan = restore.plan(true)) {
            restore.carryOut(plan);
        }
        assertThat(target.objects.keySet()).containsExactly("b/c", "b/d", "c");
        assertThat(restore.verify(true, true).different()).isZero();
    }

    @Test
    void a_server_without_conditions_is_asked_first() {
        target.knowsConditions = false;
        BucketRestore restore = restore();
        try (var plan = restore.plan(false)) {
            target.put("b/c", "appeared");
            assertThat(restore.carryOut(plan).failed()).isEqualTo(1);
        }
        assertThat(target.text("b/c")).isEqualTo("appeared");
        assertThat(target.text("a")).isEqualTo("text of a");
    }

    @Test
    void tags_that_the_target_does_not_know_are_named_and_no_success() {
        target.knowsTags = false;

        assertThat(bench.mirror(saved, target).failed()).isEqualTo(1);
        assertThat(target.text("a")).isEqualTo("text of a");
        assertThat(bench.failures).containsExactly("a: it was stored without its tags, which the target does not know");
    }

    @Test
    void verification_names_every_kind_of_difference() {
        bench.mirror(saved, target);
        assertThat(restore().verify(true, true).different()).isZero();
        target.put("a", "Text of a".getBytes(UTF_8), TAGGED);
        target.put("b/c", "longer than it was");
        target.delete("b/d");
        target.put("large", target.get("large").bytes(), TAGGED);
        target.put("surplus", "x");

        assertThat(restore().verify(true, true).different()).isEqualTo(5);
        assertThat(bench.differences)
                .containsExactlyInAnyOrder(
                        "a: its bytes differ from byte 0 on",
                        "b/c: it has 18 bytes instead of 9",
                        "b/d: it is not there",
                        "large: its metadata differs, its tags differ",
                        "surplus: the point does not have it");
    }
}
