package dev.reprise.operations.cold;

import dev.reprise.base.ObjectId;
import dev.reprise.base.PriceTable;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which packs go to another class, and why the others stay.
///
/// @param policy what it was made for
/// @param moves  the oldest first
/// @param later  old enough, but beyond the number that was asked for
/// @param moved  lie in that class, or in an archive, already
/// @param young  not old enough
/// @param bound  would be paid for twice: not as long in their present class as its prices demand
/// @param other  old enough, but no packs with nothing but contents of files: metadata, or named
///               by no index
public record LifecyclePlan(
        ColdPolicy policy,
        List<PackMove> moves,
        PackAmount later,
        PackAmount moved,
        PackAmount young,
        PackAmount bound,
        PackAmount other) {
    public LifecyclePlan {
        moves = List.copyOf(moves);
    }

    /// @param from its present class
    public record PackMove(ObjectId pack, long bytes, String from) {}

    /// Of all that is moved.
    public long bytes() {
        return moves.stream().mapToLong(PackMove::bytes).sum();
    }

    /// Of the requests that move.
    public Cost once(PriceTable prices) {
        String to = policy.storageClass();
        Cost cost = Cost.ofRequests(prices.of(to).put(), moves.size(), "prices.classes." + to + ".put");
        for (PackMove move : moves) {
            cost = cost.plus(ColdPrices.read(prices, move.from(), move.bytes()));
        }
        return cost;
    }

    /// What keeping these packs costs in a month where they are.
    public Cost monthBefore(PriceTable prices) {
        Cost cost = Cost.NONE;
        for (PackMove move : moves) {
            cost = cost.plus(month(prices, move.from(), move.bytes()));
        }
        return cost;
    }

    /// What keeping them costs in a month where they go.
    public Cost monthAfter(PriceTable prices) {
        return month(prices, policy.storageClass(), bytes());
    }

    private static Cost month(PriceTable prices, String storageClass, long bytes) {
        @Nullable BigDecimal price = prices.of(storageClass).month();
        return Cost.ofBytes(price, bytes, "prices.classes." + storageClass + ".month");
    }
}
