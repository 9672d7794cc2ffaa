package dev.reprise.sources.files;

import dev.reprise.base.RawName;
import java.io.IOException;
import java.nio.file.FileSystemException;

/// An absolute path as system calls take it: a directory descriptor and a rest that is short enough. A path longer
/// than the kernel's limit is walked in pieces; the descriptor then belongs to this object.
final class AbsolutePath implements AutoCloseable {
    private int directory = Call.Abi.AT_FDCWD;
    private RawName rest;

    private AbsolutePath(RawName path) {
        this.rest = path;
    }

    static AbsolutePath resolve(Scratch scratch, RawName absolute) throws IOException {
        requireAbsolute(absolute);
        var path = new AbsolutePath(withoutSlashAtEnd(absolute));
        while (path.rest.length() > Scratch.MAX_PATH_BYTES) {
            path.descend(scratch, absolute);
        }
        return path;
    }

    /// `AT_FDCWD` unless the path was too long for one call.
    int directory() {
        return directory;
    }

    RawName rest() {
        return rest;
    }

    @Override
    public void close() {
        if (directory != Call.Abi.AT_FDCWD) {
            Kernel.close(directory);
            directory = Call.Abi.AT_FDCWD;
        }
    }

    private void descend(Scratch scratch, RawName absolute) throws IOException {
        byte[] bytes = rest.bytes();
        int slash = Scratch.MAX_PATH_BYTES;
        while (slash > 0 && bytes[slash] != '/') {
            slash--;
        }
        if (slash == 0) {
            close();
            throw Errno.failure(Errno.ENAMETOOLONG, absolute, "open");
        }
        int flags = Call.Abi.O_PATH | Call.Abi.O_DIRECTORY | Call.Abi.O_CLOEXEC;
        long head = scratch.first(RawName.of(bytes, 0, slash));
        long opened = Kernel.call(scratch, Call.OPENAT, directory, head, flags, 0);
        close();
        if (opened < 0) {
            throw Errno.failure(opened, absolute, "open");
        }
        directory = (int) opened;
        int next = slash;
        while (next < bytes.length && bytes[next] == '/') {
            next++;
        }
        rest = RawName.of(bytes, next, bytes.length);
    }

    /// A slash at the end would make the kernel follow a symbolic link.
    private static RawName withoutSlashAtEnd(RawName path) {
        int end = path.length();
        while (end > 1 && path.at(end - 1) == '/') {
            end--;
        }
        return end == path.length() ? path : RawName.of(path.bytes(), 0, end);
    }

    private static void requireAbsolute(RawName path) throws IOException {
        if (path.isEmpty() || path.at(0) != '/') {
            throw new FileSystemException(path.toString(), null, "not an absolute path");
        }
        for (int i = 0; i < path.length(); i++) {
            if (path.at(i) == 0) {
                throw new FileSystemException(path.toString(), null, "a path may not hold a zero byte");
            }
        }
    }
}
