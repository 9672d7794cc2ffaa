package dev.reprise.operations.backup;

import dev.reprise.sources.files.FileTree.Directory;
import java.util.concurrent.atomic.AtomicInteger;

/// An open directory that several pieces of work reach their entries through; the last to let go closes it.
/// Starts with one user.
final class SharedDirectory {
    private final Directory directory;
    private final OpenHandles handles;
    private final AtomicInteger users = new AtomicInteger(1);

    SharedDirectory(Directory directory, OpenHandles handles) {
        this.directory = directory;
        this.handles = handles;
        handles.opened(directory);
    }

    Directory get() {
        return directory;
    }

    SharedDirectory retain() {
        users.incrementAndGet();
        return this;
    }

    void release() {
        if (users.decrementAndGet() == 0) {
            handles.close(directory);
        }
    }
}
