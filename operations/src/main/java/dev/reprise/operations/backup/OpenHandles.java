package dev.reprise.operations.backup;

import dev.reprise.sources.files.FileTree.Directory;
import dev.reprise.sources.files.FileTree.OpenFile;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What a run has open, so that a run that is broken off leaves nothing open. Safe for many threads.
final class OpenHandles {
    private final Set<Directory> directories = ConcurrentHashMap.newKeySet();
    private final Set<OpenFile> files = ConcurrentHashMap.newKeySet();

    void opened(Directory directory) {
        directories.add(directory);
    }

    void opened(OpenFile file) {
        files.add(file);
    }

    void close(Directory directory) {
        directories.remove(directory);
        directory.close();
    }

    void close(OpenFile file) {
        files.remove(file);
        file.close();
    }

    /// Only when no thread works any more.
    void closeAll() {
        directories.forEach(this::close);
        files.forEach(this::close);
    }
}
