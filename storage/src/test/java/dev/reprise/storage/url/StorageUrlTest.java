package dev.reprise.storage.url;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ExitStatus;
import dev.reprise.storage.local.LocalStorage;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StorageUrlTest {
    @ParameterizedTest
    @CsvSource({
        "local:/srv/backup, local:/srv/backup",
        "/srv/backup, local:/srv/backup",
        "/srv/a:b, local:/srv/a:b",
        "local:/srv/../x/, local:/x",
    })
    void a_path_is_a_local_repository(String url, String location) {
        assertThat(StorageUrl.open(url)).isInstanceOf(LocalStorage.class);
        assertThat(StorageUrl.open(url).location()).isEqualTo(location);
    }

    @ParameterizedTest
    @CsvSource({"backup, backup", "./a:b, a:b", "../a:b, ../a:b", "local:a:b, a:b", "local:backup, backup"})
    void a_relative_path_is_made_absolute(String url, String path) {
        Path absolute = Path.of(System.getProperty("user.dir"), path).normalize();
        assertThat(StorageUrl.open(url).location()).isEqualTo("local:" + absolute);
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3", "sftp", "rest", "gs", "azure", "b2", "swift", "rclone"})
    void a_place_that_is_not_built_yet_is_named_without_its_secrets(String scheme) {
        assertThatThrownBy(() -> StorageUrl.open(scheme + ":https://me:secret@host/repo"))
                .isInstanceOfSatisfying(StorageUrlException.class, e -> {
                    assertThat(e.fact())
                            .contains(scheme + ":")
                            .contains("not supported yet")
                            .doesNotContain("secret");
                    assertThat(e.exitStatus()).isEqualTo(ExitStatus.BAD_CONFIGURATION);
                });
    }

    @Test
    void an_unknown_scheme_gets_advice() {
        assertThatThrownBy(() -> StorageUrl.open("ftp:host:secret/x"))
                .isInstanceOfSatisfying(StorageUrlException.class, e -> {
                    assertThat(e.fact()).endsWith("ftp:");
                    assertThat(e.hint()).contains("local:");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "local:"})
    void no_path_is_no_repository(String url) {
        assertThatThrownBy(() -> StorageUrl.open(url)).isInstanceOf(StorageUrlException.class);
    }
}
