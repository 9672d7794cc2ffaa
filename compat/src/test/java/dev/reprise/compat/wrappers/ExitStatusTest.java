package dev.reprise.compat.wrappers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.Secret;
import dev.reprise.compat.CheapRepository;
import dev.reprise.compat.campaign.Participant;
import dev.reprise.compat.campaign.Participant.Result;
import dev.reprise.compat.campaign.Participant.Run;
import dev.reprise.compat.campaign.RepriseParticipant;
import dev.reprise.compat.campaign.StockParticipant;
import dev.reprise.repository.Repository;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.storage.local.LocalStorage;
import dev.reprise.testkit.restic.StockRestic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The same situation gives the same exit status (repository format, section 11.1) in Reprise and in restic 0.19.
class ExitStatusTest {
    private static final String PASSWORD = "exit status";

    @TempDir
    private Path home;

    private Path folder;
    private Path files;

    @BeforeEach
    void fill() throws IOException {
        folder = home.resolve("repository");
        files = Files.createDirectory(home.resolve("files"));
        Files.writeString(files.resolve("a"), "content");
        CheapRepository.create(folder, PASSWORD);
    }

    static Stream<Participant> programs() {
        return Stream.of(new StockParticipant("0.19"), new RepriseParticipant());
    }

    private Result run(Participant program, Map<String, String> more, String... line) {
        Map<String, String> environment =
                new HashMap<>(Map.of("RESTIC_REPOSITORY", folder.toString(), "RESTIC_PASSWORD", PASSWORD));
        environment.putAll(more);
        return program.run(new Run(files, environment, List.of(line)));
    }

    private void assertStatus(int status, Participant program, String... line) {
        Result result = run(program, Map.of(), line);
        assertThat(result.status())
                .as("%s %s: %s", program.name(), List.of(line), result)
                .isEqualTo(status);
    }

    @ParameterizedTest
    @MethodSource("programs")
    void success_is_0(Participant program) {
        assertStatus(0, program, "version");
        assertStatus(0, program, "backup", ".");
        assertStatus(0, program, "snapshots");
        assertStatus(0, program, "forget", "--keep-last", "1");
        assertStatus(0, program, "check");
        assertStatus(0, program, "unlock");
        assertStatus(0, program, "stats", "0123456789");
        assertStatus(0, program, "prune", "--dry-run");
    }

