package dev.reprise.operations.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CoverageTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final ObjectId A = ObjectId.parse("0a".repeat(32));
    private static final ObjectId B = ObjectId.parse("0b".repeat(32));
    private static final ObjectId C = ObjectId.parse("0c".repeat(32));
    private static final Map<ObjectId, Long> SIZES = Map.of(A, 100L, B, 200L, C, 100L);
    private static final Map<ObjectId, Instant> READ =
            Map.of(A, NOW.minus(Duration.ofDays(40)), B, NOW.minus(Duration.ofDays(10)));

    private static PackSelection oldest(Duration maxAge, long budget) {
        return new PackSelection.Oldest(READ, maxAge, budget, NOW);
    }

    @Test
    void what_was_never_read_comes_first_then_the_oldest() {
        assertThat(oldest(Duration.ZERO, 1).choose(SIZES)).containsExactly(C);
        assertThat(oldest(Duration.ZERO, 200).choose(SIZES)).containsExactlyInAnyOrder(C, A);
        assertThat(oldest(Duration.ZERO, Long.MAX_VALUE).choose(SIZES)).containsExactlyInAnyOrder(A, B, C);
    }

    @Test
    void what_was_read_lately_is_not_read_again() {
        assertThat(oldest(Duration.ofDays(30), Long.MAX_VALUE).choose(SIZES)).containsExactlyInAnyOrder(A, C);
        assertThat(oldest(Duration.ofDays(50), Long.MAX_VALUE).choose(SIZES)).containsExactly(C);
    }

    @Test
    void coverage_counts_bytes_of_packs_read_within_the_age() {
        Coverage any = Coverage.of(SIZES, READ, null, NOW);
        Coverage month = Coverage.of(SIZES, READ, Duration.ofDays(30), NOW);

        assertThat(any.percent()).isEqualTo(75.0);
        assertThat(month.percent()).isEqualTo(50.0);
        assertThat(month).isEqualTo(new Coverage(3, 400, 1, 200, 1, Duration.ofDays(40)));
        assertThat(Coverage.of(Map.of(), READ, null, NOW).percent()).isEqualTo(100.0);
    }

    @Test
    void all_groups_together_are_every_pack_once() {
        assertThat(new PackSelection.Group(1, 2).choose(SIZES)).containsExactlyInAnyOrder(A, C);
        assertThat(new PackSelection.Group(2, 2).choose(SIZES)).containsExactly(B);
        assertThat(new PackSelection.Group(11, 256).choose(SIZES)).containsExactly(A);
    }

    @Test
    void a_share_is_at_least_one_pack() {
        var random = new Random(5);
        assertThat(new PackSelection.Share(1, random).choose(SIZES)).hasSize(1);
        assertThat(new PackSelection.Share(67, random).choose(SIZES)).hasSize(2);
        assertThat(new PackSelection.Share(100, random).choose(SIZES)).hasSize(3);
        assertThat(new PackSelection.Amount(270, random).choose(SIZES)).hasSize(2);
        assertThat(new PackSelection.Amount(1, random).choose(SIZES)).hasSize(1);
        assertThat(new PackSelection.Share(50, random).choose(Map.of())).isEmpty();
    }
}
