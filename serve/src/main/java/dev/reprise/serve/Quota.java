package dev.reprise.serve;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;

/// Bytes used by all repositories together, those on their way included. Counted once when the server starts: what
/// other programs write or remove meanwhile is not seen. Safe for many threads.
final class Quota {
    /// Uploads that ended with the machine; ours and rest-server's. Younger ones may belong to somebody.
    private static final Pattern LEFT_OVER =
            Pattern.compile("draft-tmp-[0-9a-f]{16}|[0-9a-f]{64}\\.rest-server-temp[0-9]+");

    private static final Duration SURELY_OVER = Duration.ofDays(1);

    private final long limit;
    private long used;

    /// @param limit in bytes; 0 for none
    Quota(long limit) {
        this.limit = limit;
    }

    /// Adds up what lies below `root`, and removes what uploads of more than a day ago left behind.
    ///
    /// @return how many were removed
    synchronized int count(Path root, Instant now) throws IOException {
        int[] removed = {0};
        used = 0;
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                boolean old = attributes.lastModifiedTime().toInstant().isBefore(now.minus(SURELY_OVER));
                if (old && attributes.isRegularFile() && isLeftOver(file)) {
                    Files.deleteIfExists(file);
                    removed[0]++;
                } else {
                    used += attributes.size();
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE; // removed meanwhile
                }
                throw e;
            }
        });
        return removed[0];
    }

    private static boolean isLeftOver(Path file) {
        Path name = file.getFileName();
        return name != null && LEFT_OVER.matcher(name.toString()).matches();
    }

    synchronized long used() {
        return used;
    }

    /// Takes bytes before they are written.
    ///
    /// @throws FullException if there are not so many left; then none are taken
    synchronized void take(long bytes) throws FullException {
        if (limit > 0 && bytes > limit - used) {
            throw new FullException();
        }
        used += bytes;
    }

    synchronized void giveBack(long bytes) {
        used = Math.max(0, used - bytes);
    }

    /// The repositories are as large as they may be.
    static final class FullException extends Exception {
        private static final long serialVersionUID = 1;
    }
}
