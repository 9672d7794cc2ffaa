package dev.reprise.sources.files;

import dev.reprise.base.RawName;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.ArrayDeque;
import java.util.Iterator;

/// Removes an entry with all it contains, links not followed, at any depth with two descriptors.
///
/// Only the directory at hand is open. The way back is its `..`, and what is found there must be the directory that
/// was left: somebody who moves a directory meanwhile stops the removal instead of leading it elsewhere.
final class TreeRemoval {
    private record Level(RawName name, FileMeta meta, Iterator<RawName> rest, Location where) {}

    private final Scratch scratch;
    private final int parent;
    private final RawName name;
    private final Location where;
    private final ArrayDeque<Level> levels = new ArrayDeque<>();
    /// The directory of the innermost level; belongs to this object while there is a level.
    private int current;

    TreeRemoval(Scratch scratch, int parent, RawName name, Location where) throws IOException {
        LinuxEntries.requirePlain(name, where);
        this.scratch = scratch;
        this.parent = parent;
        this.name = name;
        this.where = where;
        this.current = parent;
    }

    void run() throws IOException {
        try {
            if (!unlink(name, where)) {
                enter(name, where);
            }
            while (!levels.isEmpty()) {
                step(levels.getLast());
            }
        } finally {
            switchTo(parent);
        }
    }

    private void step(Level level) throws IOException {
        if (level.rest().hasNext()) {
            RawName child = level.rest().next();
            Location at = level.where().child(child);
            if (!unlink(child, at)) {
                enter(child, at);
            }
        } else {
            leave(level);
        }
    }

    /// @return false if it is a directory
    private boolean unlink(RawName entry, Location at) throws IOException {
        long result = Kernel.call(scratch, Call.UNLINKAT, current, scratch.first(entry), 0);
        boolean inner = !levels.isEmpty();
        if (result >= 0 || (inner && result == -Errno.ENOENT)) {
            return true;
        }
        if (result == -Errno.EISDIR) {
            return false;
        }
        throw Errno.failure(result, at, "remove");
    }

    private void enter(RawName directory, Location at) throws IOException {
        long path = scratch.first(directory);
        long opened = LinuxEntries.openForReading(scratch, current, path, Call.Abi.O_DIRECTORY);
        if (opened < 0) {
            throw Errno.failure(opened, at, "open directory");
        }
        switchTo((int) opened);
        FileMeta meta = LinuxEntries.stat(scratch, current, at);
        Iterator<RawName> names = LinuxEntries.names(scratch, current, at).iterator();
        levels.addLast(new Level(directory, meta, names, at));
    }

    private void leave(Level level) throws IOException {
        levels.removeLast();
        if (levels.isEmpty()) {
            switchTo(parent);
        } else {
            climb(levels.getLast());
        }
        long result = Kernel.call(scratch, Call.UNLINKAT, current, scratch.first(level.name()), Call.Abi.AT_REMOVEDIR);
        OpenDirectories.expect(result, Errno.ENOENT, level.where(), "remove directory");
    }

    private void climb(Level upper) throws IOException {
        long up = scratch.first(RawName.of(".."));
        long opened = LinuxEntries.openForReading(scratch, current, up, Call.Abi.O_DIRECTORY);
        if (opened < 0) {
            throw Errno.failure(opened, upper.where(), "open directory");
        }
        switchTo((int) opened);
        FileMeta found = LinuxEntries.stat(scratch, current, upper.where());
        if (found.inode() != upper.meta().inode()
                || found.device() != upper.meta().device()) {
            String reason = "a directory below was moved while it was being removed";
            throw new FileSystemException(upper.where().toString(), null, reason);
        }
    }

    private void switchTo(int directory) {
        if (current != parent) {
            Kernel.close(current);
        }
        current = directory;
    }
}
