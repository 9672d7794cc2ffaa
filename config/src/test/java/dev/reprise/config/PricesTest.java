package dev.reprise.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.PriceTable;
import dev.reprise.base.PriceTable.ClassPrices;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PricesTest {
    private static final String REPOSITORIES = """
            repositories:
              own:
                location: /a
                password: {env: P}
                cold: {class: GLACIER_IR}
                prices: {currency: EUR, as-of: 2026-10-01, classes: {STANDARD: {month: 0.01}}}
              shared: {location: /b, password: {env: P}, cold: {class: GLACIER, after: 10d}}
            """;

    private static RepriseConfig read(String text) {
        return ConfigReader.read(text, "reprise.yaml", Path.of("/etc"));
    }

    @Test
    void a_repository_has_its_own_prices_or_those_of_the_whole_file() {
        RepriseConfig config = read(REPOSITORIES + """
                prices:
                  currency: USD
                  as-of: 2026-11-01
                  classes:
                    GLACIER:
                      month: 0.0036
                      minimum-days: 90
                      retrieval: {standard: 0.01, bulk: 0}
                """);
        PriceTable own = config.pricesOf(config.repository("own"));
        assertThat(own.currency()).isEqualTo("EUR");
        assertThat(own.of("STANDARD").month()).isEqualTo(new BigDecimal("0.01"));
        assertThat(own.of("STANDARD").put()).isNull();
        assertThat(own.of("GLACIER")).isEqualTo(ClassPrices.UNKNOWN);
        PriceTable shared = config.pricesOf(config.repository("shared"));
        assertThat(shared.asOf()).isEqualTo("2026-11-01");
        assertThat(shared.of("GLACIER").minimumDays()).isEqualTo(90);
        assertThat(shared.of("GLACIER").retrieval())
                .isEqualTo(Map.of("standard", new BigDecimal("0.01"), "bulk", BigDecimal.ZERO));
    }

    @Test
    void without_prices_nothing_is_known_and_old_data_goes_after_thirty_days() {
        RepriseConfig config = read(REPOSITORIES);
        assertThat(config.pricesOf(config.repository("shared"))).isEqualTo(PriceTable.NONE);
        assertThat(Objects.requireNonNull(config.repository("own").cold()))
                .isEqualTo(new RepositorySettings.Cold("GLACIER_IR", Duration.ofDays(30)));
        assertThat(Objects.requireNonNull(config.repository("shared").cold()).after())
                .isEqualTo(Duration.ofDays(10));
    }

    @Test
    void a_price_below_zero_and_a_tier_nobody_has_are_refused_with_their_place() {
        assertThatThrownBy(() -> read(REPOSITORIES + """
                prices:
                  currency: USD
                  as-of: today
                  classes: {STANDARD: {month: -1, retrieval: {slow: 1}}}
                """))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("prices.classes.STANDARD.month: expected a number like 0.023, was -1")
                .hasMessageContaining("prices.classes.STANDARD.retrieval: \"slow\" is no name here");
    }
}
