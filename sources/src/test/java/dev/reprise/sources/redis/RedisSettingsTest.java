package dev.reprise.sources.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.Secret;
import dev.reprise.sources.SourceException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisSettingsTest {
    @Test
    void a_url_gives_user_password_host_and_port_and_its_database_is_ignored() {
        var settings = RedisSettings.ofUrl("cache", "rediss://me:p%40ss+1@[::1]:7000/3", Optional.empty());
        assertThat(settings.host()).isEqualTo("::1");
        assertThat(settings.port()).isEqualTo(7000);
        assertThat(settings.user()).contains("me");
        assertThat(settings.password()).contains(Secret.of("p@ss+1"));
        assertThat(settings.tls()).isTrue();
    }

    /// A name with an underscore is none to `java.net.URI`: the local server must not be taken in its place.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://u:s3cret@host",
                "redis://u:s3cret@",
                "redis://u:s3cret@host:99999",
                "redis://u:s3cret%zz@host",
                "redis://u:s3 cret@host",
                "redis://u:s3cret@my_cache:6379"
            })
    void a_url_that_names_no_server_is_refused_without_repeating_its_password(String url) {
        var error =
                catchThrowableOfType(SourceException.class, () -> RedisSettings.ofUrl("cache", url, Optional.empty()));
        assertThat(error.exitStatus()).isEqualTo(ExitStatus.BAD_CONFIGURATION);
        assertThat(error.fact() + error.hint() + error.getCause()).doesNotContain("s3");
    }
}
