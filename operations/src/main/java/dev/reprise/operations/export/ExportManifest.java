package dev.reprise.operations.export;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.point.RunId;
import dev.reprise.sources.json.JsonTree;
import dev.reprise.storage.plain.PlainPath;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What an export is and holds: `export.json` in its folder.
///
/// @param program  name and version of the program that wrote it
/// @param run      of the recovery point
/// @param host     where the point was made
/// @param captured when the point's run began
/// @param written  when the export was whole
/// @param files    paths below the folder
/// @param missing  names of sources that the point does not hold, or not whole
public record ExportManifest(
        String program,
        String job,
        RunId run,
        String host,
        Instant captured,
        Instant written,
        List<ExportedFile> files,
        List<String> missing) {
    static final String NAME = "export.json";
    private static final int FORMAT = 1;

    public ExportManifest {
        files = List.copyOf(files);
        missing = List.copyOf(missing);
    }

    /// @param bytes its size
    public record ExportedFile(String path, long bytes, ObjectId sha256) {}

    /// Of all files together.
    public long bytes() {
        return files.stream().mapToLong(ExportedFile::bytes).sum();
    }

    byte[] encode() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("format", FORMAT);
        tree.put("program", program);
        tree.put("job", job);
        tree.put("point", run.hex());
        tree.put("host", host);
        tree.put("captured", captured.toString());
        tree.put("written", written.toString());
        tree.put(
                "files",
                files.stream()
                        .map(file -> Map.of(
                                "path", file.path(),
                                "bytes", file.bytes(),
                                "sha256", file.sha256().hex()))
                        .toList());
        tree.put("missing", missing);
        return JsonTree.write(tree);
    }

    /// @throws IOException if it is not what this class writes; names that lead out of the folder are refused
    static ExportManifest decode(InputStream json) throws IOException {
        try {
            Map<?, ?> tree = (Map<?, ?>) JsonTree.read(json);
            if (!Long.valueOf(FORMAT).equals(tree.get("format"))) {
                throw new IOException("its format is not known to this program");
            }
            List<ExportedFile> files = new ArrayList<>();
            for (Object file : (List<?>) member(tree, "files")) {
                files.add(file((Map<?, ?>) file));
            }
            List<String> missing = new ArrayList<>();
            ((List<?>) member(tree, "missing")).forEach(name -> missing.add((String) name));
            return new ExportManifest(
                    text(tree, "program"),
                    text(tree, "job"),
                    new RunId(text(tree, "point")),
                    text(tree, "host"),
                    Instant.parse(text(tree, "captured")),
                    Instant.parse(text(tree, "written")),
                    files,
                    missing);
        } catch (ClassCastException | IllegalArgumentException | DateTimeException e) {
            throw new IOException("it is not the manifest of an export", e);
        }
    }

    private static ExportedFile file(Map<?, ?> tree) {
        return new ExportedFile(
                PlainPath.require(text(tree, "path")),
                (Long) member(tree, "bytes"),
                ObjectId.parse(text(tree, "sha256")));
    }

    static String text(Map<?, ?> tree, String name) {
        return (String) member(tree, name);
    }

    static Object member(Map<?, ?> tree, String name) {
        Object value = tree.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no member " + name);
        }
        return value;
    }
}
