package dev.reprise.operations.cold;

import dev.reprise.base.ObjectId;
import dev.reprise.base.PriceTable;
import dev.reprise.base.PriceTable.ClassPrices;
import dev.reprise.storage.classes.StorageClasses.Access;
import dev.reprise.storage.classes.StorageClasses.Tier;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which of the packs that something needs have to be brought back first.
///
/// @param classes all packs that are needed, by class
/// @param frozen  those that cannot be read now
public record ThawPlan(SortedMap<String, PackAmount> classes, List<FrozenPack> frozen) {
    /// Nothing has to be brought back.
    public static final ThawPlan NOTHING = new ThawPlan(new TreeMap<>(), List.of());

    public ThawPlan {
        classes = Collections.unmodifiableSortedMap(new TreeMap<>(classes));
        frozen = List.copyOf(frozen);
    }

    /// @param asked whether somebody has asked for it already, so that it is on its way
    public record FrozenPack(ObjectId pack, long bytes, String storageClass, boolean asked) {
        FrozenPack(ObjectId pack, long bytes, String storageClass, Access access) {
            this(pack, bytes, storageClass, access == Access.THAWING);
        }
    }

    public boolean isEmpty() {
        return frozen.isEmpty();
    }

    /// Packs nobody has asked for yet.
    public List<FrozenPack> toAsk() {
        return frozen.stream().filter(pack -> !pack.asked()).toList();
    }

    /// Of all that cannot be read now.
    public long bytes() {
        return frozen.stream().mapToLong(FrozenPack::bytes).sum();
    }

    /// What cannot be read now, by class.
    public SortedMap<String, PackAmount> frozenByClass() {
        return byClass(frozen);
    }

    private static SortedMap<String, PackAmount> byClass(List<FrozenPack> packs) {
        SortedMap<String, PackAmount> amounts = new TreeMap<>();
        packs.forEach(pack -> amounts.put(
                pack.storageClass(),
                amounts.getOrDefault(pack.storageClass(), PackAmount.NONE).plus(pack.bytes())));
        return amounts;
    }

    /// What asking costs. What is on its way was paid for.
    public Cost cost(PriceTable prices, Tier tier) {
        Cost cost = Cost.NONE;
        for (Map.Entry<String, PackAmount> entry : byClass(toAsk()).entrySet()) {
            ClassPrices of = prices.of(entry.getKey());
            String key = "prices.classes." + entry.getKey();
            cost = cost.plus(Cost.ofBytes(
                            of.retrieval().get(word(tier)), entry.getValue().bytes(), key + ".retrieval." + word(tier)))
                    .plus(Cost.ofRequests(
                            of.retrievalRequests().get(word(tier)),
                            entry.getValue().packs(),
                            key + ".retrieval-requests." + word(tier)));
        }
        return cost;
    }

    /// Hours until all is back, by the price table.
    ///
    /// @return empty if it does not say so for every class
    public Optional<BigDecimal> hours(PriceTable prices, Tier tier) {
        BigDecimal longest = BigDecimal.ZERO;
        for (String storageClass : frozenByClass().keySet()) {
            BigDecimal hours = prices.of(storageClass).thawHours().get(word(tier));
            if (hours == null) {
                return Optional.empty();
            }
            longest = longest.max(hours);
        }
        return Optional.of(longest);
    }

    /// A tier as the price table names it.
    public static String word(Tier tier) {
        return tier.name().toLowerCase(Locale.ROOT);
    }
}
