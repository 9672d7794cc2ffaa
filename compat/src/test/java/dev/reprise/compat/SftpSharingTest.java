package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.embedded.EmbeddedSshd;
import dev.reprise.testkit.restic.StockRestic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.ZoneId;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Stock restic and Reprise on one repository behind OpenSSH's server.
class SftpSharingTest {
    private static final String PASSWORD = "over ssh";
    private static EmbeddedSshd server;

    @TempDir
    private Path home;

    @BeforeAll
    static void start(@TempDir Path place) throws IOException {
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwx--x--x"));
        server = EmbeddedSshd.start(place);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String[] with(String... arguments) {
        var line = new String[arguments.length + 2];
        line[0] = "-o";
        line[1] = "sftp.args=" + server.arguments();
        System.arraycopy(arguments, 0, line, 2, arguments.length);
        return line;
    }

    private RepriseRestic ours(Path repository) {
        return new RepriseRestic(
                repository, home, Map.of("RESTIC_PASSWORD", PASSWORD, "HOME", home.toString()), ZoneId.systemDefault());
    }

    private Path tree(String name) throws IOException {
        Path folder = Files.createDirectories(home.resolve(name));
        var random = new Random(name.hashCode());
        for (int i = 0; i < 5; i++) {
            byte[] content = new byte[300_000 * i + 10];
            random.nextBytes(content);
            Files.write(folder.resolve("file" + i), content);
        }
        return folder;
    }

    @Test
    void what_we_write_is_checked_and_extended_by_restic() throws IOException {
        Path repository = Path.of(server.url("ours"));
        RepriseRestic ours = ours(repository);
        StockRestic restic = StockRestic.of("0.19", repository, PASSWORD);
        Path tree = tree("a");

        ours.ok(with("--no-cache", "init"));
        ours.ok(with("--no-cache", "backup", tree.toString()));
        restic.ok(with("check", "--read-data"));
        restic.ok(with("backup", tree.toString(), tree("b").toString()));
        ours.ok(with("--no-cache", "check", "--read-data"));
        ours.ok(with(
                "--no-cache",
                "restore",
                "latest",
                "--target",
                home.resolve("out").toString()));

        Path restored = home.resolve("out" + home).resolve("b/file4");
        assertThat(restored).hasSameBinaryContentAs(home.resolve("b/file4"));
    }

    @Test
    void what_restic_writes_is_checked_extended_and_pruned_by_us() throws IOException {
        Path repository = Path.of(server.url("theirs"));
        RepriseRestic ours = ours(repository);
        StockRestic restic = StockRestic.of("0.19", repository, PASSWORD);
        Path tree = tree("c");

        restic.ok(with("init"));
        restic.ok(with("backup", tree.toString()));
        ours.ok(with("--no-cache", "check", "--read-data"));
        Files.delete(tree.resolve("file3"));
        ours.ok(with("--no-cache", "backup", tree.toString()));
        ours.ok(with("--no-cache", "forget", "--keep-last", "1", "--prune"));
        restic.ok(with("check", "--read-data"));
        restic.ok(with("restore", "latest", "--target", home.resolve("out").toString()));

        Path restored = home.resolve("out" + tree);
        assertThat(restored.resolve("file4")).hasSameBinaryContentAs(tree.resolve("file4"));
        assertThat(restored.resolve("file3")).doesNotExist();
    }
}
