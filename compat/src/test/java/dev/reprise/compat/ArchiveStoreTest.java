package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.app.WiredPlaces;
import dev.reprise.base.Secret;
import dev.reprise.repository.Repository;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.testkit.store.StoreCredentials;
import dev.reprise.testkit.store.StoreProcess;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/// Cold data in a store with an archive that others wrote: moto, which gives back when it is told to.
@Tag("long")
class ArchiveStoreTest {
    private static final String PASSWORD = "kept cold";

    private static StoreProcess moto;

    @TempDir
    private Path home;

    private String location = "";
    private Duration passed = Duration.ZERO;
    private RepriseStack reprise;

    @BeforeAll
    static void start(@TempDir Path folder) {
        moto = StoreProcess.start(StoreProcess.Kind.MOTO, folder);
    }

    @AfterAll
    static void stop() {
        moto.close();
    }

    @BeforeEach
    void backup(TestInfo test) throws IOException {
        String name = test.getTestMethod().orElseThrow().getName().replace('_', '-');
        location = "s3:" + moto.endpoint() + "/" + name.substring(0, Math.min(name.length(), 60)) + "/repo";
        byte[] content = new byte[300_000];
        new Random(7).nextBytes(content);
        Files.write(Files.createDirectory(home.resolve("uploads")).resolve("a"), content);
        Files.writeString(home.resolve("reprise.yaml"), """
                repositories:
                  main:
                    location: %s
                    password: {env: RESTIC_PASSWORD}
                    cold: {class: GLACIER, after: 30d}
                sources:
                  uploads: {kind: files, paths: [uploads]}
                jobs:
                  nightly: {sources: [uploads], repository: main, retention: {keep-last: 1}}
                """.formatted(location));
        Map<String, String> environment = new TreeMap<>(StoreCredentials.variables());
        environment.putAll(Map.of("RESTIC_PASSWORD", PASSWORD, "HOME", home.toString(), "XDG_CACHE_HOME", "/none"));
        InstantSource clock = () -> InstantSource.system().instant().plus(passed);
        reprise = new RepriseStack(home, environment, clock);
        Repository.init(
                        WiredPlaces.all().open(location, new PlaceSettings(environment, home, clock)),
                        Secret.of(PASSWORD),
                        new Repository.InitOptions(2, null, CheapRepository.COSTS),
                        new SecureRandom(),
                        clock)
                .close();
        deliver("immediate", 0);
        reprise.ok("backup");
        passed = Duration.ofDays(31);
    }

    /// How objects come back from the archive.
    ///
    /// @param looks after how many it is one state further, if `manual`
    private static void deliver(String progression, int looks) throws IOException {
        String body = """
                {"model_name": "s3::keyrestore", "transition": {"progression": "%s", "times": %d}}""".formatted(progression, looks);
        URI manager = moto.endpoint().resolve("/moto-api/state-manager/set-transition");
        var connection = (HttpURLConnection) manager.toURL().openConnection();
        connection.setDoOutput(true);
        connection.setRequestMethod("POST");
        connection.setRequestProperty("Content-Type", "application/json");
        connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        assertThat(connection.getResponseCode()).isLessThan(300);
    }

    private RepriseStack.Result refused(String... line) {
        RepriseStack.Result result = reprise.run(line);
        assertThat(result.status()).as("%s", result).isEqualTo(25);
        return result;
    }

    @Test
    void old_data_goes_there_and_comes_back_when_somebody_agrees_to_wait() throws IOException {
        assertThat(reprise.ok("lifecycle", "--dry-run").out()).contains("GLACIER: 1 packs");
        assertThat(reprise.ok("lifecycle").out()).contains("1 packs").contains("moved to GLACIER");
        assertThat(reprise.ok("lifecycle").out()).contains("0 packs, 0 B moved");
        assertThat(reprise.ok("points").out()).contains("nightly");
        reprise.ok("check");

        assertThat(refused("restore", "uploads", "--to", "back").err())
                .contains("GLACIER: 1 packs")
                .contains("nothing was changed");
        assertThat(refused("check", "--read-data").err()).contains("but 1 packs lie in an archive class");
        assertThat(home.resolve("back")).doesNotExist();

        deliver("manual", 1);
        assertThat(refused("restore", "uploads", "--to", "back", "--thaw", "bulk", "--no-wait")
                        .err())
                .contains("1 packs are on their way back");
        assertThat(home.resolve("back")).doesNotExist();

        deliver("immediate", 0);
        reprise.ok("restore", "uploads", "--to", "back");
        assertThat(home.resolve("back/a")).hasSameBinaryContentAs(home.resolve("uploads/a"));
        reprise.ok("check", "--read-data");
    }

    @Test
    void a_prune_leaves_the_archive_as_it_is() throws IOException {
        reprise.ok("lifecycle");
        Files.writeString(home.resolve("uploads/a"), "short now");
        reprise.ok("backup");
        assertThat(reprise.ok("prune", "--what-if", "--json").out())
                .contains("\"points\":2,\"points_removed\":1")
                .contains("{\"class\":\"GLACIER\",\"objects_now\":1,");
        reprise.ok("check");
        reprise.ok("restore", "uploads", "--to", "back");
        assertThat(home.resolve("back/a")).hasContent("short now");
    }
}
