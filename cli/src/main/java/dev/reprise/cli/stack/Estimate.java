package dev.reprise.cli.stack;

import dev.reprise.base.PriceTable;
import dev.reprise.cli.JsonFields;
import dev.reprise.operations.cold.Cost;

/// How costs are shown: amounts as texts, since they are exact, and every price that is missing
/// by its key.
final class Estimate {
    private Estimate() {}

    /// `1.23 USD`, or `unknown (not set: prices.classes.GLACIER.put)`.
    static String text(Cost cost, PriceTable prices) {
        String text = cost.text(prices.currency());
        return cost.isKnown() ? text : text + " (not set: " + String.join(", ", cost.missingKeys()) + ")";
    }

    static void put(JsonFields fields, String name, Cost cost) {
        fields.putObject(name, json -> json.put("amount", cost.rounded()).putAll("unknown_prices", cost.missingKeys()));
    }
}
