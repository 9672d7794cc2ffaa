package dev.reprise.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.Secret;
import dev.reprise.cli.Cli;
import dev.reprise.cli.CommandContext;
import dev.reprise.repository.Repository;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.model.ProcessIdentity;
import dev.reprise.storage.local.LocalStorage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `reprise doctor` over local repositories and places that do not answer.
class DoctorTest {
    private static final String PASSWORD = "doctor's password";

    @TempDir
    private Path here;

    private final Map<String, String> environment = new TreeMap<>();
    private Duration ahead = Duration.ZERO;
    private String out = "";
    private String err = "";

    @BeforeEach
    void configure() throws IOException {
        environment.put("HOME", here.toString());
        environment.put("TMPDIR", here.toString());
        Files.createDirectory(here.resolve("uploads"));
        secret(PASSWORD, "rw-------");
        configuration("location: repository");
    }

    private void secret(String password, String mode) throws IOException {
        Path file = Files.writeString(here.resolve("password"), password);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private void configuration(String... place) throws IOException {
        Files.writeString(here.resolve("reprise.yaml"), """
                repositories:
                  main:
                    password: {file: password}
                %s
                sources:
                  uploads: {kind: files, paths: [uploads]}
                jobs:
                  nightly: {sources: [uploads], repository: main}
                """.formatted(
                        String.join("\n", place).indent(4).stripTrailing()));
    }

    private Repository create() {
        return Repository.init(
                new LocalStorage(here.resolve("repository")),
                Secret.of(PASSWORD),
                new Repository.InitOptions(2, null, new ScryptParameters(2, 8, 1)),
                new SecureRandom(),
                InstantSource.system());
    }

    private void createWithTwoKeys() {
        try (Repository repository = create()) {
            repository
                    .keyring()
                    .add(
                            Secret.of("another"),
                            new ScryptParameters(2, 8, 1),
                            GoTime.parse("2026-01-15T10:00:00Z"),
                            new ProcessIdentity("host", "root", 1, 0, 0));
        }
    }

    private int doctor(String... arguments) {
        var printed = new ByteArrayOutputStream();
        var complained = new ByteArrayOutputStream();
        InstantSource clock = () -> InstantSource.system().instant().plus(ahead);
        var context = new CommandContext(
                environment,
                here,
                InputStream.nullInputStream(),
                new PrintStream(printed, true, StandardCharsets.UTF_8),
                new PrintStream(complained, true, StandardCharsets.UTF_8),
                CommandContext.Terminal.NONE,
                clock,
                ZoneId.of("UTC"),
                SecureRandom::new,
                WiredPlaces.all());
        String[] line = Stream.concat(
                        Stream.of(
                                "doctor",
                                "--config",
                                here.resolve("reprise.yaml").toString()),
                        Stream.of(arguments))
                .toArray(String[]::new);
        int status = new Cli(Main.commands(), context).run(line);
        out = printed.toString(StandardCharsets.UTF_8);
        err = complained.toString(StandardCharsets.UTF_8);
        return status;
    }

    private void exportTo(String place) throws IOException {
        Path file = here.resolve("reprise.yaml");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("repository: main}", "repository: main, export: {to: \"%s\"}}".formatted(place)));
    }

    @Test
    void the_place_of_exports_is_looked_at() throws IOException {
        createWithTwoKeys();
        exportTo(here.resolve("exports").toString());
        assertThat(doctor("nightly")).as("%s%s", out, err).isZero();
        assertThat(out).contains("exports of job nightly").contains("ok            place: local:");
        assertThat(here.resolve("exports")).doesNotExist();
        configuration("location: repository");
        exportTo("rest:http://127.0.0.1:9/x/");
        assertThat(doctor("nightly")).isEqualTo(1);
        assertThat(out).contains("problem       place: exports cannot be written to rest:http://127.0.0.1:9/x/");
    }

