package dev.reprise.repository.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A key set")
class KeySetTest {
    private final KeySet keys = KeySet.of(HexFormat.of()
            .parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                    + "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"));

    /// Computed with another implementation of HMAC-SHA-512.
    @Test
    void gives_keys_for_another_purpose() {
        try (KeySet derived = keys.derived("reprise index cache")) {
            HexFormat hex = HexFormat.of();
            assertThat(hex.formatHex(derived.encrypt()) + hex.formatHex(derived.macK()) + hex.formatHex(derived.macR()))
                    .isEqualTo("8c0c9b4f7cfe8110b50ac5b0e67408f4ca74987cc18ac3fcd1905b7911fe8fa2"
                            + "33e01e880b7f0187d6a1fc94d0306124bf1275eb2517a94cbaf90c0358b41dc8");
        }
    }

    @Test
    void gives_nothing_once_it_is_wiped() {
        keys.close();

        assertThatThrownBy(() -> keys.derived("reprise index cache")).isInstanceOf(IllegalStateException.class);
    }
}
