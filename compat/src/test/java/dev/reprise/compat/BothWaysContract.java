package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.app.WiredPlaces;
import dev.reprise.base.Secret;
import dev.reprise.repository.Repository;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.testkit.restic.StockRestic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// One repository at a place, written by us and by stock restic in turn.
@Timeout(120)
abstract class BothWaysContract {
    private static final String PASSWORD = "in a bucket";

    @TempDir
    private Path home;

    private Path tree;
    private StockRestic restic;
    private RepriseRestic reprise;

    /// Where a repository of this name is. Both programs are to take it.
    abstract String url(String name);

    /// Variables that let both programs in.
    abstract Map<String, String> variables();

    @BeforeEach
    void makeTree() throws IOException {
        tree = Files.createDirectories(home.toRealPath().resolve("tree/sub"));
        byte[] large = new byte[3_000_000];
        new Random(5).nextBytes(large);
        Files.write(tree.resolve("large"), large);
        Files.writeString(tree.resolve("small"), "small");
        Map<String, String> environment = new TreeMap<>(variables());
        environment.put("RESTIC_PASSWORD", PASSWORD);
        environment.put("HOME", home.toString());
        restic = StockRestic.of("0.19", home, PASSWORD).with(environment);
        reprise = RepriseRestic.of(home, PASSWORD).with(environment);
    }

    @Test
    void a_repository_of_ours_is_opened_checked_and_extended_by_restic() throws IOException {
        String url = url("ours");
        init(WiredPlaces.all().open(url, settings()));
        reprise("-r", url, "--no-cache", "backup", "tree");

        restic.ok("-r", url, "check", "--read-data");
        Files.writeString(tree.resolve("more"), "more");
        restic.ok(home, "-r", url, "backup", "tree");
        String back = home.resolve("back").toString();
        restic.ok("-r", url, "restore", "latest:/tree", "--target", back);

        assertThat(home.resolve("back/sub/large")).hasSameBinaryContentAs(tree.resolve("large"));
        reprise("-r", url, "--no-cache", "check", "--read-data");
        try (Storage storage = WiredPlaces.all().open(url, settings())) {
            assertThat(count(storage, ObjectType.SNAPSHOT)).isEqualTo(2);
            assertThat(count(storage, ObjectType.LOCK)).isZero();
        }
    }

    @Test
    void a_repository_of_restic_is_opened_checked_and_extended_by_us() throws IOException {
        String url = url("theirs");
        restic.ok("-r", url, "init");
        restic.ok(home, "-r", url, "backup", "tree");

        reprise("-r", url, "--no-cache", "check", "--read-data");
        Files.writeString(tree.resolve("more"), "more");
        reprise("-r", url, "--no-cache", "backup", "tree");
        String back = home.resolve("back").toString();
        reprise("-r", url, "--no-cache", "restore", "latest:/tree", "--target", back);

        assertThat(home.resolve("back/sub/large")).hasSameBinaryContentAs(tree.resolve("large"));
        reprise("-r", url, "--no-cache", "forget", "--keep-last", "1", "--prune");
        restic.ok("-r", url, "check", "--read-data");
    }

    private void reprise(String... line) {
        RepriseRestic.Result result = reprise.in(home).typed("", new ArrayList<>(List.of(line)));
        assertThat(result.status()).as(result.out() + result.err()).isZero();
    }

    private PlaceSettings settings() {
        return new PlaceSettings(variables(), home, InstantSource.system());
    }

    /// Closes it.
    private static void init(Storage storage) {
        Repository.init(
                        storage,
                        Secret.of(PASSWORD),
                        new Repository.InitOptions(2, null, CheapRepository.COSTS),
                        new SecureRandom(),
                        InstantSource.system())
                .close();
    }

    private static int count(Storage storage, ObjectType type) {
        var found = new ArrayList<>();
        storage.list(type, found::add);
        return found.size();
    }
}
