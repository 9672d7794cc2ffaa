package dev.reprise.mount;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.mount.SnapshotLayout.Place;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SnapshotLayoutTest {
    private static final String NOON = "2026-11-21T12:00:00Z";

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

    private static SnapshotLayout layout(List<StoredSnapshot> snapshots, String... templates) {
        List<PathTemplate> paths = templates.length == 0
                ? PathTemplate.STANDARD
                : Stream.of(templates).map(PathTemplate::new).toList();
        var times = new GoTimeLayout(RepositoryMount.View.RESTICS_TIME, ZoneId.of("UTC"));
        return SnapshotLayout.of(snapshots, paths, times);
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
