package dev.reprise.operations.export;

import dev.reprise.storage.plain.PlainFiles;
import dev.reprise.storage.plain.PlainPath;

/// One file of an export.
///
/// @param path    below the dated folder
/// @param content gives the same bytes each time
public record Artifact(String path, PlainFiles.Content content) {
    public Artifact {
        PlainPath.require(path);
    }
}
