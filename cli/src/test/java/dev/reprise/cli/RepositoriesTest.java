package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.config.ConfigException;
import dev.reprise.config.ConfigReader;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.memory.MemoryStorage;
import dev.reprise.storage.url.PlaceKind.PlaceOption;
import dev.reprise.storage.url.PlaceOpener;
import dev.reprise.storage.url.PlaceSettings;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoriesTest {
    private final List<PlaceSettings> asked = new ArrayList<>();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    private void open(String... place) {
        var printed = new PrintStream(err, true, StandardCharsets.UTF_8);
        var opener = new PlaceOpener() {
            @Override
            public Storage open(String url, PlaceSettings settings) {
                asked.add(settings);
                return new MemoryStorage();
            }

            @Override
            public List<PlaceOption> options() {
                return List.of(new PlaceOption("s3.region", ""), new PlaceOption("s3.connections", ""));
            }
        };
        var context = new CommandContext(
                Map.of("AWS_PROFILE", "everyday", "AWS_DEFAULT_REGION", "north"),
                folder,
                InputStream.nullInputStream(),
                printed,
                printed,
                CommandContext.Terminal.NONE,
                InstantSource.fixed(Instant.EPOCH),
                ZoneId.of("Europe/Berlin"),
                SecureRandom::new,
                opener);
        String yaml =
                """
                repositories:
                  main:
                    location: s3:host/bucket
                    password: {env: PW}
                """ + Arrays.stream(place).map(line -> "    " + line + "\n").collect(Collectors.joining());
        var config = ConfigReader.read(yaml, "reprise.yaml", folder);
        new Repositories(config, context).storage(config.repository("main")).close();
    }

    @Test
    void a_place_is_opened_as_its_repository_says() throws Exception {
        Files.writeString(folder.resolve("secret"), "hush\n");
        open("connections: 9", "upload: 08:00-18:00 512KiB/s", "options: {s3.region: south}", """
                environment: {AWS_PROFILE: backup, AWS_SECRET_ACCESS_KEY: {file: secret}}""");
        PlaceSettings settings = asked.getFirst();
        assertThat(settings.options())
                .containsExactlyInAnyOrderEntriesOf(Map.of("s3.region", "south", "s3.connections", "9"));
        assertThat(settings.environment())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "AWS_PROFILE", "backup", "AWS_DEFAULT_REGION", "north", "AWS_SECRET_ACCESS_KEY", "hush"));
        assertThat(settings.limits().upload()).hasToString("08:00-18:00 512KiB/s, else unlimited");
        assertThat(settings.limits().zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
        assertThat(settings.workingDirectory()).isEqualTo(folder);
    }

    @Test
    void an_option_no_kind_takes_is_refused() {
        assertThatThrownBy(() -> open("options: {s3.regoin: south}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("repositories.main has the option s3.regoin, which no kind of place takes");
    }

    @Test
    void what_is_repeated_is_told_with_the_name_of_the_repository() {
        open();
        var reason = new StorageException(StorageException.Kind.UNREACHABLE, "connection refused", "", null);
        asked.getFirst().retries().retrying("Save(<data/0123456789>)", Duration.ofMillis(3400), reason);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("repository main: retrying in 3 s (Save(<data/0123456789>) returned error: connection"
                        + " refused)" + System.lineSeparator());
    }
}
