package dev.reprise.operations.bucket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.operations.backup.SavedTree;
import dev.reprise.operations.bucket.BucketRequest.TagReading;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeType;
import dev.reprise.storage.bucket.Bucket.Properties;
import dev.reprise.storage.bucket.BucketException;
import dev.reprise.storage.bucket.BucketException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BucketBackupTest {
    @TempDir
    private Path home;

    private final MemoryBucket bucket = new MemoryBucket();
    private BucketBench bench;

    @BeforeEach
    void open() {
        bench = new BucketBench(home);
    }

    @AfterEach
    void close() {
        bench.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("bucket-"));
    }

    private static String text(Node node, String attribute) {
        return node.extendedAttributes().stream()
                .filter(each -> each.name().equals("user.reprise.object." + attribute))
                .map(each -> new String(each.value(), UTF_8))
                .collect(Collectors.joining());
    }

    @Test
    void an_object_becomes_a_private_file_with_what_the_server_keeps_beside_it() {
        bucket.put(
                "plans/a.html",
                "<p>".getBytes(UTF_8),
                new Properties(
                        Map.of("content-type", "text/html", "cache-control", "no-store"),
                        Map.of("owner", "R&D = us", "b", ""),
                        Map.of("class", "secret stuff")));

        var saved = bench.save(bucket, null);

        assertThat(bench.nodes(saved)).containsOnlyKeys("plans", "plans/a.html");
        Node file = bench.node(saved, "plans/a.html");
        assertThat(file.mode()).isEqualTo(0600);
        assertThat(file.uid()).isEqualTo(1000);
        assertThat(file.size()).isEqualTo(3);
        assertThat(ObjectNodes.instant(file.mtime())).hasToString("2026-11-20T00:00:10.123Z");
        assertThat(text(file, "content-type")).isEqualTo("text/html");
        assertThat(text(file, "cache-control")).isEqualTo("no-store");
        assertThat(text(file, "metadata")).isEqualTo("b=&owner=R%26D+%3D+us");
        assertThat(text(file, "tags")).isEqualTo("class=secret+stuff");
        assertThat(text(file, "etag")).isEqualTo("4da1a46ec20cf93ee5c846a51e04f0ed");
        assertThat(text(file, "upload-etag")).isEqualTo(text(file, "etag"));
        assertThat(text(file, "storage-class")).isEmpty();
        assertThat(bench.node(saved, "plans").mtime()).isEqualTo(file.mtime());
        assertThat(ObjectAttributes.of(file).properties())
                .isEqualTo(bucket.get("plans/a.html").properties());
    }

    @Test
    void an_object_beside_a_folder_of_its_name_has_another_name() {
        bucket.put("a", "object")
                .put("a/b", "below")
                .put("a-b", "between")
                .put("a/", "marker")
                .put("a//", "two");

        var saved = bench.save(bucket, null);

        assertThat(bench.nodes(saved))
                .containsOnlyKeys("a", "a%object", "a-b", "a/b", "a/%e", "a/%e/%e", "a/%e%object");
        assertThat(bench.node(saved, "a").type()).isEqualTo(NodeType.DIR);
    }

    @Test
    void what_did_not_change_is_neither_read_nor_stored_again() {
        for (String key : List.of("a", "a/b", "x/y/z", "x/" + "n".repeat(500))) {
            bucket.put(key, "content of " + key);
        }
        var first = bench.save(bucket, null);
        bucket.reads.clear();

        var second = bench.save(bucket, first);

        assertThat(bucket.reads).isEmpty();
        assertThat(second.tree().tree()).isEqualTo(first.tree().tree());
        assertThat(bench.added.dataBlobs() + bench.added.treeBlobs()).isZero();
        SavedTree.Counts counts = second.tree().counts();
        assertThat(counts.filesUnmodified()).isEqualTo(4);
        assertThat(counts.totalBytes()).isEqualTo(first.tree().counts().totalBytes());
    }

    @Test
    void a_folder_that_appears_beside_an_object_does_not_make_it_read_again() {
        bucket.put("a", "object");
        var first = bench.save(bucket, null);
        bucket.put("a/b", "below");
        bucket.reads.clear();

        var second = bench.save(bucket, first);
        assertThat(bucket.reads).containsExactly("a/b");

        bucket.delete("a/b");
        bucket.reads.clear();
        var third = bench.save(bucket, second);
        assertThat(bucket.reads).isEmpty();
        assertThat(third.tree().tree()).isEqualTo(first.tree().tree());
    }

    @Test
    void only_what_changed_is_read() {
        bucket.put("kept", "1").put("other", "2").put("gone", "3").put("touched", "4");
        var first = bench.save(bucket, null);
        bucket.put("other", "5").put("fresh", "6").put("touched", "4");
        bucket.delete("gone");
        bucket.reads.clear();

        var second = bench.save(bucket, first);

        assertThat(bucket.reads).containsExactlyInAnyOrder("fresh", "other", "touched");
        assertThat(bench.nodes(second)).containsOnlyKeys("fresh", "kept", "other", "touched");
        assertThat(second.tree().counts().filesNew()).isEqualTo(1);
        assertThat(second.tree().counts().filesChanged()).isEqualTo(2);
        assertThat(second.tree().counts().filesUnmodified()).isEqualTo(1);
    }

    @Test
    void a_folder_of_many_is_divided_and_a_change_writes_one_part_anew() {
        for (int i = 0; i < 12_000; i++) {
            bucket.put("flat/%05d".formatted(i), "same");
        }
        var first = bench.save(bucket, null);
        var nodes = bench.nodes(first);
        Set<String> parts = nodes.keySet().stream()
                .filter(path -> path.matches("flat/%part-\\d{6}"))
                .collect(Collectors.toSet());
        assertThat(parts).hasSizeBetween(4, 40).contains("flat/%part-000001");
        assertThat(nodes.keySet().stream().filter(path -> path.matches("flat/%part-\\d{6}/\\d{5}")))
                .hasSize(12_000);

        bucket.put("flat/00000x", "fresh");
        bucket.delete("flat/00001");
        bucket.reads.clear();
        var second = bench.save(bucket, first);

        assertThat(bucket.reads).containsExactly("flat/00000x");
        assertThat(bench.added.treeBlobs()).isLessThanOrEqualTo(4); // part, its folder, the bucket, the root

        var target = new MemoryBucket();
        bench.mirror(second, target);
        assertThat(target.objects.keySet()).isEqualTo(bucket.objects.keySet());
    }

    @Test
    void an_order_of_the_servers_own_makes_no_difference() {
        for (int i = 0; i < 300; i++) {
            bucket.put("k" + i % 7 + "/" + i, "content " + i);
        }
        var inOrder = bench.save(bucket, null);
        bucket.listsBackwards = true;

        assertThat(bench.save(bucket, null).tree().tree())
                .isEqualTo(inOrder.tree().tree());
    }

    @Test
    void what_is_removed_between_listing_and_reading_is_counted_and_no_error() {
        bucket.put("a", "1").put("b", "2");
        bucket.beforeReading = key -> bucket.delete("b");

        var saved = bench.save(bucket, null);

        assertThat(bench.nodes(saved)).containsOnlyKeys("a");
        assertThat(saved.vanished()).isEqualTo(1);
        assertThat(saved.tree().unreadable()).isZero();
    }

    /// As with a server whose listing has no words for some characters.
    @Test
    void what_is_still_listed_and_cannot_be_found_is_named() {
        bucket.put("a", "1").put("bell\ufffd", "2");
        bucket.beforeReading = key -> {
            if (key.startsWith("bell")) {
                throw MemoryBucket.failure(Kind.NOT_FOUND, "no " + key);
            }
        };

        var saved = bench.save(bucket, null);

        assertThat(bench.nodes(saved)).containsOnlyKeys("a");
        assertThat(saved.vanished()).isZero();
        assertThat(bench.unreadable())
                .containsExactly("/docs/bell\ufffd: the server lists it, and finds nothing under that name");
    }

    @Test
    void an_object_in_an_archive_is_named_and_the_rest_is_saved() {
        bucket.put("a", "1").put("cold", "2");
        bucket.archive("cold");

        var saved = bench.save(bucket, null);

        assertThat(bench.nodes(saved)).containsOnlyKeys("a");
        assertThat(bench.unreadable()).containsExactly("/docs/cold: cold lies in an archive");
        assertThat(saved.tree().unreadable()).isEqualTo(1);
    }

    @Test
    void an_object_that_was_archived_since_is_kept_as_it_was_read() {
        bucket.put("cold", "2");
        var first = bench.save(bucket, null);
        bucket.archive("cold");

        var second = bench.save(bucket, first);

        assertThat(bench.unreadable()).isEmpty();
        assertThat(text(bench.node(second, "cold"), "storage-class")).isEqualTo("GLACIER");
        assertThat(bench.node(second, "cold").content())
                .isEqualTo(bench.node(first, "cold").content());
    }

    @Test
    void an_object_that_changes_while_it_is_read_is_read_anew() {
        bucket.put("a", "first version");
        bucket.halfway = key -> {
            bucket.halfway = _ -> {};
            bucket.put("a", "second version");
            throw MemoryBucket.failure(Kind.CHANGED, "it is another now");
        };

        var saved = bench.save(bucket, null);

        assertThat(bucket.reads).containsExactly("a", "a");
        assertThat(bench.node(saved, "a").size()).isEqualTo("second version".length());
        assertThat(text(bench.node(saved, "a"), "etag"))
                .isEqualTo(bucket.get("a").etag());
    }

    @Test
    void an_object_that_never_holds_still_is_named() {
        bucket.put("a", "text");
        bucket.halfway = key -> {
            throw MemoryBucket.failure(Kind.CHANGED, "it is another now");
        };

        var saved = bench.save(bucket, null);

        assertThat(saved.tree().unreadable()).isEqualTo(1);
        assertThat(bench.unreadable()).containsExactly("/docs/a: it was written again each time it was read, 3 times");
    }

    @Test
    void a_server_that_stops_answering_fails_the_source() {
        bucket.put("a", "1").put("b", "2");
        bucket.beforeReading = key -> {
            throw MemoryBucket.failure(Kind.UNREACHABLE, "no answer");
        };

        assertThatThrownBy(() -> bench.save(bucket, null))
                .isInstanceOf(BucketException.class)
                .hasMessage("no answer");
    }

    @Test
    void a_change_of_tags_alone_is_seen_when_tags_are_always_asked_for() {
        bucket.put("a", "1").put("b", "2");
        var first = bench.save(bucket, null);
        bucket.tag("a", Map.of("keep", "forever"));
        assertThat(bench.save(bucket, first).tree().tree())
                .isEqualTo(first.tree().tree());

        bench.tags = TagReading.ALWAYS;
        bucket.reads.clear();
        var second = bench.save(bucket, first);

        assertThat(bucket.reads).isEmpty();
        assertThat(text(bench.node(second, "a"), "tags")).isEqualTo("keep=forever");
        assertThat(second.tree().counts().filesChanged()).isEqualTo(1);
    }

    @Test
    void what_is_left_out_is_not_read() {
        bucket.put("docs/a", "1").put("backups/config", "2");
        bench.without = List.of("backups/");

        assertThat(bench.nodes(bench.save(bucket, null))).containsOnlyKeys("docs", "docs/a");
    }

    @Test
    void any_keys_come_back_as_they_were() {
        long seed = new Random().nextLong();
        System.getLogger("seed").log(System.Logger.Level.INFO, "seed " + seed);
        var random = new Random(seed);
        var keys = new HashSet<String>();
        for (int i = 0; i < 300; i++) {
            keys.add(KeyNamesTest.odd(random));
        }
        keys.forEach(key -> bucket.put(key, "content of " + key));
        var target = new MemoryBucket();

        var saved = bench.save(bucket, null);
        bench.mirror(saved, target);

        assertThat(bench.failures).as("seed " + seed).isEmpty();
        assertThat(target.objects.keySet()).as("seed " + seed).containsExactlyInAnyOrderElementsOf(keys);
        assertThat(keys).as("seed " + seed).allMatch(key -> target.text(key).equals("content of " + key));
        bucket.reads.clear();
        assertThat(bench.save(bucket, saved).tree().tree())
                .isEqualTo(saved.tree().tree());
        assertThat(bucket.reads).as("seed " + seed).isEmpty();
    }

    @Test
    void a_run_that_was_broken_off_is_gone_on_with() {
        for (int folder = 0; folder < 5; folder++) {
            for (int object = 0; object < 20; object++) {
                bucket.put("f%d/x/%02d".formatted(folder, object), "content %d of %d".formatted(object, folder));
            }
        }
        bench.every = Duration.ZERO;
        bucket.beforeReading = key -> {
            if (key.equals("f3/x/10")) {
                throw MemoryBucket.failure(Kind.UNREACHABLE, "the server is gone");
            }
        };
        assertThatThrownBy(() -> bench.save(bucket, null)).isInstanceOf(BucketException.class);
        assertThat(bench.checkpoints).isNotEmpty();
        bucket.reads.clear();
        bucket.beforeReading = _ -> {};
        bucket.put("f1/x/07", "another");
        bucket.delete("f0/x/03");

        var saved = bench.save(bucket, null, bench.checkpoints.getLast());

        assertThat(bucket.reads).hasSize(1 + 10 + 20).contains("f1/x/07", "f3/x/10", "f4/x/19");
        assertThat(saved.tree().counts().filesNew()).isEqualTo(99);
        var fresh = new BucketBench(home);
        assertThat(fresh.nodes(fresh.save(bucket, null)).keySet())
                .isEqualTo(bench.nodes(saved).keySet());
        assertThat(fresh.save(bucket, null).tree().tree())
                .isEqualTo(saved.tree().tree());
        fresh.close();
    }

    @Test
    void checkpoints_of_a_folder_in_parts_hold_what_came_so_far() {
        bench.tags = TagReading.NEVER;
        for (int object = 0; object < 6000; object++) {
            bucket.objects.put(
                    "many/%05d".formatted(object),
                    new MemoryBucket.Kept(
                            new byte[0],
                            "d41d8cd98f00b204e9800998ecf8427e",
                            Instant.parse("2026-11-20T00:00:00Z"),
                            "STANDARD",
                            Properties.NONE));
        }
        bench.every = Duration.ofMillis(50);
        var first = bench.save(bucket, null);
        assertThat(bench.checkpoints).isNotEmpty();
        bucket.reads.clear();
        var again = bench.save(bucket, null, bench.checkpoints.getLast());
        assertThat(again.tree().tree()).isEqualTo(first.tree().tree());
        assertThat(bucket.reads).hasSizeLessThan(6000);
    }
}
