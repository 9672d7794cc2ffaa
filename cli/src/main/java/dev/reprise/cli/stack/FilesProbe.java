package dev.reprise.cli.stack;

import dev.reprise.base.RawName;
import dev.reprise.operations.backup.FilesRequest;
import dev.reprise.sources.SourceException;
import dev.reprise.sources.files.FileTree;
import java.io.IOException;

/// Looks whether the paths of a files source are there.
public final class FilesProbe {
    private FilesProbe() {}

    /// @throws SourceException naming the first path that is not there
    public static void check(String source, FilesRequest request) {
        FileTree files = FileTree.local();
        for (RawName target : request.targets()) {
            boolean rooted = !target.isEmpty() && target.at(0) == '/';
            try {
                files.stat(rooted ? target : request.workingDirectory().child(target));
            } catch (IOException e) {
                throw new SourceException(
                        "source %s: %s cannot be read: %s".formatted(source, target, e.getMessage()),
                        "check the path and the rights of this user",
                        e);
            }
        }
    }
}
