package dev.reprise.cli.restic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureFlagsTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "s3-restore", "s3-restore=true,device-id-for-hardlinks=0", "safe-forget-keep-tags=T"})
    void known_flags_are_accepted(String variable) {
        assertThat(FeatureFlags.check(variable)).isEmpty();
    }

    @Test
    void a_stable_flag_cannot_be_changed_and_that_is_told() {
        assertThat(FeatureFlags.check("deprecate-legacy-index=false"))
                .containsExactly("feature flag \"deprecate-legacy-index\" is always enabled");
    }

    @Test
    void mistakes_are_refused() {
        assertThatThrownBy(() -> FeatureFlags.check("no-such-flag"))
                .hasMessage("unknown feature flag \"no-such-flag\"");
        assertThatThrownBy(() -> FeatureFlags.check("s3-restore=maybe"))
                .hasMessage("failed to parse value \"maybe\" for feature flag s3-restore");
    }
}
