package dev.reprise.operations.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.retention.Retention.Decision;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.SnapshotGroup;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RetentionTest {
    private static final InstantSource NOW = InstantSource.fixed(Instant.parse("2024-06-01T00:00:00Z"));

    private static StoredSnapshot snapshot(String time, String... tags) {
        return new StoredSnapshot(
                ObjectId.hash(time.getBytes(StandardCharsets.UTF_8)),
                new Snapshot(
                        OffsetDateTime.parse(time),
                        null,
                        ObjectId.hash(new byte[1]),
                        List.of("/data"),
                        "host",
                        "user",
                        0,
                        0,
                        List.of(),
                        List.of(tags),
                        null,
                        "",
                        null,
                        Map.of()));
    }

    private static RetentionPolicy counting(Interval interval, int count) {
        return new RetentionPolicy(Map.of(interval, count), RetentionSpan.NONE, Map.of(), List.of());
    }

    private static RetentionPolicy within(String span) {
        return new RetentionPolicy(Map.of(), RetentionSpan.parse(span), Map.of(), List.of());
    }

    private static RetentionPolicy tagged(String... tags) {
        return new RetentionPolicy(Map.of(), RetentionSpan.NONE, Map.of(), List.of(Arrays.asList(tags)));
    }

    private static Decision decide(RetentionPolicy policy, StoredSnapshot... snapshots) {
        return new Retention(policy, NOW, ZoneOffset.UTC).decide(List.of(snapshots));
    }

    /// `time: reasons` of each that is kept, newest first.
    private static List<String> kept(RetentionPolicy policy, StoredSnapshot... snapshots) {
        return decide(policy, snapshots).keep().stream()
                .map(kept -> kept.snapshot().snapshot().time() + " " + String.join(", ", kept.reasons()))
                .toList();
    }

    @Test
    void the_newest_of_each_day_is_kept() {
        assertThat(kept(
                        counting(Interval.DAILY, 2),
                        snapshot("2024-05-01T08:00Z"),
                        snapshot("2024-05-02T08:00Z"),
                        snapshot("2024-05-02T20:00Z"),
                        snapshot("2024-05-03T08:00Z")))
                .containsExactly("2024-05-03T08:00Z daily snapshot", "2024-05-02T20:00Z daily snapshot");
    }

    @Test
    void the_oldest_is_kept_as_long_as_a_rule_has_counts_left() {
        assertThat(kept(
                        counting(Interval.DAILY, 3),
                        snapshot("2024-05-02T06:00Z"),
                        snapshot("2024-05-02T07:00Z"),
                        snapshot("2024-05-02T08:00Z")))
                .containsExactly("2024-05-02T08:00Z daily snapshot", "2024-05-02T06:00Z oldest daily snapshot");
    }

    @Test
    void unlimited_keeps_one_of_every_span() {
        assertThat(kept(
                        counting(Interval.YEARLY, RetentionPolicy.UNLIMITED),
                        snapshot("2020-05-02T06:00Z"),
                        snapshot("2021-05-02T07:00Z"),
                        snapshot("2021-06-02T08:00Z")))
                .containsExactly("2021-06-02T08:00Z yearly snapshot", "2020-05-02T06:00Z yearly snapshot");
    }

    @Test
    void days_are_those_of_the_stored_offset() {
        assertThat(kept(
                        counting(Interval.DAILY, 5),
                        snapshot("2024-05-01T10:00Z"),
                        snapshot("2024-05-01T23:30+02:00"),
                        snapshot("2024-05-02T00:30+03:00")))
                .containsExactly(
                        "2024-05-02T00:30+03:00 daily snapshot",
                        "2024-05-01T23:30+02:00 daily snapshot",
                        "2024-05-01T10:00Z oldest daily snapshot");
    }

    @Test
    void weeks_belong_to_the_year_of_their_thursday() {
        assertThat(kept(
                        counting(Interval.WEEKLY, 5),
                        snapshot("2020-12-27T10:00Z"),
                        snapshot("2020-12-28T10:00Z"),
                        snapshot("2021-01-03T10:00Z")))
                .containsExactly("2021-01-03T10:00Z weekly snapshot", "2020-12-27T10:00Z weekly snapshot");
    }

    @Test
    void within_counts_from_the_newest_that_is_not_in_the_future() {
        assertThat(kept(
                        within("7d"),
                        snapshot("2024-05-03T08:00Z"),
                        snapshot("2024-05-03T08:00:01Z"),
                        snapshot("2024-05-10T08:00Z"),
                        snapshot("2025-01-01T00:00Z")))
                .containsExactly(
                        "2025-01-01T00:00Z within 7d", "2024-05-10T08:00Z within 7d", "2024-05-03T08:00:01Z within 7d");
    }

    @Test
    void one_of_each_month_within_a_span() {
        var policy = new RetentionPolicy(
                Map.of(), RetentionSpan.NONE, Map.of(Interval.MONTHLY, RetentionSpan.parse("2m")), List.of());

        assertThat(kept(
                        policy,
                        snapshot("2024-01-20T08:00Z"),
                        snapshot("2024-04-20T08:00Z"),
                        snapshot("2024-05-20T08:00Z"),
                        snapshot("2024-05-21T08:00Z")))
                .containsExactly("2024-05-21T08:00Z monthly within 2m", "2024-04-20T08:00Z monthly within 2m");
    }

    @Test
    void all_tags_of_a_list_keep_a_snapshot_and_the_empty_tag_keeps_untagged_ones() {
        assertThat(kept(tagged("a", "b"), snapshot("2024-05-01T08:00Z", "b", "a"), snapshot("2024-05-02T08:00Z", "a")))
                .containsExactly("2024-05-01T08:00Z has tags [a, b]");
        assertThat(kept(tagged(""), snapshot("2024-05-01T08:00Z"), snapshot("2024-05-02T08:00Z", "a")))
                .containsExactly("2024-05-01T08:00Z has tags []");
    }

    @Test
    void what_no_rule_keeps_is_removed_newest_first() {
        assertThat(decide(
                                counting(Interval.LAST, 1),
                                snapshot("2024-05-01T08:00Z"),
                                snapshot("2024-05-02T08:00Z"),
                                snapshot("2024-05-03T08:00Z"))
                        .remove())
                .extracting(stored -> stored.snapshot().time().toString())
                .containsExactly("2024-05-02T08:00Z", "2024-05-01T08:00Z");
    }

    @Test
    void a_policy_that_keeps_nothing_of_a_group_is_refused() {
        RetentionPolicy policy = tagged("precious");
        var retention = new Retention(policy, NOW, ZoneOffset.UTC);
        List<StoredSnapshot> group = List.of(snapshot("2024-05-01T08:00Z"));

        assertThatThrownBy(() -> ForgetPlan.byPolicy(group, SnapshotGroup.DEFAULT, policy, retention))
                .isInstanceOf(OperationException.class)
                .hasMessageContaining("refusing to delete last snapshot of snapshot group \"host host, path [/data]\"");
    }

    @Test
    void policies_are_described_in_restics_words() {
        var policy = new RetentionPolicy(
                Map.of(Interval.LAST, 3, Interval.DAILY, RetentionPolicy.UNLIMITED, Interval.YEARLY, 0),
                RetentionSpan.parse("1m"),
                Map.of(Interval.WEEKLY, RetentionSpan.parse("2y")),
                List.of(List.of("a", "b"), List.of("c")));

        assertThat(policy)
                .hasToString("keep 3 latest, all daily snapshots, weekly snapshots within 2y and all snapshots with"
                        + " tags [[a, b] [c]] and all snapshots within 1m of the newest");
        assertThat(new RetentionPolicy(Map.of(), RetentionSpan.NONE, Map.of(), List.of()).isEmpty())
                .isTrue();
    }
}
