package dev.reprise.sources.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.RawName;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlainNamesTest {
    @ParameterizedTest
    @CsvSource({"app, app.dump", "a/b, a%2Fb.dump", ".., %2E..dump", "a.b, a.b.dump", "a%2Fb, a%252Fb.dump"})
    void a_database_becomes_a_file_and_back(String database, String file) {
        assertThat(PlainNames.dumpFile(database)).isEqualTo(file);
        assertThat(PlainNames.database(file)).isEqualTo(database);
    }

    @Test
    void any_name_makes_a_plain_file_name_of_its_own() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            int[] points = random.ints(1 + random.nextInt(12), 1, 0x3000).toArray();
            String name = new String(points, 0, points.length);
            String file = PlainNames.dumpFile(name);
            assertThat(RawName.of(file).isPlainName())
                    .as("seed %d: %s", seed, file)
                    .isTrue();
            assertThat(file).as("seed %d", seed).matches("[A-Za-z0-9_%.-]+");
            assertThat(PlainNames.database(file)).as("seed %d", seed).isEqualTo(name);
        }
    }

    @Test
    void parts_of_a_fact_key_are_unambiguous() {
        assertThat(PlainNames.factKey("a.b", "c", "d")).isEqualTo("a%2Eb.c.d");
        assertThat(PlainNames.factKey("a", "b.c", "d")).isEqualTo("a.b%2Ec.d");
    }
}
