package dev.reprise.mount.fuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the kernel remembers of a large tree stays bounded, and so does our memory.
@Timeout(600)
class ForgettingTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path point;

    private @Nullable FuseMount mount;
    private @Nullable FuseServer server;
    private final AtomicInteger listed = new AtomicInteger();
    private final AtomicInteger mostKnown = new AtomicInteger();

    @BeforeEach
    void needDevice() {
        assumeTrue(Files.exists(Path.of("/dev/fuse")), "this machine has no /dev/fuse");
        assumeTrue(LibC.effectiveUser() == 0, "mounting without fusermount3 needs root");
    }

    @AfterEach
    void unmount() throws InterruptedException {
        if (mount != null && !mount.unmount().isEmpty()) {
            mount.detach();
        }
        if (server != null) {
            server.join(PATIENCE);
        }
    }

    private void serve(int width, int depth, int knownNodes) {
        mount = FuseMount.direct(point, new MountOptions("test", false, false));
        server = FuseServer.start(mount, new WideTree(width, depth, 1, this::count), knownNodes, _ -> {});
    }

    private void count() {
        listed.incrementAndGet();
        int known = server == null ? 0 : server.known();
        mostKnown.accumulateAndGet(known, Math::max);
    }

    private FuseServer server() {
        return Objects.requireNonNull(server);
    }

    private void walk(Path directory) throws Exception {
        Process find = new ProcessBuilder("find", directory.toString(), "-size", "+100")
                .inheritIO()
                .start();
        assertThat(find.waitFor()).isZero();
    }

    @Test
    void directories_are_forgotten_as_files_are() throws Exception {
        serve(20, 3, 500);
        walk(point);
        assertThat(listed).hasValueGreaterThanOrEqualTo(1 + 20 + 400 + 8000);
        Awaitility.await().atMost(PATIENCE).until(() -> server().known() <= 502);
        assertThat(mostKnown).hasValueLessThan(4000);
        walk(point.resolve("d7/d8"));
    }

    @Test
    @Tag("long")
    void a_million_directories_take_bounded_memory() throws Exception {
        serve(100, 3, FuseServer.KNOWN_NODES);
        long before = heap();
        walk(point);
        assertThat(listed).hasValueGreaterThanOrEqualTo(1 + 100 + 10_000 + 1_000_000);
        assertThat(mostKnown).hasValueBetween(FuseServer.KNOWN_NODES, 3 * FuseServer.KNOWN_NODES / 2);
        assertThat(heap() - before).isLessThan(100L << 20);
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void a_directory_in_which_a_program_works_keeps_its_path() throws Exception {
        serve(20, 3, 100);
        Path place = point.toRealPath().resolve("d3/d4/d5");
        Process shell = new ProcessBuilder("sh", "-c", "while read line; do readlink /proc/$$/cwd; done")
                .directory(place.toFile())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader said = shell.inputReader(StandardCharsets.UTF_8)) {
            assertThat(answer(shell, said)).isEqualTo(place.toString());
            for (String other : List.of("d0", "d1", "d3/d1", "d5")) {
                walk(point.resolve(other));
            }
            Awaitility.await().atMost(PATIENCE).until(() -> server().known() <= 100);
            // Nobody may look the path up here: that would help too.
            Awaitility.await().atMost(PATIENCE).until(() -> answer(shell, said).equals(place.toString()));
        } finally {
            shell.destroy();
            shell.waitFor();
        }
    }

    private static String answer(Process shell, BufferedReader said) throws IOException {
        shell.outputWriter().write("\n");
        shell.outputWriter().flush();
        return said.readLine();
    }
}