    @ParameterizedTest
    @MethodSource("programs")
    void failures_and_misuse_are_1(Participant program) {
        assertStatus(1, program, "no-such-verb");
        assertStatus(1, program, "snapshots", "--no-such-flag");
        assertStatus(1, program, "forget");
        assertStatus(1, program, "backup");
        assertStatus(1, program, "backup", "does-not-exist");
        assertStatus(
                1,
                program,
                "restore",
                "latest",
                "--target",
                home.resolve("target").toString());
        assertStatus(1, program, "cat", "snapshot", "0123456789");
        assertStatus(1, program, "init");
        assertStatus(1, program, "check", "--read-data-subset", "nonsense");
        assertStatus(1, program, "snapshots", "-q", "-v");
        assertThat(run(program, Map.of("RESTIC_COMPRESSION", "nonsense"), "snapshots")
                        .status())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("programs")
    void a_damaged_repository_is_1(Participant program) throws IOException {
        assertStatus(0, program, "backup", ".");
        try (Stream<Path> packs = Files.walk(folder.resolve("data"))) {
            for (Path pack : (Iterable<Path>) packs.filter(Files::isRegularFile)::iterator) {
                Files.delete(pack);
            }
        }
        assertStatus(1, program, "check");
    }

    @ParameterizedTest
    @MethodSource("programs")
    void a_backup_that_misses_something_is_3(Participant program) {
        assertStatus(3, program, "backup", "a", "does-not-exist");
        assertStatus(0, program, "snapshots", "latest");
    }

    @ParameterizedTest
    @MethodSource("programs")
    void no_repository_is_10(Participant program) {
        Map<String, String> nowhere =
                Map.of("RESTIC_REPOSITORY", home.resolve("nowhere").toString());
        for (String verb : List.of("snapshots", "check", "prune", "unlock", "stats")) {
            assertThat(run(program, nowhere, verb).status()).as(verb).isEqualTo(10);
        }
        assertThat(run(program, nowhere, "cat", "config").status()).isEqualTo(10);
        assertThat(run(program, nowhere, "backup", ".").status()).isEqualTo(10);
    }

    @ParameterizedTest
    @MethodSource("programs")
    void a_locked_repository_is_11(Participant program) {
        try (Repository other = open();
                RepositoryLock lock = other.lock(RepositoryLock.Kind.SHARED, Duration.ZERO)) {
            assertThat(lock.kind()).isEqualTo(RepositoryLock.Kind.SHARED);
            assertStatus(11, program, "prune");
            assertStatus(11, program, "tag", "--add", "x");
            assertStatus(11, program, "repair", "index");
            assertStatus(0, program, "snapshots");
        }
        try (Repository other = open();
                RepositoryLock lock = other.lock(RepositoryLock.Kind.EXCLUSIVE, Duration.ZERO)) {
            assertThat(lock.kind()).isEqualTo(RepositoryLock.Kind.EXCLUSIVE);
            assertStatus(11, program, "backup", ".");
            assertStatus(11, program, "check");
            assertStatus(11, program, "snapshots");
            assertStatus(0, program, "snapshots", "--no-lock");
        }
    }

    /// What resticprofile looks for in a refusal.
    @ParameterizedTest
    @MethodSource("programs")
    void who_holds_the_lock_is_said_in_words_that_wrappers_read(Participant program) {
        try (Repository other = open();
                RepositoryLock lock = other.lock(RepositoryLock.Kind.SHARED, Duration.ZERO)) {
            assertThat(lock.kind()).isEqualTo(RepositoryLock.Kind.SHARED);
            Result refused = run(program, Map.of(), "prune");

            assertThat(refused.err())
                    .containsPattern("unable to create lock.+already locked.+?by PID \\d+ on \\S+ by .+")
                    .containsPattern("lock was created at .+\\(([^()]+)\\s+ago\\)")
                    .containsPattern("the\\W+unlock\\W+command can be used to remove stale locks");
        }
    }

    @ParameterizedTest
    @MethodSource("programs")
    void a_wrong_password_is_12(Participant program) {
        for (String verb : List.of("snapshots", "check", "prune", "stats")) {
            Result refused = run(program, Map.of("RESTIC_PASSWORD", "another"), verb);
            assertThat(refused.status()).as(verb).isEqualTo(12);
            assertThat(refused.err()).contains("wrong password");
        }
    }

    private Repository open() {
        return Repository.open(
                new LocalStorage(folder), Secret.of(PASSWORD), new SecureRandom(), InstantSource.system());
    }

    @Test
    void an_interrupt_is_130_in_restic() throws Exception {
        assertInterrupted(List.of(StockRestic.fetched("0.19").toString(), "--no-cache"));
    }

    @Test
    void an_interrupt_is_130_in_reprise() throws Exception {
        assertInterrupted(RepriseProgram.command());
    }

    /// It waits for a lock when the signal comes.
    private void assertInterrupted(List<String> program) throws Exception {
        try (Repository other = open();
                RepositoryLock lock = other.lock(RepositoryLock.Kind.SHARED, Duration.ZERO)) {
            assertThat(lock.kind()).isEqualTo(RepositoryLock.Kind.SHARED);
            // Whoever is started in the background has Ctrl-C ignored, and hands that down.
            List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
            command.addAll(program);
            command.addAll(List.of("prune", "--retry-lock", "10m"));
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(Map.of("RESTIC_REPOSITORY", folder.toString(), "RESTIC_PASSWORD", PASSWORD));
            Process process = builder.start();
            process.getOutputStream().close();
            // It says that it waits; until then a signal would meet a program that is still starting.
            var out = process.inputReader();
            String line = out.readLine();
            while (line != null && !line.contains("repo already locked, waiting up to 10m0s for the lock")) {
                line = out.readLine();
            }
            assertThat(line).as("that it waits").isNotNull();
            new ProcessBuilder("kill", "-INT", String.valueOf(process.pid()))
                    .start()
                    .waitFor();

            assertThat(process.waitFor()).isEqualTo(130);
        }
    }
}
