package dev.reprise.repository.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.snapshot.SnapshotGroup.Criterion;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SnapshotFilterTest {
    private static final StoredSnapshot ONE = stored("aa11", "2024-01-01T10:00:00Z", "db1", "/srv,/etc", "nightly,db");
    private static final StoredSnapshot TWO = stored("aa22", "2024-01-02T10:00:00Z", "db2", "/srv", "nightly");
    private static final StoredSnapshot THREE = stored("bb33", "2024-01-03T12:00:00+02:00", "db1", "/etc,/srv", "");
    private static final StoredSnapshot SAME_TIME =
            stored("cc44", "2024-01-03T10:00:00Z", "db1", "/home", "db,nightly");
    private static final List<StoredSnapshot> ALL = List.of(ONE, TWO, THREE, SAME_TIME);

    private static StoredSnapshot stored(String prefix, String time, String host, String paths, String tags) {
        return new StoredSnapshot(
                ObjectId.parse(prefix + "0".repeat(60)),
                new Snapshot(
                        OffsetDateTime.parse(time),
                        null,
                        ObjectId.NULL,
                        Arrays.asList(paths.split(",", -1)),
                        host,
                        "",
                        0,
                        0,
                        List.of(),
                        tags.isEmpty() ? List.of() : Arrays.asList(tags.split(",", -1)),
                        null,
                        "",
                        null,
                        Map.of()));
    }

    private static SnapshotFilter hosts(String... hosts) {
        return new SnapshotFilter(List.of(hosts), List.of(), List.of());
    }

    private static SnapshotFilter tags(String... options) {
        return new SnapshotFilter(
                List.of(), Arrays.stream(options).map(SnapshotFilter::tagList).toList(), List.of());
    }

    private static SnapshotFilter paths(String... paths) {
        return new SnapshotFilter(List.of(), List.of(), List.of(paths));
    }

    @Test
    void any_of_the_hosts_matches_and_an_empty_host_lifts_the_filter() {
        assertThat(hosts("db1").select(ALL)).containsExactly(ONE, THREE, SAME_TIME);
        assertThat(hosts("db1", "db2").select(ALL)).isEqualTo(ALL);
        assertThat(hosts("db").select(ALL)).isEmpty();
        assertThat(hosts("", "db2").select(ALL)).isEqualTo(ALL);
        assertThat(SnapshotFilter.ALL.select(ALL)).isEqualTo(ALL);
    }

    @Test
    void one_tag_option_means_all_of_its_tags_and_several_mean_any() {
        assertThat(tags("nightly").select(ALL)).containsExactly(ONE, TWO, SAME_TIME);
        assertThat(tags("nightly,db").select(ALL)).containsExactly(ONE, SAME_TIME);
        assertThat(tags("db", "nightly").select(ALL)).containsExactly(ONE, TWO, SAME_TIME);
        assertThat(tags("").select(ALL)).containsExactly(THREE);
        assertThat(tags("", "db").select(ALL)).containsExactly(ONE, THREE, SAME_TIME);
        assertThat(tags("night").select(ALL)).isEmpty();
    }

    @Test
    void all_paths_must_be_there_and_more_may_be() {
        assertThat(paths("/srv").select(ALL)).containsExactly(ONE, TWO, THREE);
        assertThat(paths("/srv", "/etc").select(ALL)).containsExactly(ONE, THREE);
        assertThat(paths("srv").select(ALL)).isEmpty();
    }

    @Test
    void the_newest_is_taken_by_instant_and_the_last_of_equals() {
        assertThat(SnapshotFilter.ALL.newest(ALL, null)).isEqualTo(SAME_TIME);
        assertThat(paths("/etc").newest(ALL, null)).isEqualTo(THREE);
        assertThat(hosts("nobody").newest(ALL, null)).isNull();
    }

    @Test
    void a_parent_is_of_the_same_host_has_all_targets_and_is_not_younger() {
        SnapshotFilter targets = new SnapshotFilter(List.of("db1"), List.of(), List.of("/srv"));
        assertThat(targets.newest(ALL, OffsetDateTime.parse("2024-01-03T10:00:00Z")))
                .isEqualTo(THREE);
        assertThat(targets.newest(ALL, OffsetDateTime.parse("2024-01-03T09:59:59Z")))
                .isEqualTo(ONE);
        assertThat(targets.newest(ALL, OffsetDateTime.parse("2023-12-31T00:00:00Z")))
                .isNull();
    }

    @Test
    void latest_and_unique_beginnings_find_a_snapshot() {
        assertThat(hosts("db2").find(ALL, "latest")).isEqualTo(TWO);
        assertThat(hosts("db2").find(ALL, "b")).as("an id is not filtered").isEqualTo(THREE);
        assertThat(SnapshotFilter.ALL.find(ALL, "aa2")).isEqualTo(TWO);
        assertThat(SnapshotFilter.ALL.find(ALL, ONE.id().hex())).isEqualTo(ONE);
    }

    @Test
    void what_finds_none_or_many_says_so() {
        assertThatThrownBy(() -> SnapshotFilter.ALL.find(ALL, "aa")).hasMessage("2 snapshot ids start with \"aa\"");
        assertThatThrownBy(() -> SnapshotFilter.ALL.find(ALL, "dd")).hasMessage("no snapshot id starts with \"dd\"");
        for (String text : new String[] {"", "AA11", "lastest", "0".repeat(65), "aa*"}) {
            assertThatThrownBy(() -> SnapshotFilter.ALL.find(ALL, text))
                    .hasMessage("\"" + text + "\" is neither \"latest\" nor the start of a snapshot id");
        }
        assertThatThrownBy(() -> hosts("x").find(ALL, "latest"))
                .hasMessage("no snapshot matches hosts [x], tags [], paths []");
    }

    @Test
    void groups_have_the_key_restic_prints() {
        Set<Criterion> everything = EnumSet.allOf(Criterion.class);
        assertThat(SnapshotGroup.of(ONE.snapshot(), everything).key())
                .isEqualTo("{\"hostname\":\"db1\",\"paths\":[\"/etc\",\"/srv\"],\"tags\":[\"db\",\"nightly\"]}");
        assertThat(SnapshotGroup.of(ONE.snapshot(), SnapshotGroup.DEFAULT).key())
                .isEqualTo("{\"hostname\":\"db1\",\"paths\":[\"/etc\",\"/srv\"],\"tags\":null}");
        assertThat(SnapshotGroup.of(ONE.snapshot(), Set.of()).key())
                .isEqualTo("{\"hostname\":\"\",\"paths\":null,\"tags\":null}");
    }

    @Test
    void order_of_paths_and_tags_does_not_split_a_group() {
        Map<SnapshotGroup, List<StoredSnapshot>> byPaths = SnapshotGroup.group(ALL, SnapshotGroup.DEFAULT);
        assertThat(byPaths.values()).containsExactly(List.of(ONE, THREE), List.of(TWO), List.of(SAME_TIME));
        Map<SnapshotGroup, List<StoredSnapshot>> byTags = SnapshotGroup.group(ALL, Set.of(Criterion.TAGS));
        assertThat(byTags.values()).containsExactly(List.of(ONE, SAME_TIME), List.of(TWO), List.of(THREE));
        assertThat(SnapshotGroup.group(ALL, Set.of()).values()).containsExactly(ALL);
    }
}
