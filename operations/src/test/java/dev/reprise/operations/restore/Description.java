package dev.reprise.operations.restore;

import dev.reprise.base.RawName;
import dev.reprise.sources.files.FileMeta;
import dev.reprise.sources.files.FileTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// What lies below a folder, one line per entry, by path: as the fixtures' own description of a restore
/// by stock restic says it.
final class Description {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-~/";

    private Description() {}

    static Map<String, String> of(Path folder) throws IOException {
        var lines = new TreeMap<String, String>();
        try (var root = FileTree.local().open(RawName.of(folder.toString()))) {
            describe(root, "", lines);
        }
        return lines;
    }

    /// @param jsonLines what `fixture.py describe` printed
    static Map<String, String> parse(String jsonLines) {
        var lines = new TreeMap<String, String>();
        for (String line : jsonLines.lines().toList()) {
            JsonNode entry = JSON.readTree(line);
            lines.put(entry.get("path").asString(), normal(entry));
        }
        return lines;
    }

    private static String normal(JsonNode entry) {
        var members = new ArrayList<String>();
        for (String name : List.of("mode", "uid", "gid", "mtime_ns", "links", "target", "size", "sha256", "rdev")) {
            JsonNode member = entry.get(name);
            if (member != null) {
                members.add(name + "=" + member.asString());
            }
        }
        JsonNode xattrs = entry.get("xattrs_hex");
        if (xattrs != null) {
            var values = new TreeMap<String, String>();
            xattrs.properties()
                    .forEach(
                            xattr -> values.put(xattr.getKey(), xattr.getValue().asString()));
            members.add("xattrs=" + values);
        }
        return String.join(" ", members);
    }

    private static void describe(FileTree.Directory directory, String path, Map<String, String> lines)
            throws IOException {
        for (RawName name : directory.names()) {
            FileMeta meta = directory.stat(name);
            String below = path + "/" + quoted(name);
            lines.put(below, line(directory, name, meta));
            if (meta.type() == FileMeta.Type.DIR) {
                try (var next = directory.openDirectory(name)) {
                    describe(next, below, lines);
                }
            }
        }
    }

    private static String line(FileTree.Directory directory, RawName name, FileMeta meta) throws IOException {
        var line = new StringBuilder("mode=%06o uid=%d gid=%d mtime_ns=%d"
                .formatted(
                        meta.unixMode(),
                        meta.uid(),
                        meta.gid(),
                        meta.mtimeSecond() * 1_000_000_000 + meta.mtimeNano()));
        if (meta.type() != FileMeta.Type.DIR) {
            line.append(" links=").append(meta.links());
        }
        if (meta.type() == FileMeta.Type.SYMLINK) {
            line.append(" target=").append(quoted(directory.readLink(name)));
        }
        if (meta.type() == FileMeta.Type.FILE) {
            line.append(" size=%d sha256=%s".formatted(meta.size(), hash(directory, name)));
        }
        if (meta.rdev() != 0) {
            line.append(" rdev=").append(meta.rdev());
        }
        var xattrs = new TreeMap<String, String>();
        for (FileTree.Xattr xattr : directory.xattrs(name, meta)) {
            xattrs.put(xattr.name().toString(), HexFormat.of().formatHex(xattr.value()));
        }
        return xattrs.isEmpty() ? line.toString() : line + " xattrs=" + xattrs;
    }

    private static String hash(FileTree.Directory directory, RawName name) throws IOException {
        try (var file = directory.openFile(name)) {
            return ContentHash.of(file, 0, file.meta().size(), new byte[1 << 16])
                    .hex();
        }
    }

    static String quoted(RawName name) {
        var text = new StringBuilder();
        for (byte b : name.bytes()) {
            if (PLAIN.indexOf(b & 0xff) >= 0) {
                text.append((char) (b & 0xff));
            } else {
                text.append("%%%02X".formatted(b & 0xff).toUpperCase(Locale.ROOT));
            }
        }
        return text.toString();
    }
}
