package dev.reprise.mount;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.mount.SnapshotLayout.Place;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SnapshotLayoutTest {
    private static final String NOON = "2026-11-21T12:00:00Z";
    private final List<String> leftOut = new ArrayList<>();

    @Test
    void the_standard_paths_are_restics() {
        SnapshotLayout layout = layout(List.of(snapshot("aa", NOON, "web", "daily", "etc/x")));
        assertThat(names(layout, "/")).containsExactly("hosts", "ids", "snapshots", "tags");
        assertThat(names(layout, "/ids")).containsExactly("aaaaaaaa");
        assertThat(names(layout, "/snapshots")).containsExactly(NOON, "latest");
        assertThat(names(layout, "/hosts/web")).containsExactly(NOON, "latest");
        assertThat(names(layout, "/tags")).containsExactly("daily", "etc_x");
        assertThat(layout.at("/hosts/web/" + NOON)).isInstanceOf(Place.Whole.class);
        assertThat(layout.at("/hosts/none")).isNull();
    }

    @Test
    void a_snapshot_without_tags_is_in_no_directory_of_tags() {
        assertThat(names(layout(List.of(snapshot("aa", NOON, "web"))), "/tags")).isEmpty();
    }

    @Test
    void without_snapshots_the_fixed_directories_are_there() {
        SnapshotLayout layout = layout(List.of(), "a/b/%i", "%T", "c/fixed");
        assertThat(names(layout, "/")).containsExactly("a");
        assertThat(names(layout, "/a")).containsExactly("b");
        assertThat(names(layout, "/a/b")).isEmpty();
    }

    @Test
    void latest_leads_to_the_newest_and_equal_times_get_a_number() {
        SnapshotLayout layout = layout(List.of(
                snapshot("aa", NOON, "web"),
                snapshot("bb", NOON, "db"),
                snapshot("cc", "2026-11-21T11:00:00Z", "web")));
        assertThat(names(layout, "/snapshots")).containsExactly("2026-11-21T11:00:00Z", NOON, NOON + "-1", "latest");
        assertThat(layout.at("/snapshots/latest")).isInstanceOfSatisfying(Place.Latest.class, latest -> {
            assertThat(latest.target()).isEqualTo(NOON + "-1");
            assertThat(latest.snapshot().id()).isEqualTo(id("bb"));
        });
        assertThat(layout.at("/hosts/web/latest"))
                .isInstanceOfSatisfying(
                        Place.Latest.class,
                        latest -> assertThat(latest.target()).isEqualTo(NOON));
    }

    @Test
    void templates_are_expanded_as_restic_does() {
        SnapshotLayout layout = layout(List.of(snapshot("aa", NOON, "web", "a", "b")), "%u/%t-%%/%q", "%h-%T", "%I");
        assertThat(names(layout, "/")).containsExactly("a".repeat(64), "root", "web-", "web-" + NOON);
        assertThat(names(layout, "/root")).containsExactly("a-%", "b-%");
        assertThat(names(layout, "/root/a-%")).containsExactly("q");
        assertThat(names(layout, "/web-")).containsExactly("latest");
    }

    @Test
    void hostile_hosts_and_tags_stay_inside() {
        SnapshotLayout layout = layout(List.of(snapshot("aa", NOON, "../../etc", "..", ".", "", "/")));
        assertThat(names(layout, "/")).containsExactly("etc", "hosts", "ids", "snapshots", "tags");
        assertThat(names(layout, "/tags")).containsExactly("_", "__");
    }

    @Test
    void a_single_tag_is_taken_as_it_is() {
        SnapshotLayout layout = layout(List.of(snapshot("aa", NOON, "web", "a/b")), "t/%t/%i");
        assertThat(names(layout, "/t/a")).containsExactly("b");
        assertThat(names(layout(List.of(snapshot("aa", NOON, "web", "../../..")), "t/%t/%i"), "/"))
                .containsExactly("aaaaaaaa", "t");
    }

    @Test
    void paths_no_program_can_use_are_left_out_and_told_of() {
        String name = "ä".repeat(512);
        SnapshotLayout layout = layout(
                List.of(
                        snapshot("aa", NOON, "web", "a/".repeat(500_000)),
                        snapshot("bb", NOON, name),
                        snapshot("cc", NOON, name + "x"),
                        snapshot("dd", NOON, "web", (name + "/").repeat(4)),
                        snapshot("ee", NOON, "a\0b")),
                "t/%t/%i",
                "h/%h",
                "i/%i");
        assertThat(names(layout, "/t")).isEmpty();
        assertThat(names(layout, "/h")).containsExactly("web", "web-1", name);
        assertThat(names(layout, "/i")).containsExactly("aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd", "eeeeeeee");
        assertThat(leftOut)
                .containsExactly(
                        "aa: 500002 directories within each other, 100 at most",
                        "cc: a name of 1025 bytes, 1024 at most",
                        "dd: a path of 4111 bytes, 4095 at most",
                        "ee: not a file name");
    }

    @Test
    void a_number_that_makes_a_name_too_long_is_left_out_too() {
        String name = "h".repeat(1023);
        SnapshotLayout layout = layout(List.of(snapshot("aa", NOON, name), snapshot("bb", NOON, name)), "%h");
        assertThat(names(layout, "/")).containsExactly(name);
        assertThat(leftOut).containsExactly("bb: a name of 1025 bytes, 1024 at most");
    }

    @Test
    void many_snapshots_of_one_second_are_numbered_in_order() {
        var many = new ArrayList<StoredSnapshot>();
        for (int i = 0; i < 40_000; i++) {
            many.add(new StoredSnapshot(
                    ObjectId.parse("%064x".formatted(i)),
                    snapshot("aa", NOON, "web").snapshot()));
        }
        SnapshotLayout layout = layout(many, "s/%T");
        assertThat(layout.at("/s/" + NOON + "-39999"))
                .isInstanceOfSatisfying(
                        Place.Whole.class,
                        whole -> assertThat(whole.snapshot().id().hex()).endsWith("9c3f"));
    }

    private SnapshotLayout layout(List<StoredSnapshot> snapshots, String... templates) {
        List<PathTemplate> paths = templates.length == 0
                ? PathTemplate.STANDARD
                : Stream.of(templates).map(PathTemplate::new).toList();
        var times = new GoTimeLayout(RepositoryMount.View.RESTICS_TIME, ZoneId.of("UTC"));
        return SnapshotLayout.of(
                snapshots,
                paths,
                times,
                (stored, why) -> leftOut.add(stored.id().hex().substring(0, 2) + ": " + why));
    }

    private static List<String> names(SnapshotLayout layout, String path) {
        assertThat(layout.at(path)).isInstanceOf(Place.Directory.class);
        return layout.at(path) instanceof Place.Directory(List<String> names) ? names : List.of();
    }

    private static ObjectId id(String digits) {
        return ObjectId.parse(digits.repeat(32));
    }

    private static StoredSnapshot snapshot(String id, String time, String host, String... tags) {
        return new StoredSnapshot(
                id(id),
                new Snapshot(
                        OffsetDateTime.parse(time),
                        null,
                        ObjectId.NULL,
                        List.of("/srv"),
                        host,
                        "root",
                        0,
                        0,
                        List.of(),
                        List.of(tags),
                        null,
                        "",
                        null,
                        Map.of()));
    }
}
