package dev.reprise.operations.backup;

import java.util.List;

/// Threads this package starts, by their names.
final class Threads {
    private Threads() {}

    static List<String> ofBackup() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("backup-") || name.startsWith("stream-"))
                .toList();
    }
}
