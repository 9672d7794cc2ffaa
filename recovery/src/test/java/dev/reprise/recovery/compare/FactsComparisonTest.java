package dev.reprise.recovery.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.sources.Facts;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FactsComparisonTest {
    private static final Map<String, Long> ORDERS = Map.of("app.public.orders", 3L);
    private static final Map<String, String> DIGEST = Map.of("app.public.orders", "3:4711");

    @Test
    void equal_counts_and_digests_are_a_proof() {
        var comparison = FactsComparison.of(facts(ORDERS, DIGEST), facts(ORDERS, DIGEST));

        assertThat(comparison.proven()).isTrue();
        assertThat(comparison.compared()).isEqualTo(2);
    }

    @Test
    void comparing_nothing_proves_nothing() {
        assertThat(FactsComparison.of(Facts.NONE, Facts.NONE).proven()).isFalse();
    }

    @Test
    void a_different_count_is_named_with_both_values() {
        var comparison = FactsComparison.of(facts(ORDERS, DIGEST), facts(Map.of("app.public.orders", 2L), DIGEST));

        assertThat(comparison.differences()).containsExactly("count app.public.orders was 3, is 2");
        assertThat(comparison.proven()).isFalse();
    }

    @Test
    void a_missing_table_and_a_new_one_are_both_differences() {
        var comparison = FactsComparison.of(facts(ORDERS, Map.of()), facts(Map.of("app.public.extra", 1L), Map.of()));

        assertThat(comparison.differences())
                .containsExactly(
                        "count app.public.orders was 3, is missing", "count app.public.extra was not recorded, is 1");
    }

    @Test
    void a_changed_digest_with_equal_counts_is_a_difference() {
        var comparison =
                FactsComparison.of(facts(ORDERS, DIGEST), facts(ORDERS, Map.of("app.public.orders", "3:4712")));

        assertThat(comparison.differences()).containsExactly("digest app.public.orders was 3:4711, is 3:4712");
    }

    @Test
    void versions_and_positions_are_not_compared() {
        var before = facts(ORDERS, DIGEST);
        before.versions().put("server", "15.19");
        before.positions().put("lsn", "0/1");

        assertThat(FactsComparison.of(before, facts(ORDERS, DIGEST)).proven()).isTrue();
    }

    private static Facts facts(Map<String, Long> counts, Map<String, String> digests) {
        return new Facts(
                Instant.EPOCH, new TreeMap<>(), new TreeMap<>(), new TreeMap<>(counts), new TreeMap<>(digests));
    }
}
