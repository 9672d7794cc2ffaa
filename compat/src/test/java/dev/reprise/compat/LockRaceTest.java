package dev.reprise.compat;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.Secret;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.restic.ResticCli;
import dev.reprise.cli.restic.ResticVerbs;
import dev.reprise.repository.Repository;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.faults.FaultyStorage;
import dev.reprise.storage.faults.FaultyStorage.Operation;
import dev.reprise.storage.local.LocalStorage;
import dev.reprise.storage.url.PlaceKind.PlaceOption;
import dev.reprise.storage.url.PlaceOpener;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.url.Places;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Verbs read while their lock becomes visible to others. Here somebody else turns out to hold the
/// exclusive one.
class LockRaceTest {
    private static final String PASSWORD = "race";

    @TempDir
    private Path home;

    private Path folder;
    private Path files;

    private record Result(int status, String out, String err) {}

    @BeforeEach
    void fill() throws IOException {
        folder = home.resolve("repository");
        files = Files.createDirectory(home.resolve("files"));
        Files.writeString(files.resolve("wanted"), "content");
        CheapRepository.create(folder, PASSWORD);
        assertThat(run(new LocalStorage(folder), "backup", ".").status()).isZero();
        Files.writeString(files.resolve("more"), "more content");
    }

    private Result run(Storage place, String... line) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var context = new CommandContext(
                Map.of("RESTIC_REPOSITORY", folder.toString(), "RESTIC_PASSWORD", PASSWORD),
                files,
                InputStream.nullInputStream(),
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8),
                CommandContext.Terminal.NONE,
                InstantSource.system(),
                ZoneOffset.UTC,
                SecureRandom::new,
                opening(place));
        int status = new ResticCli(ResticVerbs.standard(), context).run(List.of(line));
        return new Result(status, out.toString(UTF_8), err.toString(UTF_8));
    }

    private static PlaceOpener opening(Storage place) {
        return new PlaceOpener() {
            @Override
            public List<PlaceOption> options() {
                return Places.LOCAL.options();
            }

            @Override
            public Storage open(String location, PlaceSettings settings) {
                return place;
            }
        };
    }

    /// A place at which, once a lock lies there, another one comes before anybody looks again.
    private FaultyStorage contested() {
        var place = new FaultyStorage(new LocalStorage(folder), 1);
        place.on(Operation.LIST).slow(Duration.ZERO, _ -> {
            boolean locks = place.history().getLast().path().equals("locks");
            if (locks && objects(ObjectType.LOCK).size() == 1) {
                lockExclusively();
            }
        });
        return place;
    }

    private void lockExclusively() {
        String json = "{\"time\":\"%s\",\"exclusive\":true,\"hostname\":\"elsewhere\",\"username\":\"root\",\"pid\":5}"
                .formatted(Instant.now());
        try (var repository = Repository.open(
                new LocalStorage(folder), Secret.of(PASSWORD), new SecureRandom(), InstantSource.system())) {
            repository.unpacked().save(ObjectType.LOCK, json.getBytes(US_ASCII));
        }
    }

    private List<ObjectKey> objects(ObjectType type) {
        List<ObjectKey> keys = new ArrayList<>();
        try (var place = new LocalStorage(folder)) {
            place.list(type, object -> keys.add(object.key()));
        }
        return keys;
    }

    private static long reads(FaultyStorage place, String folder) {
        return place.history().stream()
                .filter(event ->
                        event.operation() == Operation.READ && event.path().startsWith(folder))
                .count();
    }

    private void assertRefused(Result result) {
        assertThat(result.status()).as("%s", result).isEqualTo(11);
        assertThat(result.out()).contains("repo already locked, waiting up to 0s for the lock");
        assertThat(result.err()).contains("PID 5 on elsewhere by root");
        assertThat(objects(ObjectType.LOCK)).hasSize(1);
    }

    @Test
    void a_backup_has_read_but_stores_nothing() {
        List<ObjectKey> packs = objects(ObjectType.PACK);
        List<ObjectKey> indexes = objects(ObjectType.INDEX);
        List<ObjectKey> snapshots = objects(ObjectType.SNAPSHOT);
        FaultyStorage place = contested();

        assertRefused(run(place, "backup", "."));

        assertThat(reads(place, "index")).isPositive();
        assertThat(objects(ObjectType.PACK)).isEqualTo(packs);
        assertThat(objects(ObjectType.INDEX)).isEqualTo(indexes);
        assertThat(objects(ObjectType.SNAPSHOT)).isEqualTo(snapshots);
    }

    @Test
    void a_restore_has_read_trees_but_touches_nothing() {
        Path target = home.resolve("target");
        FaultyStorage place = contested();

        assertRefused(run(place, "restore", "latest", "--target", target.toString()));

        assertThat(reads(place, "data")).isPositive();
        assertThat(target).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"snapshots", "ls latest", "dump latest /"})
    void what_was_read_is_not_printed(String line) {
        FaultyStorage place = contested();

        Result result = run(place, line.split(" "));

        assertRefused(result);
        assertThat(reads(place, "snapshots")).isPositive();
        assertThat(result.out()).doesNotContain("wanted").doesNotContain("ID  ");
    }
}
