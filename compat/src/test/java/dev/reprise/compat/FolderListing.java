package dev.reprise.compat;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.sources.files.FileMeta;
import dev.reprise.sources.files.FileTree;
import dev.reprise.sources.files.FileTree.Directory;
import dev.reprise.sources.files.FileTree.OpenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Everything of a folder that a restore must bring back, one line of text per entry.
public final class FolderListing {
    private static final int BLOCK = 1 << 20;

    private final Map<String, String> lines = new TreeMap<>();

    private FolderListing() {}

    /// Path (bytes outside plain ASCII as %XX) → type, mode, owner, times, links, target, size, hash, attributes.
    /// The folder itself is not listed. Names of one file (hard links) name the first of them.
    public static Map<String, String> of(Path folder) throws IOException {
        var listing = new FolderListing();
        try (Directory directory = FileTree.local().open(RawName.of(folder.toString()))) {
            listing.walk("", directory, new TreeMap<>());
        }
        return listing.lines;
    }

    private void walk(String prefix, Directory directory, Map<String, String> firstNames) throws IOException {
        for (RawName name : directory.names()) {
            FileMeta meta = directory.stat(name);
            String path = prefix + text(name);
            String line = "%06o %d:%d %d.%09d"
                    .formatted(meta.unixMode(), meta.uid(), meta.gid(), meta.mtimeSecond(), meta.mtimeNano());
            line += attributes(directory.xattrs(name, meta));
            if (meta.links() > 1 && meta.type() == FileMeta.Type.FILE) {
                String first = firstNames.putIfAbsent(meta.device() + ":" + meta.inode(), path);
                line += " links " + meta.links() + (first == null ? "" : " same as " + first);
            }
            line += switch (meta.type()) {
                case FILE -> content(directory, name);
                case SYMLINK -> " -> " + text(directory.readLink(name));
                case BLOCK_DEVICE, CHAR_DEVICE -> " device " + meta.rdev();
                case DIR, FIFO, SOCKET, OTHER -> "";
            };
            if (meta.type() != FileMeta.Type.SOCKET) {
                lines.put(path, line);
            }
            if (meta.type() == FileMeta.Type.DIR) {
                try (Directory below = directory.openDirectory(name)) {
                    walk(path + "/", below, firstNames);
                }
            }
        }
    }

    private static String content(Directory directory, RawName name) throws IOException {
        MessageDigest digest = ObjectId.newDigest();
        byte[] block = new byte[BLOCK];
        long position = 0;
        try (OpenFile file = directory.openFile(name)) {
            for (int read = file.read(0, block, 0, BLOCK); read > 0; read = file.read(position, block, 0, BLOCK)) {
                digest.update(block, 0, read);
                position += read;
            }
        }
        return " size %d sha256 %s".formatted(position, HexFormat.of().formatHex(digest.digest()));
    }

    private static String attributes(List<FileTree.Xattr> attributes) {
        Map<String, String> sorted = new TreeMap<>();
        attributes.forEach(attribute ->
                sorted.put(attribute.name().toString(), HexFormat.of().formatHex(attribute.value())));
        return sorted.isEmpty() ? "" : " " + sorted;
    }

    static String text(RawName name) {
        var out = new StringBuilder();
        for (byte b : name.bytes()) {
            boolean plain = b > ' ' && b < 0x7f && b != '%';
            out.append(plain ? String.valueOf((char) b) : "%%%02X".formatted(b));
        }
        return out.toString();
    }
}
