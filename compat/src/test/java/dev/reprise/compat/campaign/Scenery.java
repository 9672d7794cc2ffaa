package dev.reprise.compat.campaign;

import dev.reprise.compat.FolderListing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// A small folder that changes at random.
final class Scenery {
    private static final List<String> FOLDERS = List.of("", "docs/", "docs/old/", "media/");
    private static final int NAMES = 6;
    private static final int SMALL_BYTES = 30_000;
    private static final int LARGE_BYTES = 1_500_000;

    private final Path root;
    private final Random random;

    Scenery(Path root, Random random) throws IOException {
        this.root = root;
        this.random = random;
        for (String folder : FOLDERS) {
            Files.createDirectories(root.resolve(folder));
        }
        Files.writeString(root.resolve("keep"), "always here");
        for (int i = 0; i < 6; i++) {
            change();
        }
    }

    Path root() {
        return root;
    }

    Map<String, String> listing() throws IOException {
        return FolderListing.of(root);
    }

    /// A name that files have, and sometimes folders.
    String name() {
        return "f" + random.nextInt(NAMES);
    }

    void change() throws IOException {
        Path path = root.resolve(FOLDERS.get(random.nextInt(FOLDERS.size())) + name());
        boolean folder = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
        switch (random.nextInt(8)) {
            case 0 -> remove(path);
            case 1 -> {
                remove(path);
                Files.createSymbolicLink(path, Path.of("keep"));
            }
            case 2 -> {
                if (!folder) {
                    remove(path);
                    Files.createDirectory(path);
                }
                Files.write(path.resolve("inner"), content());
            }
            case 3 -> Files.writeString(root.resolve("keep"), "again " + random.nextInt());
            default -> {
                remove(path);
                Files.write(path, content());
            }
        }
    }

    private static void remove(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(path.resolve("inner"));
        }
        Files.deleteIfExists(path);
    }

    private byte[] content() {
        return switch (random.nextInt(12)) {
            case 0 -> new byte[0];
            case 1 -> bytes(LARGE_BYTES);
            case 2, 3, 4 ->
                ("line " + random.nextInt(5) + "\n")
                        .repeat(random.nextInt(2_000))
                        .getBytes(StandardCharsets.UTF_8);
            default -> bytes(SMALL_BYTES);
        };
    }

    private byte[] bytes(int most) {
        byte[] bytes = new byte[random.nextInt(most)];
        random.nextBytes(bytes);
        return bytes;
    }
}
