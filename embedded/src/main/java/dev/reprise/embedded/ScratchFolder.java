package dev.reprise.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/// The folder of a server; if temporary, it goes away with the server, but survives attempts to start it that failed
/// because the port was taken.
final class ScratchFolder {
    private final Path folder;
    private final boolean temporary;
    private final AtomicBoolean started = new AtomicBoolean();

    ScratchFolder(Path folder, boolean temporary) {
        this.folder = folder;
        this.temporary = temporary;
    }

    Path folder() {
        return folder;
    }

    void deleteWhenStopped() {
        started.set(true);
    }

    /// Called when the server has stopped, also after an attempt that failed.
    void stopped() {
        if (started.get()) {
            deleteNow();
        }
    }

    void deleteNow() {
        if (!temporary) {
            return;
        }
        try {
            Folders.delete(folder);
        } catch (IOException | UncheckedIOException e) {
            // A temporary folder that stays is the system's to clean; the server is down, which is what matters.
        }
    }
}
