package dev.reprise.operations.export;

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

/// What is being written or removed: `unfinished.json`, the first file of a folder and the last. It names what a
/// program
/// that dies leaves behind, so that nothing else is ever removed.
///
/// @param removing whether the export was given up; a folder that is being written may still be somebody's work
/// @param files    paths below the folder, without this one
record Unfinished(String job, Instant begun, boolean removing, List<String> files) {
    static final String NAME = "unfinished.json";

    Unfinished {
        files = List.copyOf(files);
    }

    byte[] encode() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("job", job);
        tree.put("begun", begun.toString());
        tree.put("removing", removing);
        tree.put("files", files);
        return JsonTree.write(tree);
    }

    /// @throws IOException if it is not what this class writes
    static Unfinished decode(InputStream json) throws IOException {
        try {
            Map<?, ?> tree = (Map<?, ?>) JsonTree.read(json);
            List<String> files = new ArrayList<>();
            for (Object path : (List<?>) ExportManifest.member(tree, "files")) {
                files.add(PlainPath.require((String) path));
            }
            return new Unfinished(
                    ExportManifest.text(tree, "job"),
                    Instant.parse(ExportManifest.text(tree, "begun")),
                    (Boolean) ExportManifest.member(tree, "removing"),
                    files);
        } catch (ClassCastException | IllegalArgumentException | DateTimeException e) {
            throw new IOException("it does not say what is unfinished", e);
        }
    }
}
