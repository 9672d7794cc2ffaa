package dev.reprise.storage.url;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ExitStatus;
import dev.reprise.storage.Storage;
import dev.reprise.storage.local.LocalStorage;
import dev.reprise.storage.memory.MemoryStorage;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlacesTest {
    private static final PlaceSettings SETTINGS =
            new PlaceSettings(Map.of(), Path.of("/"), InstantSource.fixed(Instant.EPOCH));

    @ParameterizedTest
    @CsvSource({
        "local:/srv/backup, local:/srv/backup",
        "/srv/backup, local:/srv/backup",
        "/srv/a:b, local:/srv/a:b",
        "local:/srv/../x/, local:/x",
    })
    void a_path_is_a_local_repository(String url, String location) {
        assertThat(open(url)).isInstanceOf(LocalStorage.class);
        assertThat(open(url).location()).isEqualTo(location);
    }

    @ParameterizedTest
    @CsvSource({"backup, backup", "./a:b, a:b", "../a:b, ../a:b", "local:a:b, a:b", "local:backup, backup"})
    void a_relative_path_is_made_absolute(String url, String path) {
        Path absolute = Path.of(System.getProperty("user.dir"), path).normalize();
        assertThat(open(url).location()).isEqualTo("local:" + absolute);
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3", "sftp", "rest", "gs", "azure", "b2", "swift", "rclone"})
    void a_place_that_is_not_known_is_named_without_its_secrets(String scheme) {
        assertThatThrownBy(() -> open(scheme + ":https://me:secret@host/repo"))
                .isInstanceOfSatisfying(StorageUrlException.class, e -> {
                    assertThat(e.fact())
                            .contains(scheme + ":")
                            .contains("not supported")
                            .doesNotContain("secret");
                    assertThat(e.exitStatus()).isEqualTo(ExitStatus.BAD_CONFIGURATION);
                });
    }

    @Test
    void an_unknown_scheme_gets_advice() {
        assertThatThrownBy(() -> open("ftp:host:secret/x")).isInstanceOfSatisfying(StorageUrlException.class, e -> {
            assertThat(e.fact()).endsWith("ftp:");
            assertThat(e.hint()).contains("local:");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "local:"})
    void no_path_is_no_repository(String url) {
        assertThatThrownBy(() -> open(url)).isInstanceOf(StorageUrlException.class);
    }

    @Test
    void a_kind_is_found_by_its_scheme_and_given_the_rest_of_the_url() {
        var places = new Places(List.of(new PlaceKind() {
            @Override
            public String scheme() {
                return "sftp";
            }

            @Override
            public List<PlaceOption> options() {
                return List.of(new PlaceOption("sftp.connections", "how many"));
            }

            @Override
            public Storage open(String address, PlaceSettings settings) {
                assertThat(address).isEqualTo("me@host:/srv/x");
                return new MemoryStorage();
            }
        }));
        assertThat(places.open("sftp:me@host:/srv/x", SETTINGS)).isInstanceOf(MemoryStorage.class);
        assertThat(places.options())
                .extracting(PlaceKind.PlaceOption::name)
                .containsExactly("local.connections", "sftp.connections");
        assertThatThrownBy(() -> places.open("s3:host/bucket", SETTINGS))
                .isInstanceOfSatisfying(
                        StorageUrlException.class, e -> assertThat(e.hint()).endsWith(", or sftp:"));
    }

    private static Storage open(String url) {
        return Places.LOCAL.open(url, SETTINGS);
    }
}
