package dev.reprise.compat;

import dev.reprise.base.RawName;
import dev.reprise.sources.files.FileMeta;
import dev.reprise.sources.files.FileTarget;
import dev.reprise.sources.files.FileTree.Xattr;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Small random trees with every kind of entry, and random harm to them. The same seed gives the same tree.
final class RandomTree {
    private static final List<String> NAMES = List.of(
            "a", "b", "Foo", "foo", "bar.txt", "BAR.TXT", "x y", "deep", "*", "[z]", "\u00fc", "n.log", "k.tmp");
    private static final int DEEPEST = 3;
    private static final long BASE_SECONDS = 1_000_000_000;

    private final Random random;
    private final List<Path> files = new ArrayList<>();

    RandomTree(Random random) {
        this.random = random;
    }

    /// Fills an existing, empty folder.
    void fill(Path folder) throws IOException {
        fill(folder, 0);
    }

    private void fill(Path folder, int depth) throws IOException {
        List<String> names = new ArrayList<>(NAMES);
        Collections.shuffle(names, random);
        for (String name : names.subList(0, 1 + random.nextInt(6))) {
            Path path = folder.resolve(name);
            int kind = random.nextInt(100);
            if (kind < 35 && depth < DEEPEST) {
                Files.createDirectory(path);
                fill(path, depth + 1);
                Files.setAttribute(path, "unix:mode", choose(0755, 0700, 01777, 0555));
            } else if (kind < 80 || files.isEmpty()) {
                file(path);
            } else if (kind < 90) {
                Files.createSymbolicLink(path, Path.of(choose("a", "../b", "/nowhere")));
            } else if (kind < 93) {
                fifo(path);
            } else {
                Files.createLink(path, files.get(random.nextInt(files.size())));
            }
            if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                    || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                long nanos = TimeUnit.SECONDS.toNanos(BASE_SECONDS) + random.nextInt(1_000_000_000);
                Files.setLastModifiedTime(path, FileTime.from(nanos, TimeUnit.NANOSECONDS));
            }
        }
    }

    private void file(Path path) throws IOException {
        Files.write(path, content());
        if (random.nextInt(5) == 0) {
            Files.setAttribute(path, "user:" + choose("one", "two"), "v".getBytes(StandardCharsets.UTF_8));
        }
        if (random.nextInt(5) == 0) {
            Files.setAttribute(path, "unix:uid", choose(0, 1000, 65534));
            Files.setAttribute(path, "unix:gid", choose(0, 33));
        }
        Files.setAttribute(path, "unix:mode", choose(0644, 0600, 04755, 0, 0444));
        files.add(path);
    }

    private byte[] content() {
        byte[] bytes = switch (random.nextInt(20)) {
            case 0 -> new byte[1_500_000 + random.nextInt(1000)];
            case 1, 2, 3 -> new byte[150_001];
            case 4, 5, 6 -> new byte[0];
            default -> new byte[1 + random.nextInt(3000)];
        };
        if (bytes.length == 150_001) {
            bytes[100_000] = 'x'; // zeros around it become holes
        } else {
            random.nextBytes(bytes);
        }
        return bytes;
    }

    private static void fifo(Path path) throws IOException {
        try (FileTarget target = FileTarget.open(Objects.requireNonNull(path.getParent()))) {
            RawName name = RawName.of(path.getFileName().toString());
            var meta = new FileMeta(0010644, 0, 0, 0, 0, 0, 1, 0, BASE_SECONDS, 0, BASE_SECONDS, 0, BASE_SECONDS, 0);
            target.special(List.of(name), meta, true);
            target.metadata(List.of(name), meta, List.<Xattr>of());
        }
    }

    /// Removes, shortens, changes and replaces some files of a restored tree, and adds others. Files with several
    /// names are left alone: there Reprise gives no new name to a file that it was told not to touch, restic does.
    void disturb(Path folder) throws IOException {
        List<Path> found;
        try (Stream<Path> walk = Files.walk(folder)) {
            found = walk.sorted().toList();
        }
        for (Path path : found) {
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                add(path);
            } else if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                    && (int) Files.getAttribute(path, "unix:nlink") == 1) {
                harm(path);
            }
        }
    }

    private void harm(Path path) throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        FileTime time = Files.getLastModifiedTime(path);
        switch (random.nextInt(12)) {
            case 0 -> Files.delete(path);
            case 1 -> {
                Files.delete(path);
                Files.createSymbolicLink(path, Path.of("zz"));
            }
            case 2, 3 -> {
                Files.write(path, Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
                long second = random.nextBoolean() ? 10 : 2 * BASE_SECONDS;
                Files.setLastModifiedTime(path, FileTime.from(second, TimeUnit.SECONDS));
            }
            case 4, 5 -> {
                if (bytes.length > 0) {
                    bytes[bytes.length / 2] ^= 1;
                    Files.write(path, bytes);
                    Files.setLastModifiedTime(path, time);
                }
            }
            case 6 -> Files.setAttribute(path, "user:" + choose("one", "three"), "w".getBytes(StandardCharsets.UTF_8));
            default -> {} // stays
        }
    }

    private void add(Path folder) throws IOException {
        if (random.nextInt(5) < 3) {
            return;
        }
        for (String name : List.of("new", "k.tmp", "zz.txt")) {
            Path path = folder.resolve(name);
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            if (random.nextInt(3) == 0) {
                Files.writeString(Files.createDirectory(path).resolve("in.log"), "1");
            } else {
                Files.writeString(path, "extra");
            }
        }
    }

    @SafeVarargs
    private <T> T choose(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /// A copy with all metadata, hard links included.
    static void copy(Path from, Path to) throws IOException {
        try {
            int status = new ProcessBuilder("cp", "-a", from.toString(), to.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IOException("cp -a ended with " + status);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                if (failure != null) {
                    throw new UncheckedIOException(failure);
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