    @Test
    void what_is_well_is_ok_and_nothing_stays_behind() {
        createWithTwoKeys();
        assertThat(doctor()).as("%s%s", out, err).isZero();
        assertThat(out)
                .contains(
                        "  ok            open files: ",
                        "  ok            cache: ",
                        "  ok            secret file " + here.resolve("password") + ": for its owner only (rw-------)",
                        "source uploads",
                        "  ok            ready: files, a capture can start",
                        "repository main (local:" + here.resolve("repository") + ")",
                        "  ok            password: it opens the repository",
                        "  ok            keys: 2 of them",
                        "  ok            rights: a lock was written and removed; nothing else was tried",
                        "  ok            clock: agrees with the server's within 30 s",
                        " 0 problems, 0 not examined")
                .doesNotContain(PASSWORD);
        assertThat(here.resolve("repository/locks")).isEmptyDirectory();
    }

    @Test
    void what_cannot_be_examined_is_never_ok() throws IOException {
        assertThat(doctor("main")).isEqualTo(1);
        assertThat(out)
                .contains(
                        "  problem       reachable: ",
                        "reprise init",
                        "  not examined  password: ",
                        "  not examined  rights: ",
                        "  not examined  clock: ")
                .doesNotContain("ok            password", "source uploads");
    }

    @Test
    void a_wrong_password_and_a_loose_secret_are_named_without_being_shown() throws IOException {
        createWithTwoKeys();
        secret("not the password", "rw-r--r--");
        assertThat(doctor("nightly")).isEqualTo(1);
        assertThat(out)
                .contains("  problem       password: ", "  warning       secret file ", "chmod 600 ")
                .contains("  not examined  rights: the repository cannot be opened")
                .doesNotContain("not the password", PASSWORD);
    }

    @Test
    void a_single_key_and_a_source_that_is_gone_are_told() throws IOException {
        create().close();
        Files.delete(here.resolve("uploads"));
        assertThat(doctor("nightly", "--json")).isEqualTo(1);
        assertThat(out)
                .contains("\"name\":\"main\",\"check\":\"keys\",\"grade\":\"warning\"")
                .contains("\"name\":\"uploads\",\"check\":\"ready\",\"grade\":\"problem\"")
                .contains("{\"message_type\":\"doctor\",");
    }

    @Test
    void a_clock_that_is_wrong_is_told_with_its_difference() {
        createWithTwoKeys();
        ahead = Duration.ofHours(2);
        assertThat(doctor("main")).isEqualTo(1);
        assertThat(out).contains("  problem       clock: this machine's is 1 h 59 min ahead of the server's");
    }

    @Test
    void others_who_work_are_seen() {
        try (Repository other = create();
                RepositoryLock _ = other.lock(RepositoryLock.Kind.EXCLUSIVE, Duration.ZERO)) {
            assertThat(doctor("main")).isEqualTo(3);
            assertThat(out)
                    .contains(
                            "  warning       locks: ",
                            "  not examined  rights: somebody else has locked the repository");
        }
    }

    @Test
    void a_server_that_does_not_answer_is_asked_once() throws IOException {
        int free;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        configuration("location: rest:http://127.0.0.1:" + free + "/web1/");
        assertThat(doctor("main")).isEqualTo(1);
        assertThat(out)
                .contains("  problem       reachable: ", "  not examined  rights: the place cannot be read")
                .contains("reprise restic serve --path /srv/backup --listen :" + free);
        assertThat(err).doesNotContain("retrying");
    }

    @Test
    void a_policy_alone_is_a_document_for_scripts() throws IOException {
        configuration("location: s3:s3.eu-central-1.amazonaws.com/shop-backups/production");
        assertThat(doctor("main", "--policy")).isZero();
        assertThat(out).startsWith("{\n  \"Version\": \"2012-10-17\",").contains("shop-backups/production/locks/*");
        configuration("location: repository");
        assertThat(doctor("main", "--policy")).isEqualTo(20);
        assertThat(err).contains("takes no policy document");
    }

    @Test
    void an_unknown_name_is_refused_with_those_there_are() {
        assertThat(doctor("mian")).isEqualTo(20);
        assertThat(err).contains("there is no job or repository \"mian\"", "nightly; main");
    }
}
