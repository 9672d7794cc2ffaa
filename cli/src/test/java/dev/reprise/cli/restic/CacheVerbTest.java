package dev.reprise.cli.restic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cli.CommandContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("restic cache")
class CacheVerbTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final String OLD = "aa".repeat(32);
    private static final String YOUNG = "bb".repeat(32);
    private static final String UPPER = "CC".repeat(32);

    @TempDir
    Path directory;

    private final Map<String, String> environment = new TreeMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void home() {
        environment.put("HOME", directory.toString());
    }

    private int run(String... arguments) {
        out.reset();
        err.reset();
        var context = new CommandContext(
                environment,
                directory,
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                CommandContext.Terminal.NONE,
                InstantSource.fixed(NOW),
                ZoneOffset.UTC,
                SecureRandom::new);
        return new ResticCli(ResticVerbs.standard(), context).run(List.of(arguments));
    }

    private Path folder(String root, String name, int days, int bytes) throws IOException {
        Path folder = Files.createDirectories(directory.resolve(root).resolve(name));
        Files.write(Files.createDirectories(folder.resolve("data/00")).resolve("x"), new byte[bytes]);
        Files.setLastModifiedTime(folder, FileTime.from(NOW.minus(Duration.ofDays(days))));
        return folder;
    }

    @Test
    void lists_what_restic_would_list() throws IOException {
        folder("caches", YOUNG, 0, 3000);
        folder("caches", OLD, 40, 44);
        folder("caches", UPPER, 10, 2 << 20);
        folder("caches", "bb", 40, 5);
        Files.writeString(directory.resolve("caches").resolve("dd".repeat(32)), "no folder");
        Files.createSymbolicLink(directory.resolve("caches").resolve("ee".repeat(32)), directory);

        assertThat(run("cache", "--cache-dir", "caches")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("""
                Repo ID     Last Used     Old  Size
                ------------------------------------------
                aaaaaaaaaa  40 days ago   yes         44 B
                CCCCCCCCCC  10 days ago          2.000 MiB
                bbbbbbbbbb  0 days ago           2.930 KiB
                ------------------------------------------
                3 cache dirs in %s
                """.formatted(directory.resolve("caches")));
    }

    @Test
    void leaves_sizes_out_when_told_to() throws IOException {
        folder(".cache/restic", OLD, 31, 44);

        assertThat(run("cache", "--no-size")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("""
                Repo ID     Last Used     Old
                -----------------------------
                aaaaaaaaaa  31 days ago   yes
                -----------------------------
                1 cache dirs in %s
                """.formatted(directory.resolve(".cache/restic")));
    }

    @Test
    void lists_ours_as_well() throws IOException {
        environment.put("XDG_CACHE_HOME", directory.resolve("xdg").toString());
        folder("xdg/reprise", YOUNG, 3, 10);

        assertThat(run("cache")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("no cache dirs found, basedir is " + directory.resolve("xdg/restic"))
                .contains("bbbbbbbbbb  3 days ago")
                .contains("1 cache dirs in " + directory.resolve("xdg/reprise"));
    }

    @Test
    void removes_old_ones_of_both_and_nothing_else() throws IOException {
        environment.put("RESTIC_CACHE_DIR", "caches");
        Path old = folder("caches", OLD, 31, 10);
        Path young = folder("caches", YOUNG, 29, 10);
        Path oldOfOurs = folder("caches/reprise", OLD, 31, 10);
        Path other = folder("caches", "photos", 99, 10);
        Path precious = Files.writeString(directory.resolve("precious"), "x");
        Files.createSymbolicLink(old.resolve("link"), directory);
        Files.setLastModifiedTime(old, FileTime.from(NOW.minus(Duration.ofDays(31))));

        assertThat(run("cache", "--cleanup")).isZero();

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("remove 2 old cache directories\n");
        assertThat(old).doesNotExist();
        assertThat(oldOfOurs).doesNotExist();
        assertThat(young).exists();
        assertThat(other).exists();
        assertThat(precious).exists();
        assertThat(run("cache", "--cleanup")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("no old cache dirs found\n");
        assertThat(run("cache", "--cleanup", "--max-age", "28")).isZero();
        assertThat(young).doesNotExist();
    }

    @Test
    void refuses_what_makes_no_sense() {
        assertThat(run("cache", "--no-cache")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("Fatal: Refusing to do anything, the cache is disabled\n");
        assertThat(run("cache", "--max-age", "-1")).isEqualTo(1);
        assertThat(run("cache", "--max-age", "x")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("invalid argument \"x\" for \"--max-age\" flag");
        assertThat(run("cache", "something")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("the cache command expects no arguments");
        environment.clear();
        assertThat(run("cache")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("unable to locate cache directory: neither $XDG_CACHE_HOME nor $HOME are defined");
    }

    @Test
    void of_a_repository_is_cleaned_when_any_verb_is_told_to() throws IOException {
        environment.put("RESTIC_PASSWORD", "secret");
        environment.put("RESTIC_REPOSITORY", directory.resolve("repo").toString());
        assertThat(run("init")).isZero();
        Path old = folder(".cache/restic", OLD, 31, 10);
        Path young = folder(".cache/restic", YOUNG, 1, 10);

        assertThat(run("unlock")).isZero();
        assertThat(old).exists();
        assertThat(run("unlock", "--cleanup-cache", "--no-cache")).isZero();
        assertThat(old).exists();
        assertThat(run("unlock", "--cleanup-cache")).isZero();
        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }
}
