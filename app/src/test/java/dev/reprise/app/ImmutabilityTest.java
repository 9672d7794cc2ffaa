package dev.reprise.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Secret;
import dev.reprise.cli.CommandContext;
import dev.reprise.repository.Repository;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.serve.RestServer;
import dev.reprise.serve.RestServer.Surroundings;
import dev.reprise.serve.ServeSettings;
import dev.reprise.serve.ServeSettings.Access;
import dev.reprise.serve.ServeSettings.Limits;
import dev.reprise.serve.ServeSettings.Metrics;
import dev.reprise.storage.local.LocalStorage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a thief may do at places that are not S3, and how backups live where nothing may be deleted.
class ImmutabilityTest {
    private static final String PASSWORD = "immutability";

    @TempDir
    private Path folder;

    private Path repository;

    @BeforeEach
    void create() throws IOException {
        repository = Files.createDirectories(folder.resolve("served/host1"));
        Files.writeString(Files.createDirectory(folder.resolve("uploads")).resolve("a"), "first");
        Repository.init(
                        new LocalStorage(repository),
                        Secret.of(PASSWORD),
                        new Repository.InitOptions(2, null, new ScryptParameters(2, 8, 1)),
                        new SecureRandom(),
                        InstantSource.system())
                .close();
    }

    private RestServer serve(boolean appendOnly) {
        var settings = new ServeSettings(
                folder.resolve("served"),
                "127.0.0.1:0",
                null,
                new Access(appendOnly, false),
                null,
                0,
                Metrics.OFF,
                null,
                true,
                false,
                Limits.USUAL);
        return RestServer.start(
                settings,
                new Surroundings(
                        InstantSource.system(),
                        ZoneOffset.UTC,
                        System::nanoTime,
                        new SecureRandom(),
                        OutputStream.nullOutputStream(),
                        _ -> {}));
    }

    private static String location(RestServer server) {
        return "rest:http://127.0.0.1:" + server.port() + "/host1/";
    }

    private void configure(String location) throws IOException {
        Files.writeString(folder.resolve("reprise.yaml"), """
                repositories:
                  main: {location: "%s", password: {env: REPRISE_TEST_PASSWORD}}
                sources:
                  uploads: {kind: files, paths: [uploads]}
                jobs:
                  nightly: {sources: [uploads], repository: main}
                """.formatted(location));
    }

    private record Result(int status, String out, String err) {}

