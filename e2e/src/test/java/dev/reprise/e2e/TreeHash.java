package dev.reprise.e2e;

import dev.reprise.base.ObjectId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Every entry below a folder with mode, time and a hash of its bytes.
final class TreeHash {
    private TreeHash() {}

    static Map<String, String> of(Path folder) throws IOException {
        Map<String, String> entries = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                if (!path.equals(folder)) {
                    entries.put(folder.relativize(path).toString(), describe(path));
                }
            }
        }
        return entries;
    }

    private static String describe(Path path) throws IOException {
        if (Files.isSymbolicLink(path)) {
            return "-> " + Files.readSymbolicLink(path);
        }
        String meta = PosixFilePermissions.toString(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS))
                + " "
                + Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toInstant();
        return Files.isDirectory(path)
                ? meta
                : meta + " " + ObjectId.hash(Files.readAllBytes(path)).hex();
    }
}
