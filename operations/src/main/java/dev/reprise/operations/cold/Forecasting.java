package dev.reprise.operations.cold;

import dev.reprise.base.ObjectId;
import dev.reprise.base.PriceTable;
import dev.reprise.base.PriceTable.ClassPrices;
import dev.reprise.operations.cold.Forecast.ClassAmounts;
import dev.reprise.operations.cold.Forecast.ColdRepack;
import dev.reprise.operations.cold.Forecast.Once;
import dev.reprise.operations.prune.PlannedPack;
import dev.reprise.operations.prune.PrunePlan;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.classes.StorageClasses;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Adds up what a plan of a prune and a policy for cold data come to. Changes nothing; one
/// instance, one forecast, one thread. Holds about 150 bytes for each pack.
///
/// A place without classes is taken to have one, [StorageClasses#STANDARD].
public final class Forecasting {
    private static final BigDecimal DAYS_OF_MONTH = BigDecimal.valueOf(30);
    private static final String STANDARD = StorageClasses.STANDARD;

    private final Storage storage;
    private final @Nullable StorageClasses classes;
    private final PriceTable prices;
    private final @Nullable ColdPolicy policy;
    private final long packBytes;
    private final Instant now;

    private final Map<ObjectId, Seen> packs = new HashMap<>();
    private final SortedMap<String, PackAmount> present = new TreeMap<>();
    private final SortedMap<String, PackAmount> pruned = new TreeMap<>();
    private final SortedMap<String, PackAmount> moved = new TreeMap<>();

    private final Sum reads = new Sum();
    private final Sum early = new Sum();
    private final Sum moves = new Sum();
    private final Sum coldOnce = new Sum();
    private Cost coldSaved = Cost.NONE;
    private long newContents;
    private long newMetadata;

    /// @param policy    where old packs go; null if they stay
    /// @param packBytes size of new packs
    public Forecasting(
            Storage storage, PriceTable prices, @Nullable ColdPolicy policy, long packBytes, InstantSource clock) {
        this.storage = storage;
        this.classes = storage.capability(StorageClasses.class);
        this.prices = prices;
        this.policy = policy;
        this.packBytes = packBytes;
        this.now = clock.instant();
    }

    private record Seen(String storageClass, Instant modified) {}

    /// A cost and of how many things it is.
    private static final class Sum {
        private long count;
        private Cost cost = Cost.NONE;

        void add(Cost more) {
            count++;
            cost = cost.plus(more);
        }
    }

    /// @param plan made a moment ago
    public Forecast forecast(PrunePlan plan) {
        for (ObjectType type : ObjectType.values()) {
            look(type);
        }
        plan.forEachPack(this::add);
        Sum stored = new Sum();
        store(newContents, true, stored);
        store(newMetadata, false, stored);
        var names = new TreeSet<>(present.keySet());
        names.addAll(pruned.keySet());
        names.addAll(moved.keySet());
        List<ClassAmounts> rows = new ArrayList<>();
        for (String name : names) {
            rows.add(new ClassAmounts(name, amount(present, name), amount(pruned, name), amount(moved, name)));
        }
        return new Forecast(
                rows,
                month(present),
                month(pruned),
                month(moved),
                List.of(
                        new Once("prune_reads", "prune: packs read to be repacked", reads.count, reads.cost),
                        new Once("prune_stores", "prune: packs stored anew", stored.count, stored.cost),
                        new Once("prune_early", "prune: packs removed before their time", early.count, early.cost),
                        new Once("moves", "lifecycle: packs moved", moves.count, moves.cost)),
                new ColdRepack(coldOnce.count, coldOnce.cost, coldSaved));
    }

    private void look(ObjectType type) {
        if (classes == null) {
            storage.list(type, object -> seen(type, object.key().name(), object.size(), STANDARD, now));
        } else {
            classes.list(
                    type,
                    object ->
                            seen(type, object.key().name(), object.bytes(), object.storageClass(), object.modified()));
        }
    }

    private void seen(ObjectType type, String name, long bytes, String storageClass, Instant modified) {
        if (type == ObjectType.PACK) {
            packs.put(ObjectId.parse(name), new Seen(storageClass.intern(), modified));
        } else {
            count(present, storageClass, bytes);
            count(pruned, storageClass, bytes);
            count(moved, storageClass, bytes);
        }
    }

    private static void count(SortedMap<String, PackAmount> amounts, String storageClass, long bytes) {
        amounts.put(
                storageClass,
                amounts.getOrDefault(storageClass, PackAmount.NONE).plus(bytes));
    }

    private static PackAmount amount(SortedMap<String, PackAmount> amounts, String storageClass) {
        return amounts.getOrDefault(storageClass, PackAmount.NONE);
    }