    private Result run(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var context = new CommandContext(
                Map.of("HOME", folder.toString(), "REPRISE_TEST_PASSWORD", PASSWORD, "RESTIC_PASSWORD", PASSWORD),
                folder,
                InputStream.nullInputStream(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                CommandContext.Terminal.NONE,
                InstantSource.system(),
                ZoneOffset.UTC,
                SecureRandom::new,
                WiredPlaces.all());
        int status = Main.run(context, arguments);
        return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private Result ok(String... arguments) {
        Result result = run(arguments);
        assertThat(result.status()).as("%s", result).isZero();
        return result;
    }

    private List<Path> objects() throws IOException {
        try (Stream<Path> files = Files.walk(repository)) {
            return files.filter(Files::isRegularFile)
                    .map(repository::relativize)
                    .sorted()
                    .toList();
        }
    }

    @Test
    void a_server_that_only_adds_refuses_everything_and_backups_go_on() throws IOException {
        try (RestServer server = serve(true)) {
            configure(location(server));
            ok("backup");
            Result check = ok("check", "--immutability");
            assertThat(check.out())
                    .contains("immutable: nothing can be destroyed with these credentials")
                    .contains("refused: tried to delete it (answered 403)")
                    .contains("refused: tried to overwrite it")
                    .contains("refused: tried to delete from data/")
                    .doesNotContain("ALLOWED");
            Files.writeString(folder.resolve("uploads/a"), "second");
            ok("backup");
            ok("check", "--read-data");
            assertThat(objects().stream().filter(path -> path.startsWith("locks")))
                    .isEmpty();
        }
    }

    @Test
    void forget_and_prune_say_what_stays_and_store_nothing_twice() throws IOException {
        try (RestServer server = serve(true)) {
            configure(location(server));
            ok("backup");
            Files.writeString(folder.resolve("uploads/a"), "second");
            ok("backup");
            byte[] unneeded = "a pack that no index names".getBytes(StandardCharsets.UTF_8);
            String name = ObjectId.hash(unneeded).hex();
            Files.write(
                    Files.createDirectories(repository.resolve("data").resolve(name.substring(0, 2)))
                            .resolve(name),
                    unneeded);
            List<Path> before = objects();
            Result forget = run("restic", "-r", location(server), "forget", "--keep-last", "1");
            assertThat(forget.status()).as("%s", forget).isEqualTo(3);
            assertThat(forget.err()).contains("1 snapshots stay, and all they need");
            Result removed = run("restic", "-r", location(server), "prune");
            assertThat(removed.status()).isEqualTo(1);
            assertThat(removed.err()).contains("nothing was pruned: nothing may be deleted there");
            assertThat(objects()).isEqualTo(before);
        }
    }

    @Test
    void a_server_that_deletes_is_named_with_what_it_allowed() throws IOException {
        try (RestServer server = serve(false)) {
            configure(location(server));
            Result check = run("check", "--immutability", "--json");
            assertThat(check.status()).as("%s", check).isEqualTo(26);
            assertThat(check.out())
                    .contains("\"verdict\":\"open\"")
                    .contains("{\"what\":\"delete it\",\"effect\":\"done\"")
                    .contains("--append-only");
            Result restic = run("restic", "-r", location(server), "check", "--immutability");
            assertThat(restic.status()).isEqualTo(26);
            assertThat(restic.out()).contains("NOT immutable: the server lets these credentials delete");
        }
    }

    @Test
    void a_directory_cannot_be_immutable() throws IOException {
        configure(repository.toString());
        List<Path> before = objects();
        Result check = run("check", "--immutability");
        assertThat(check.status()).isEqualTo(27);
        assertThat(check.out()).contains("cannot be immutable here: who may write to a directory may delete in it");
        assertThat(objects()).isEqualTo(before);
        Result extend = run("extend-locks");
        assertThat(extend.status()).isEqualTo(20);
        assertThat(extend.err()).contains("no repository asks for its objects to be kept: main");
    }

    @Test
    void what_reads_data_is_refused_beside_it() throws IOException {
        configure(repository.toString());
        assertThat(run("check", "--immutability", "--read-data").status()).isEqualTo(20);
    }

    @Test
    void the_configuration_is_replaced_where_a_server_overwrites_nothing() throws IOException {
        Path old = Files.createDirectories(folder.resolve("served/host2"));
        Repository.init(
                        new LocalStorage(old),
                        Secret.of(PASSWORD),
                        new Repository.InitOptions(1, null, new ScryptParameters(2, 8, 1)),
                        new SecureRandom(),
                        InstantSource.system())
                .close();
        byte[] before = Files.readAllBytes(old.resolve("config"));
        String[] upgrade = {"restic", "-r", "", "migrate", "upgrade_repo_v2"};
        try (RestServer server = serve(true)) {
            upgrade[2] = location(server).replace("host1", "host2");
            Result refused = run(upgrade);
            assertThat(refused.status()).as("%s", refused).isEqualTo(1);
            assertThat(refused.err()).contains("403");
            assertThat(old.resolve("config")).hasBinaryContent(before);
        }
        try (RestServer server = serve(false)) {
            upgrade[2] = location(server).replace("host1", "host2");
            ok(upgrade);
            assertThat(ok("restic", "-r", upgrade[2], "cat", "config").out()).contains("\"version\": 2");
        }
    }
}
