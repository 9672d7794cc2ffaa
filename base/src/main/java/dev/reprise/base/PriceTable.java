package dev.reprise.base;

import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a place asks for its services, as its users wrote it down. A price nobody gave is
/// unknown, never zero.
///
/// @param currency as in `USD`
/// @param asOf     when the prices were looked up, as the user wrote it
/// @param classes  by name of the storage class
public record PriceTable(String currency, String asOf, Map<String, ClassPrices> classes) {
    /// Nothing is known.
    public static final PriceTable NONE = new PriceTable("", "", Map.of());

    public PriceTable {
        classes = Map.copyOf(classes);
    }

    /// Of a class nobody named, nothing is known.
    public ClassPrices of(String storageClass) {
        return classes.getOrDefault(storageClass, ClassPrices.UNKNOWN);
    }

    /// Prices of one class. Tiers are `standard`, `bulk` and `expedited` of an archive,
    /// `immediate` of any other.
    ///
    /// @param month             for a GiB kept a month of 30 days
    /// @param put               for 1000 requests that store an object in this class, or move one
    ///                          into it
    /// @param get               for 1000 requests that read
    /// @param minimumDays       an object removed earlier is paid for as if it had stayed so long
    /// @param retrieval         by tier: for a GiB read or brought back
    /// @param retrievalRequests by tier: for 1000 objects brought back
    /// @param thawHours         by tier: how long bringing back takes at most
    public record ClassPrices(
            @Nullable BigDecimal month,
            @Nullable BigDecimal put,
            @Nullable BigDecimal get,
            @Nullable Integer minimumDays,
            Map<String, BigDecimal> retrieval,
            Map<String, BigDecimal> retrievalRequests,
            Map<String, BigDecimal> thawHours) {
        public static final ClassPrices UNKNOWN = new ClassPrices(null, null, null, null, Map.of(), Map.of(), Map.of());

        public ClassPrices {
            retrieval = Map.copyOf(retrieval);
            retrievalRequests = Map.copyOf(retrievalRequests);
            thawHours = Map.copyOf(thawHours);
        }
    }
}
