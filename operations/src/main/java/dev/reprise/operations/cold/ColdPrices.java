package dev.reprise.operations.cold;

import dev.reprise.base.PriceTable;
import dev.reprise.storage.classes.StorageClasses;

/// Costs that several plans share.
final class ColdPrices {
    private static final String IMMEDIATE = "immediate";

    private ColdPrices() {}

    /// What reading from a class costs beside the request. The standard class asks for nothing,
    /// whether or not the table says so: of others an unknown price is told.
    static Cost read(PriceTable prices, String storageClass, long bytes) {
        var price = prices.of(storageClass).retrieval().get(IMMEDIATE);
        return price == null && storageClass.equals(StorageClasses.STANDARD)
                ? Cost.NONE
                : Cost.ofBytes(price, bytes, "prices.classes." + storageClass + ".retrieval." + IMMEDIATE);
    }
}
