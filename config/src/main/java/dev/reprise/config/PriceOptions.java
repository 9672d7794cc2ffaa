package dev.reprise.config;

import dev.reprise.base.PriceTable;
import dev.reprise.base.PriceTable.ClassPrices;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.Tag;

/// Keys below `prices`, of the whole file and of a repository.
final class PriceOptions {
    private static final Entries<BigDecimal> BY_TIER =
            new Entries<>(Pattern.compile("immediate|standard|bulk|expedited"), new Amount());

    static final Option<String> CURRENCY =
            Option.required("currency", new ValueType.Text(), "What all amounts are in", "USD");
    static final Option<String> AS_OF = Option.required(
            "as-of", new ValueType.Text(), "When they were looked up; shown with every estimate", "2026-11-01");

    static final Option<BigDecimal> MONTH =
            Option.optional("month", new Amount(), "For a GiB kept a month of 30 days", "0.0036");
    static final Option<BigDecimal> PUT = Option.optional(
            "put", new Amount(), "For 1000 requests that store an object in this class or move one into it", "0.03");
    static final Option<BigDecimal> GET = Option.optional("get", new Amount(), "For 1000 requests that read", "0.0004");
    static final Option<Integer> MINIMUM_DAYS = Option.optional(
            "minimum-days",
            new ValueType.Count(0, 3650),
            "What is removed earlier is paid for as if it had stayed so long",
            "90");
    static final Option<Map<String, BigDecimal>> RETRIEVAL = Option.withDefault(
            "retrieval",
            BY_TIER,
            Map.of(),
            "For a GiB brought back, by tier: standard, bulk, expedited; immediate where nothing has to be brought back",
            "{standard: 0.01, bulk: 0}");
    static final Option<Map<String, BigDecimal>> RETRIEVAL_REQUESTS = Option.withDefault(
            "retrieval-requests",
            BY_TIER,
            Map.of(),
            "For 1000 objects brought back, by tier",
            "{standard: 0.05, bulk: 0}");
    static final Option<Map<String, BigDecimal>> THAW_HOURS = Option.withDefault(
            "thaw-hours", BY_TIER, Map.of(), "Hours until an object is back, by tier", "{standard: 5, bulk: 12}");

    static final Section CLASS_SECTION = Section.of(
            "prices of a class",
            "What one storage class costs; what is left out is unknown, not free",
            MONTH,
            PUT,
            GET,
            MINIMUM_DAYS,
            RETRIEVAL,
            RETRIEVAL_REQUESTS,
            THAW_HOURS);

    static final Option<Map<String, Values>> CLASSES = Option.required(
            "classes",
            ValueType.Named.of(CLASS_SECTION),
            "By the class's name at the place: STANDARD, GLACIER",
            "{STANDARD: {month: 0.023}, GLACIER: {month: 0.0036, minimum-days: 90}}");

    static final Section SECTION = Section.of(
            "prices",
            "What a place asks, for estimates; none is built in, so take them from your provider",
            CURRENCY,
            AS_OF,
            CLASSES);

    static final String EXAMPLE = "{currency: USD, as-of: 2026-11-01, classes: {STANDARD: {month: 0.023}}}";

    private PriceOptions() {}

    static PriceTable table(@Nullable Values values) {
        if (values == null) {
            return PriceTable.NONE;
        }
        Map<String, ClassPrices> classes = new LinkedHashMap<>();
        values.get(CLASSES).forEach((name, prices) -> classes.put(name, prices(prices)));
        return new PriceTable(values.get(CURRENCY), values.get(AS_OF), classes);
    }

    private static ClassPrices prices(Values values) {
        return new ClassPrices(
                values.find(MONTH),
                values.find(PUT),
                values.find(GET),
                values.find(MINIMUM_DAYS),
                values.get(RETRIEVAL),
                values.get(RETRIEVAL_REQUESTS),
                values.get(THAW_HOURS));
    }

    /// A number that is not negative, exactly as it is written.
    record Amount() implements ValueType<BigDecimal> {
        private static final Pattern PLAIN = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,12})?");

        @Override
        public @Nullable BigDecimal read(Node node, String path, Reading reading) {
            String text = reading.scalar(node, path, description(), Tag.INT, Tag.FLOAT);
            if (text == null) {
                return null;
            }
            if (!PLAIN.matcher(text).matches()) {
                reading.problem(node, path + ": expected " + description() + ", was " + text);
                return null;
            }
            return new BigDecimal(text);
        }

        @Override
        public String description() {
            return "a number like 0.023";
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of("type", "number", "minimum", 0);
        }

        @Override
        public Object shown(BigDecimal value) {
            return value.toPlainString();
        }
    }
}
