package dev.reprise.operations.cold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.base.PriceTable;
import dev.reprise.base.PriceTable.ClassPrices;
import dev.reprise.operations.OperationException;
import dev.reprise.storage.classes.StorageClasses.Thaw;
import dev.reprise.storage.classes.StorageClasses.Tier;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ThawingTest {
    private static final Thaw STANDARD = new Thaw(Tier.STANDARD, 7);

    private final FrozenPlace place = new FrozenPlace(Duration.ofHours(5));
    private final List<String> heard = new ArrayList<>();

    private ThawPlan plan(Set<ObjectId> packs) {
        return new ThawPlanning(place.storage()).plan(packs, 1_000_000);
    }

    private Thawing thawing() {
        return new Thawing(place.storage(), place, (packs, of) -> heard.add(packs + " of " + of));
    }

    private Set<ObjectId> frozen(int count) {
        Set<ObjectId> packs = new HashSet<>();
        for (int i = 0; i < count; i++) {
            packs.add(place.add(i, "GLACIER"));
        }
        return packs;
    }

    @Test
    void a_plan_names_what_is_needed_and_what_cannot_be_read() {
        ObjectId hot = place.add(1, "STANDARD");
        ObjectId cold = place.add(2, "GLACIER");
        ObjectId asked = place.add(3, "GLACIER");
        place.add(4, "GLACIER");
        place.askedLongAgo(asked);
        ObjectId missing = new ObjectId(9, 9, 9, 9);

        ThawPlan plan = plan(Set.of(hot, cold, asked, missing));

        assertThat(plan.classes())
                .isEqualTo(Map.of("STANDARD", new PackAmount(1, 1 << 20), "GLACIER", new PackAmount(2, 2 << 20)));
        assertThat(plan.frozen()).extracting(ThawPlan.FrozenPack::pack).containsExactly(cold, asked);
        assertThat(plan.toAsk()).extracting(ThawPlan.FrozenPack::pack).containsExactly(cold);
        assertThat(place.listings).isZero();
    }

    @Test
    void of_many_packs_the_listing_tells_and_only_archived_ones_are_looked_at() {
        Set<ObjectId> packs = frozen(3);
        for (int i = 100; i < 200; i++) {
            packs.add(place.add(i, "STANDARD"));
        }
        ThawPlan plan = new ThawPlanning(place.storage()).plan(packs, 103);
        assertThat(plan.frozen()).hasSize(3);
        assertThat(place.listings).isEqualTo(1);
        assertThat(place.looks).isEqualTo(3);
    }

    @Test
    void all_are_asked_for_once_and_waited_for_with_few_looks() {
        ThawPlan plan = plan(frozen(50));
        int before = place.looks;
        Thawing thawing = thawing();
        thawing.ask(plan, STANDARD);
        thawing.await(plan, STANDARD, Duration.ofDays(5));

        assertThat(place.requests).isEqualTo(50);
        assertThat(plan(Set.copyOf(plan.frozen().stream()
                                .map(ThawPlan.FrozenPack::pack)
                                .toList()))
                        .isEmpty())
                .isTrue();
        assertThat(place.pauses.getFirst()).isEqualTo(Duration.ofSeconds(1));
        assertThat(place.pauses).allMatch(pause -> pause.compareTo(Duration.ofMinutes(10)) <= 0);
        assertThat(heard.getFirst()).isEqualTo("0 of 50");
        assertThat(heard.getLast()).isEqualTo("50 of 50");
        // A few looks each time, and one at each pack that has come back.
        int connections = place.storage().connections();
        assertThat(place.looks - before - 50).isLessThanOrEqualTo((place.pauses.size() + 1) * 2 * connections + 50);
    }

    @Test
    void a_run_after_a_kill_asks_for_nothing_twice() {
        Set<ObjectId> packs = frozen(2);
        ThawPlan first = plan(packs);
        thawing().ask(first, STANDARD);
        ThawPlan again = plan(packs);
        assertThat(again.toAsk()).isEmpty();
        thawing().ask(again, STANDARD);
        thawing().await(again, STANDARD, Duration.ofDays(5));
        assertThat(place.requests).isEqualTo(2);
        assertThat(plan(packs).isEmpty()).isTrue();
    }

    @Test
    void what_has_gone_back_meanwhile_is_asked_for_again() {
        Set<ObjectId> packs = frozen(1);
        ThawPlan plan = plan(packs);
        thawing().ask(plan, STANDARD);
        place.forget(packs.iterator().next());
        thawing().await(plan, STANDARD, Duration.ofDays(5));
        assertThat(place.requests).isEqualTo(2);
        assertThat(heard.getLast()).isEqualTo("1 of 1");
    }

    @Test
    void patience_ends_and_says_how_many_are_missing() {
        ThawPlan plan = plan(frozen(3));
        thawing().ask(plan, STANDARD);
        assertThatThrownBy(() -> thawing().await(plan, STANDARD, Duration.ofHours(2)))
                .isInstanceOfSatisfying(OperationException.class, late -> {
                    assertThat(late.exitStatus()).isEqualTo(ExitStatus.ARCHIVED);
                    assertThat(late.fact()).isEqualTo("3 of 3 packs did not come back from the archive within 2 h");
                });
    }

    @Test
    void cost_and_time_come_from_the_price_table_and_what_it_lacks_is_named() {
        ThawPlan plan = plan(frozen(1024)); // 1 GiB
        var glacier = new ClassPrices(
                null,
                null,
                null,
                null,
                Map.of("standard", new BigDecimal("0.01"), "bulk", BigDecimal.ZERO),
                Map.of("standard", new BigDecimal("0.05")),
                Map.of("standard", new BigDecimal("5")));
        var prices = new PriceTable("EUR", "2026-11-01", Map.of("GLACIER", glacier));

        assertThat(plan.cost(prices, Tier.STANDARD).text("EUR")).isEqualTo("0.06 EUR");
        assertThat(plan.hours(prices, Tier.STANDARD)).contains(new BigDecimal("5"));
        Cost bulk = plan.cost(prices, Tier.BULK);
        assertThat(bulk.text("EUR")).isEqualTo("unknown");
        assertThat(bulk.missingKeys()).containsExactly("prices.classes.GLACIER.retrieval-requests.bulk");
        assertThat(plan.hours(prices, Tier.BULK)).isEmpty();
    }
}
