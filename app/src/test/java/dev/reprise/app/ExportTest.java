package dev.reprise.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.Secret;
import dev.reprise.cli.Cli;
import dev.reprise.cli.CommandContext;
import dev.reprise.repository.Repository;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.storage.local.LocalStorage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Exports of a job to a local directory.
class ExportTest {
    private static final String PASSWORD = "export password";

    @TempDir
    private Path here;

    private Instant now = Instant.parse("2026-11-22T02:00:00Z");
    private String out = "";
    private String err = "";

    @BeforeEach
    void configure() throws IOException {
        configuration("exports", "keep: {keep-daily: 2}");
        Files.createDirectory(here.resolve("uploads"));
        Files.writeString(here.resolve("uploads/a.txt"), "first");
        Repository.init(
                        new LocalStorage(here.resolve("repository")),
                        Secret.of(PASSWORD),
                        new Repository.InitOptions(2, null, new ScryptParameters(2, 8, 1)),
                        new SecureRandom(),
                        InstantSource.system())
                .close();
    }

    private void configuration(String to, String keep) throws IOException {
        Files.writeString(here.resolve("reprise.yaml"), """
                repositories:
                  main: {location: repository, password: {env: PW}}
                sources:
                  uploads: {kind: files, paths: [uploads]}
                jobs:
                  nightly:
                    sources: [uploads]
                    repository: main
                    export:
                      to: %s
                      %s
                """.formatted(to, keep));
    }

    private int reprise(String... arguments) {
        var printed = new ByteArrayOutputStream();
        var complained = new ByteArrayOutputStream();
        var context = new CommandContext(
                Map.of("HOME", here.toString(), "PW", PASSWORD),
                here,
                InputStream.nullInputStream(),
                new PrintStream(printed, true, StandardCharsets.UTF_8),
                new PrintStream(complained, true, StandardCharsets.UTF_8),
                CommandContext.Terminal.NONE,
                () -> now,
                ZoneId.of("UTC"),
                SecureRandom::new,
                WiredPlaces.all());
        String[] line = Stream.concat(
                        Stream.of(arguments),
                        Stream.of("--config", here.resolve("reprise.yaml").toString()))
                .toArray(String[]::new);
        int status = new Cli(Main.commands(), context).run(line);
        out = printed.toString(StandardCharsets.UTF_8);
        err = complained.toString(StandardCharsets.UTF_8);
        return status;
    }

    private void run(String... arguments) {
        int status = reprise(arguments);
        assertThat(status).as(out + err).isZero();
    }

    private void backupAfter(Duration later) {
        now = now.plus(later);
        run("backup");
    }

