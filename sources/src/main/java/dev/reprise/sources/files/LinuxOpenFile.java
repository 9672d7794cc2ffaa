package dev.reprise.sources.files;

import dev.reprise.base.RawName;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/// A regular file held open for reading.
final class LinuxOpenFile implements FileTree.OpenFile {
    private final Descriptor descriptor;
    private final Location where;

    private LinuxOpenFile(long descriptor, Location where) {
        this.descriptor = new Descriptor(descriptor, where);
        this.where = where;
    }

    /// What was opened is looked at again: it may no longer be what `stat` said a moment ago.
    static LinuxOpenFile open(Scratch scratch, int directory, RawName name, Location where) throws IOException {
        long path = scratch.first(name);
        long opened = LinuxEntries.openForReading(scratch, directory, path, 0);
        if (opened < 0) {
            throw LinuxEntries.refusal(scratch, opened, directory, path, where, "open", FileMeta.Type.FILE);
        }
        var file = new LinuxOpenFile(opened, where);
        try {
            FileMeta meta = LinuxEntries.stat(scratch, (int) opened, where);
            if (meta.type() != FileMeta.Type.FILE) {
                throw LinuxEntries.unexpected(where, meta, FileMeta.Type.FILE);
            }
            return file;
        } catch (IOException refused) {
            file.close();
            throw refused;
        }
    }

    @Override
    public FileMeta meta() throws IOException {
        int fd = descriptor.acquire();
        try (Scratch scratch = Scratch.take()) {
            return LinuxEntries.stat(scratch, fd, where);
        } finally {
            descriptor.release();
        }
    }

    @Override
    public List<FileTree.Xattr> xattrs() throws IOException {
        int fd = descriptor.acquire();
        try (Scratch scratch = Scratch.take()) {
            return LinuxXattrs.BY_DESCRIPTOR.read(scratch, fd, where);
        } finally {
            descriptor.release();
        }
    }

    @Override
    public int read(long position, byte[] into, int offset, int length) throws IOException {
        int fd = descriptor.acquire();
        try (Scratch scratch = Scratch.take()) {
            return read(scratch, fd, position, into, offset, length, where);
        } finally {
            descriptor.release();
        }
    }

    /// Reads until `length` bytes are there or the file ends.
    static int read(Scratch scratch, int fd, long position, byte[] into, int offset, int length, Object where)
            throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        int done = 0;
        while (done < length) {
            long want = Math.min(length - done, Scratch.DATA_BYTES);
            long got = Kernel.call(scratch, Call.PREAD64, fd, scratch.dataAddress(), want, position + done);
            if (got < 0) {
                throw Errno.failure(got, where, "read at " + (position + done));
            }
            if (got == 0) {
                return done == 0 ? -1 : done;
            }
            scratch.copyOut(into, offset + done, (int) got);
            done += (int) got;
            if (got < want) {
                return done;
            }
        }
        return done;
    }

    @Override
    public void close() {
        descriptor.close();
    }

    @Override
    public String toString() {
        return where.toString();
    }
}
