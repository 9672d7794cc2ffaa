package dev.reprise.demo;

import dev.reprise.base.ObjectId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The shop's folder of uploads: filled with pictures and documents, added to under load, audited byte by byte.
final class ShopUploads {
    private static final int FILES = 400;
    private static final int LARGEST_BYTES = 160 * 1024;
    private static final int VIDEO_BYTES = 24 * 1024 * 1024;
    private static final String LOADED = "incoming/";

    private ShopUploads() {}

    static void fill(Path folder) throws IOException {
        var random = new Random(42);
        for (int i = 0; i < FILES; i++) {
            Path file = folder.resolve("%04d/%02d/photo-%d.jpg".formatted(2020 + i % 6, 1 + i % 12, i));
            Files.createDirectories(parent(file));
            byte[] content = new byte[random.nextInt(LARGEST_BYTES)];
            random.nextBytes(content);
            Files.write(file, content);
            Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_600_000_000L + i * 86_400L, i)));
        }
        byte[] video = new byte[VIDEO_BYTES];
        random.nextBytes(video);
        Files.write(folder.resolve("introduction.mp4"), video);
        Files.writeString(folder.resolve("prices – été 2026.csv"), "sku;price\n".repeat(20_000));
        Files.createSymbolicLink(folder.resolve("latest"), Path.of("2025"));
        Files.createLink(folder.resolve("cover.jpg"), folder.resolve("2020/01/photo-0.jpg"));
        Files.setPosixFilePermissions(folder.resolve("introduction.mp4"), PosixFilePermissions.fromString("r--r-----"));
        Files.createDirectories(folder.resolve(LOADED));
    }

    /// One upload under load: complete under its name or not there; its content follows from its number.
    static void add(Path folder, int number) throws IOException {
        Path part = folder.resolve(LOADED + number + ".part");
        Files.write(part, content(number));
        Files.move(part, folder.resolve(LOADED + number + ".bin"), StandardCopyOption.ATOMIC_MOVE);
    }

    /// Every entry but directories: path → what it is, with a hash of every byte, mode and modification time.
    static Map<String, String> entries(Path folder) throws IOException {
        Map<String, String> entries = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    entries.put(folder.relativize(path).toString(), describe(path));
                }
            }
        }
        return entries;
    }

    private static String describe(Path path) throws IOException {
        if (Files.isSymbolicLink(path)) {
            return "link to " + Files.readSymbolicLink(path);
        }
        return "%s %s %s"
                .formatted(
                        ObjectId.hash(Files.readAllBytes(path)).hex(),
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(path)),
                        Files.getLastModifiedTime(path).toInstant());
    }

    /// @param expected [#entries] of the folder that was lost, before the load began
    /// @param atLeast  uploads confirmed before the capture began
    /// @param atMost   uploads that can have been begun when it ended
    static Audit audit(Path folder, Map<String, String> expected, int atLeast, int atMost) throws IOException {
        var findings = new Audit.Findings();
        Map<String, String> found = entries(folder);
        long compared = found.size();
        expected.forEach((path, description) -> {
            String now = found.remove(path);
            if (!description.equals(now)) {
                findings.add("file %s was %s, is %s".formatted(path, description, now));
            }
        });
        int survived = 0;
        for (String path : found.keySet()) {
            int number = number(path);
            byte[] bytes = Files.readAllBytes(folder.resolve(path));
            if (number < 1 || !java.util.Arrays.equals(bytes, content(number))) {
                findings.add("file " + path + " is not as it was written");
            }
            survived = Math.max(survived, number);
        }
        for (int number = 1; number <= atLeast; number++) {
            if (!found.containsKey(LOADED + number + ".bin")) {
                findings.add("upload %d was confirmed before the capture and is missing".formatted(number));
            }
        }
        if (survived > atMost) {
            findings.add("upload %d came back, but the newest possible is %d".formatted(survived, atMost));
        }
        return new Audit(compared, findings.list(), survived);
    }

    private static int number(String path) {
        if (!path.startsWith(LOADED) || !path.endsWith(".bin")) {
            return 0;
        }
        try {
            return Integer.parseInt(path.substring(LOADED.length(), path.length() - 4));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static byte[] content(int number) {
        return "upload %d\n".formatted(number).repeat(1 + number % 500).getBytes(StandardCharsets.UTF_8);
    }

    private static Path parent(Path file) {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IllegalStateException(file + " has no parent");
        }
        return parent;
    }
}