    private List<String> exports() throws IOException {
        try (Stream<Path> folders = Files.list(here.resolve("exports"))) {
            return folders.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private static String command(Path folder, String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        return text;
    }

    @Test
    void a_backup_writes_a_dated_folder_that_other_programs_verify_and_unpack() throws Exception {
        run("backup");
        Path folder = here.resolve("exports/2026-11-22");
        assertThat(out).contains("export of point ", folder + ", 2 files, ", ", verified, ");
        assertThat(command(folder, "sha256sum", "-c", "SHA256SUMS")).contains("files/uploads.tar.gz: OK");
        command(folder, "tar", "xzf", "files/uploads.tar.gz", "-C", here.toString(), "--one-top-level=unpacked");
        assertThat(here.resolve("unpacked/a.txt")).hasContent("first");
        assertThat(folder.resolve("unfinished.json")).doesNotExist();
        assertThat(folder.resolve("export.json")).content().contains("\"job\":\"nightly\"", "\"missing\":[]");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("files/uploads.tar.gz"))))
                .isEqualTo("rw-------");
    }

    @Test
    void a_point_is_exported_once_and_a_date_is_never_overwritten() throws IOException {
        run("backup");
        run("export");
        assertThat(err).contains("is already there");
        assertThat(exports()).containsExactly("2026-11-22");
        configuration("exports", "sources: []");
        backupAfter(Duration.ofHours(3));
        assertThat(exports()).containsExactly("2026-11-22", "2026-11-22_050000");
    }

    @Test
    void old_dates_are_removed_as_the_dry_run_said_and_foreign_files_stay() throws IOException {
        run("backup");
        backupAfter(Duration.ofDays(1));
        Files.writeString(here.resolve("exports/2026-11-22/notes.txt"), "mine");
        Files.createDirectory(here.resolve("exports/2020-01-01"));
        configuration("exports", "sources: []");
        backupAfter(Duration.ofDays(1));
        assertThat(exports()).containsExactly("2020-01-01", "2026-11-22", "2026-11-23", "2026-11-24");
        configuration("exports", "keep: {keep-daily: 2}");
        run("export", "--dry-run");
        assertThat(out).contains("would remove export 2026-11-22: beyond the retention, 3 files");
        assertThat(here.resolve("exports/2026-11-22/export.json")).exists();
        run("export");
        assertThat(exports()).containsExactly("2020-01-01", "2026-11-22", "2026-11-23", "2026-11-24");
        assertThat(here.resolve("exports/2026-11-22")).isDirectoryContaining("glob:**notes.txt");
        assertThat(here.resolve("exports/2026-11-22/files")).doesNotExist();
        run("export", "--list");
        assertThat(out).contains("2026-11-23  nightly", "2026-11-24  nightly").doesNotContain("2026-11-22");
    }

    @Test
    void a_failed_export_leaves_the_backup_and_says_so() throws IOException {
        Files.writeString(here.resolve("exports"), "not a folder");
        assertThat(reprise("backup")).isEqualTo(3);
        assertThat(err).contains("is saved, but it was not exported: ", "reprise export nightly");
        run("points");
        assertThat(out).contains("nightly", "complete");
        Files.delete(here.resolve("exports"));
        assertThat(reprise("status")).isEqualTo(3);
        assertThat(out).contains("job nightly: no export in local:");
        assertThat(err).contains("the newest point of job nightly was not exported");
        run("export");
        run("status");
        assertThat(out).contains("job nightly: last export local:" + here.resolve("exports") + "/2026-11-22 of point ");
        assertThat(exports()).containsExactly("2026-11-22");
    }

    @Test
    void what_a_dead_program_left_is_removed_when_it_cannot_be_at_work_any_more() throws IOException {
        run("backup");
        Path part = Files.createDirectories(here.resolve("exports/.2026-11-22.0123456789abcdef.part"));
        Files.writeString(part.resolve("unfinished.json"), """
                {"job":"nightly","begun":"2026-11-22T02:00:00Z","removing":false,"files":["files/x","export.json"]}""");
        Files.createDirectory(part.resolve("files"));
        Files.writeString(part.resolve("files/x"), "half");
        backupAfter(Duration.ofHours(1));
        assertThat(part).exists();
        backupAfter(Duration.ofHours(24));
        assertThat(part).doesNotExist();
    }

    @Test
    void a_manifest_that_points_elsewhere_is_not_followed() throws IOException {
        run("backup");
        Path evil = Files.createDirectory(here.resolve("exports/2001-01-01"));
        Files.writeString(evil.resolve("unfinished.json"), """
                {"job":"nightly","begun":"2001-01-01T00:00:00Z","removing":true,"files":["../../uploads/a.txt"]}""");
        now = now.plus(Duration.ofDays(1));
        run("export");
        assertThat(err).contains("the export 2001-01-01 cannot be understood and stays as it is");
        assertThat(here.resolve("uploads/a.txt")).exists();
    }

    @Test
    void exports_do_not_go_into_the_repository() throws IOException {
        configuration("repository/exports", "sources: []");
        assertThat(reprise("backup")).isEqualTo(3);
        assertThat(err).contains("the exports would lie in the repository");
        assertThat(here.resolve("repository/exports")).doesNotExist();
    }

    @Test
    void exports_within_a_source_are_not_saved_again() throws IOException {
        configuration("uploads/exports", "sources: []");
        run("backup");
        backupAfter(Duration.ofDays(1));
        run("restore", "uploads", "--to", here.resolve("back").toString());
        assertThat(here.resolve("back")).isDirectoryContaining("glob:**a.txt");
        assertThat(here.resolve("back/exports")).doesNotExist();
    }

    @Test
    void any_point_goes_to_any_place_by_hand() {
        run("backup");
        run("export", "nightly", "--to", "stick", "--json");
        assertThat(out).contains("\"message_type\":\"export\"", "\"folder\":\"2026-11-22\"", "\"sha256\":\"");
        assertThat(here.resolve("stick/2026-11-22/export.json")).exists();
        assertThat(reprise("export", "nightly", "--to", "rest:http://127.0.0.1:1/x/"))
                .isEqualTo(20);
        assertThat(err).contains("exports cannot be written to rest:");
    }
}