    private void add(PlannedPack pack) {
        Seen seen = packs.getOrDefault(pack.id(), new Seen(STANDARD, now));
        count(present, seen.storageClass(), pack.bytes());
        switch (pack.fate()) {
            case STAYS -> {
                count(pruned, seen.storageClass(), pack.bytes());
                stays(pack, seen);
            }
            case REPACKED -> repack(pack, seen);
            case REMOVED -> leave(pack, seen);
        }
    }

    private void stays(PlannedPack pack, Seen seen) {
        ColdPolicy cold = policy;
        if (cold == null || !isMoved(pack, seen, cold)) {
            count(moved, seen.storageClass(), pack.bytes());
            return;
        }
        String to = cold.storageClass();
        count(moved, to, pack.bytes());
        moves.add(Cost.ofRequests(prices.of(to).put(), 1, key(to, "put"))
                .plus(ColdPrices.read(prices, seen.storageClass(), pack.bytes())));
    }

    /// As [LifecyclePlanning] decides.
    private boolean isMoved(PlannedPack pack, Seen seen, ColdPolicy cold) {
        StorageClasses known = classes;
        return known != null
                && pack.contents()
                && !seen.storageClass().equals(cold.storageClass())
                && !known.isArchive(seen.storageClass())
                && !seen.modified().plus(cold.after()).isAfter(now)
                && daysLeft(seen).signum() == 0;
    }

    private void repack(PlannedPack pack, Seen seen) {
        String from = seen.storageClass();
        Cost read = Cost.ofRequests(prices.of(from).get(), 1, key(from, "get"))
                .plus(ColdPrices.read(prices, from, pack.bytes()));
        reads.add(read);
        Cost fee = leave(pack, seen);
        if (pack.contents()) {
            newContents += pack.needed();
        } else {
            newMetadata += pack.needed();
        }
        if (!from.equals(STANDARD)) {
            String to = classOfNew(pack.contents());
            coldOnce.add(read.plus(fee).plus(Cost.ofRequests(prices.of(to).put(), 1, key(to, "put"))));
            coldSaved = coldSaved
                    .plus(month(from, pack.bytes()))
                    .plus(month(to, pack.needed()).times(BigDecimal.ONE.negate()));
        }
    }

    /// @return what its class charges for it
    private Cost leave(PlannedPack pack, Seen seen) {
        ClassPrices of = prices.of(seen.storageClass());
        Cost fee;
        if (of.minimumDays() == null && !seen.storageClass().equals(STANDARD)) {
            fee = Cost.ofBytes(null, pack.bytes(), key(seen.storageClass(), "minimum-days"));
        } else {
            BigDecimal months = daysLeft(seen).divide(DAYS_OF_MONTH, 6, RoundingMode.HALF_UP);
            fee = months.signum() == 0
                    ? Cost.NONE
                    : month(seen.storageClass(), pack.bytes()).times(months);
        }
        if (!fee.equals(Cost.NONE)) {
            early.add(fee);
        }
        return fee;
    }

    /// Days an object has to stay yet, or be paid for as if it did.
    private BigDecimal daysLeft(Seen seen) {
        Integer days = prices.of(seen.storageClass()).minimumDays();
        if (days == null) {
            return BigDecimal.ZERO;
        }
        Duration left = Duration.between(now, seen.modified().plus(Duration.ofDays(days)));
        return left.isPositive()
                ? BigDecimal.valueOf(left.toSeconds()).divide(BigDecimal.valueOf(86_400), 6, RoundingMode.HALF_UP)
                : BigDecimal.ZERO;
    }

    private void store(long bytes, boolean contents, Sum stored) {
        String to = classOfNew(contents);
        for (long left = bytes; left > 0; left -= packBytes) {
            long size = Math.min(left, packBytes);
            count(pruned, to, size);
            count(moved, to, size);
            stored.add(Cost.ofRequests(prices.of(to).put(), 1, key(to, "put")));
        }
    }

    private String classOfNew(boolean contents) {
        return classes == null ? STANDARD : classes.classOfNew(contents);
    }

    private Cost month(SortedMap<String, PackAmount> amounts) {
        Cost cost = Cost.NONE;
        for (Map.Entry<String, PackAmount> entry : amounts.entrySet()) {
            cost = cost.plus(month(entry.getKey(), entry.getValue().bytes()));
        }
        return cost;
    }

    private Cost month(String storageClass, long bytes) {
        return Cost.ofBytes(prices.of(storageClass).month(), bytes, key(storageClass, "month"));
    }

    private static String key(String storageClass, String price) {
        return "prices.classes." + storageClass + "." + price;
    }
}
