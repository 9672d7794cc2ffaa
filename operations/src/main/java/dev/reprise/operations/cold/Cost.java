package dev.reprise.operations.cold;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What something costs as far as prices are known. Immutable.
///
/// @param amount  in the currency of the price table
/// @param missing names of prices that nobody gave and that would add to it
public record Cost(BigDecimal amount, Set<String> missing) {
    public static final Cost NONE = new Cost(BigDecimal.ZERO, Set.of());

    private static final BigDecimal GIB = BigDecimal.valueOf(1L << 30);
    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);
    private static final int DECIMALS = 12;
    /// An amount below this is shown with more digits.
    private static final BigDecimal SMALL = new BigDecimal("0.01");

    public Cost {
        missing = Collections.unmodifiableSet(new TreeSet<>(missing));
    }

    /// @param price of a GiB; null if it is not known
    /// @param name  of the price in the configuration
    static Cost ofBytes(@Nullable BigDecimal price, long bytes, String name) {
        return of(price, BigDecimal.valueOf(bytes).divide(GIB, DECIMALS, RoundingMode.HALF_UP), name);
    }

    /// @param price of 1000 requests; null if it is not known
    static Cost ofRequests(@Nullable BigDecimal price, long requests, String name) {
        return of(price, BigDecimal.valueOf(requests).divide(THOUSAND, DECIMALS, RoundingMode.HALF_UP), name);
    }

    private static Cost of(@Nullable BigDecimal price, BigDecimal quantity, String name) {
        if (quantity.signum() == 0) {
            return NONE;
        }
        return price == null ? new Cost(BigDecimal.ZERO, Set.of(name)) : new Cost(price.multiply(quantity), Set.of());
    }

    Cost times(BigDecimal factor) {
        return new Cost(amount.multiply(factor), missing);
    }

    public Cost plus(Cost other) {
        Set<String> both = new TreeSet<>(missing);
        both.addAll(other.missing);
        return new Cost(amount.add(other.amount), both);
    }

    public boolean isKnown() {
        return missing.isEmpty();
    }

    /// `1.23`, small amounts with three digits that count: `0.000412`.
    public String rounded() {
        boolean small = amount.signum() != 0 && amount.compareTo(SMALL) < 0;
        BigDecimal shown = small
                ? amount.round(new java.math.MathContext(3, RoundingMode.HALF_UP))
                : amount.setScale(2, RoundingMode.HALF_UP);
        return shown.toPlainString();
    }

    /// `1.23 USD`, `unknown`, or `1.23 USD and what is unknown`.
    public String text(String currency) {
        if (isKnown()) {
            return (rounded() + " " + currency).strip();
        }
        return amount.signum() == 0 ? "unknown" : rounded() + " " + currency + " and what is unknown";
    }

    /// The prices that are missing, as keys of the configuration.
    public List<String> missingKeys() {
        return List.copyOf(missing);
    }
}
