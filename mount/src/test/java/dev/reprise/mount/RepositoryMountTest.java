package dev.reprise.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Secret;
import dev.reprise.mount.fuse.FuseException;
import dev.reprise.mount.fuse.FuseServer;
import dev.reprise.mount.fuse.MountOptions;
import dev.reprise.repository.Repository;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.repository.snapshot.SnapshotFilter;
import dev.reprise.storage.memory.MemoryStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A mount is there as a whole, or not at all.
@Timeout(120)
class RepositoryMountTest {
    private static final MountOptions OPTIONS = new MountOptions("restic:test", false, false);
    private static final RepositoryMount.View VIEW = new RepositoryMount.View(
            SnapshotFilter.ALL, List.of(), RepositoryMount.View.RESTICS_TIME, false, ZoneId.of("UTC"));

    @TempDir
    private Path home;

    private Path point;
    private Repository repository;

    @BeforeEach
    void makePlaces() throws IOException {
        assumeTrue(Files.exists(Path.of("/dev/fuse")), "this machine has no /dev/fuse");
        point = Files.createDirectory(home.toRealPath().resolve("point"));
        repository = Repository.init(
                new MemoryStorage(),
                Secret.of("password"),
                new Repository.InitOptions(2, null, new ScryptParameters(2, 8, 1)),
                new SecureRandom(),
                InstantSource.system());
    }

    @AfterEach
    void leaveNoMount() throws Exception {
        if (isMounted()) {
            new ProcessBuilder("umount", "-l", point.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
        }
        repository.close();
    }

    private boolean isMounted() {
        try {
            return Files.readString(Path.of("/proc/self/mounts")).contains(" " + point + " fuse ");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RepositoryMount mount(RepositoryMount.Serving serving) {
        return RepositoryMount.over(
                point,
                repository,
                VIEW,
                OPTIONS,
                RepositoryMountTest::noDamage,
                problem -> {
                    throw new AssertionError(problem);
                },
                InstantSource.system(),
                serving);
    }

    private static void noDamage(ObjectId id, RuntimeException reason) {
        throw new AssertionError("index " + id, reason);
    }

    @Test
    void closing_takes_the_mount_away_though_a_program_uses_it() throws Exception {
        RepositoryMount mount = mount(FuseServer::start);
        try (DirectoryStream<Path> used = Files.newDirectoryStream(point)) {
            assertThat(isMounted()).isTrue();
            mount.close();
            assertThat(isMounted()).isFalse();
            assertThat(used).isNotNull();
        }
        assertThat(mount.join(Duration.ofSeconds(30))).isTrue();
        assertThat(point).isEmptyDirectory();
    }

    @Test
    void closing_after_somebody_unmounted_leaves_the_next_mount_alone() throws Exception {
        RepositoryMount mount = mount(FuseServer::start);
        assertThat(new ProcessBuilder("umount", point.toString()).start().waitFor())
                .isZero();
        assertThat(mount.join(Duration.ofSeconds(30))).isTrue();
        assertThat(mount.failure()).isEmpty();
        try (RepositoryMount next = mount(FuseServer::start)) {
            mount.close();
            assertThat(isMounted()).isTrue();
            assertThat(next.unmount()).isEmpty();
        }
    }

    @Test
    void a_mount_nobody_would_answer_is_taken_away() throws Exception {
        assertThatThrownBy(() -> mount((_, _, _) -> {
                    assertThat(isMounted()).isTrue();
                    throw new IllegalStateException("no threads");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no threads");
        assertThat(isMounted()).isFalse();
        assertThat(point).isEmptyDirectory();
    }

    @Test
    void a_failed_mount_leaves_nothing_running() throws Exception {
        Files.delete(point);
        assertThatThrownBy(() -> mount(FuseServer::start))
                .isInstanceOf(FuseException.class)
                .hasMessageContaining("no such file or directory");
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("mount "));
    }
}
