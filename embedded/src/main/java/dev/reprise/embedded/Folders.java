package dev.reprise.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// Where unpacked programs are kept between runs, and folders that go away.
final class Folders {
    /// Two locks: file locks do not exclude threads of one process.
    private static final ReentrantLock THREADS = new ReentrantLock();

    private Folders() {}

    /// `$XDG_CACHE_HOME/reprise` or `~/.cache/reprise`; for root `/var/cache/reprise`, because the user its servers
    /// run as cannot enter root's home.
    static Path cache() throws IOException {
        String configured = System.getenv("XDG_CACHE_HOME");
        Path parent;
        if (ServerUser.current().change()) {
            parent = Path.of("/var/cache");
        } else if (configured != null && configured.startsWith("/")) {
            parent = Path.of(configured);
        } else {
            parent = Path.of(System.getProperty("user.home"), ".cache");
        }
        Path cache = parent.resolve("reprise");
        Files.createDirectories(cache);
        return cache;
    }

    @FunctionalInterface
    interface Filler {
        void fill(Path folder) throws IOException;
    }

    /// The folder `name` of the cache, filled on first use. Other threads and processes wait, then find it whole:
    /// it gets its name only when it is complete.
    static Path filledOnce(String name, Filler filler) throws IOException {
        Path folder = cache().resolve(name);
        if (Files.isDirectory(folder)) {
            return folder;
        }
        THREADS.lock();
        try (var channel =
                        FileChannel.open(cache().resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = channel.lock()) {
            if (!Files.isDirectory(folder)) {
                fillAndRename(folder, filler);
            }
        } finally {
            THREADS.unlock();
        }
        return folder;
    }

    private static void fillAndRename(Path folder, Filler filler) throws IOException {
        Path unfinished = Files.createTempDirectory(cache(), "unfinished-");
        try {
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwxr-xr-x"));
            filler.fill(unfinished);
            Files.move(unfinished, folder);
        } finally {
            delete(unfinished);
        }
    }

    /// A new folder below the system's temporary folder, private to the user that servers run as.
    static Path temporary(String prefix, ServerUser user) throws IOException {
        Path folder = Files.createTempDirectory(prefix);
        user.own(folder);
        return folder;
    }

    /// Deletes a folder with everything in it; links are not followed. Nothing there is fine.
    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.walk(folder)) {
            deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }
}
