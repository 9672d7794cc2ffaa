package dev.reprise.operations.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelfTestTest {
    @TempDir
    private Path folder;

    @Test
    void saves_checks_restores_and_measures() throws IOException {
        var test = new SelfTest(folder, new SecureRandom(), InstantSource.system(), System::nanoTime, 2);

        SelfTest.Result result = test.run();

        assertThat(result.files()).isEqualTo(204);
        assertThat(result.bytes()).isGreaterThan(24_000_000);
        assertThat(result.stored()).isBetween(12_500_000L, 14_000_000L);
        assertThat(result.packs()).isPositive();
        assertThat(result.throughput().hash()).isPositive();
        assertThat(result.throughput().cipher()).isPositive();
        assertThat(result.throughput().compress()).isPositive();
        assertThat(result.throughput().decompress()).isPositive();
    }
}
