package dev.reprise.storage.url;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ExitStatus;
import dev.reprise.storage.FakeWaiting;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.faults.FaultyStorage;
import dev.reprise.storage.faults.FaultyStorage.Operation;
import dev.reprise.storage.local.LocalStorage;
import dev.reprise.storage.memory.MemoryStorage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
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
        assertThat(places.open("sftp:me@host:/srv/x", SETTINGS).location()).isEqualTo("memory:");
        assertThat(places.options())
                .extracting(PlaceKind.PlaceOption::name)
                .containsExactly("local.connections", "sftp.connections");
        assertThatThrownBy(() -> places.open("s3:host/bucket", SETTINGS))
                .isInstanceOfSatisfying(
                        StorageUrlException.class, e -> assertThat(e.hint()).endsWith(", or sftp:"));
    }

    /// A kind whose places fail as often as their address says.
    private record FailingKind() implements PlaceKind {
        @Override
        public String scheme() {
            return "fail";
        }

        @Override
        public Storage open(String address, PlaceSettings settings) {
            var faulty = new FaultyStorage(new MemoryStorage(), 1);
            for (int i = 0; i < Integer.parseInt(address); i++) {
                faulty.on(Operation.COMMIT).nth(1).fail(Kind.THROTTLED);
            }
            return faulty;
        }
    }

    @Test
    void a_place_that_is_no_directory_is_repeated_and_slowed_and_tells() {
        var waiting = new FakeWaiting();
        var told = new ArrayList<String>();
        var settings = new PlaceSettings(
                Map.of(),
                Path.of("/"),
                Map.of(),
                Transport.DEFAULT,
                new PlaceSettings.RateLimits(OptionalLong.of(100_000), OptionalLong.empty()),
                InstantSource.fixed(Instant.EPOCH),
                (operation, pause, reason) -> told.add(operation + " " + reason.kind()));
        var places = new Places(List.of(new FailingKind()), waiting, () -> 1L << 63);
        try (Storage storage = places.open("fail:2", settings)) {
            storage.write(ObjectKey.CONFIG, new byte[1_000_000]);
            assertThat(storage.size(ObjectKey.CONFIG)).isEqualTo(1_000_000);
        }
        assertThat(told).containsExactly("Save(<config/>) THROTTLED", "Save(<config/>) THROTTLED");
        assertThat(waiting.pauses()).contains(Duration.ofSeconds(1), Duration.ofSeconds(2));
        assertThat(waiting.passed()).isBetween(Duration.ofMillis(12_800), Duration.ofSeconds(13));
    }

    @Test
    void a_directory_takes_its_number_of_connections_from_its_option() {
        assertThat(open("/srv/x").connections()).isEqualTo(2);
        assertThat(Places.LOCAL.open("/srv/x", localConnections("7")).connections())
                .isEqualTo(7);
        assertThatThrownBy(() -> Places.LOCAL.open("/srv/x", localConnections("0")))
                .isInstanceOf(StorageUrlException.class)
                .hasMessageContaining("local.connections");
    }

    private static PlaceSettings localConnections(String number) {
        return new PlaceSettings(
                Map.of(),
                Path.of("/"),
                Map.of("local.connections", number),
                Transport.DEFAULT,
                PlaceSettings.RateLimits.NONE,
                InstantSource.fixed(Instant.EPOCH));
    }

    private static Storage open(String url) {
        return Places.LOCAL.open(url, SETTINGS);
    }
}
