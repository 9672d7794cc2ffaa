package dev.reprise.sources.files;

import java.io.IOException;
import java.util.List;
import java.util.Objects;

/// A regular file held open for reading and writing.
final class LinuxWritableFile implements FileTarget.WritableFile {
    private final Descriptor descriptor;
    private final Location where;
    private final LinuxMetadata metadata;

    LinuxWritableFile(long descriptor, Location where, LinuxMetadata metadata) {
        this.descriptor = new Descriptor(descriptor, where);
        this.where = where;
        this.metadata = metadata;
    }

    @Override
    public long size() throws IOException {
        int fd = descriptor.acquire();
        try (Scratch scratch = Scratch.take()) {
            return LinuxEntries.stat(scratch, fd, where).size();
        } finally {
            descriptor.release();
        }
    }

    @Override
    public int read(long position, byte[] into, int offset, int length) throws IOException {
        int fd = descriptor.acquire();
        try (Scratch scratch = Scratch.take()) {
            return LinuxOpenFile.read(scratch, fd, position, into, offset, length, where);
        } finally {
            descriptor.release();
        }
    }

    @Override
    public void write(long position, byte[] from, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, from.length);
        int fd = descriptor.acquire();
        try (Scratch scratch = Scratch.take()) {
            int done = 0;
            while (done < length) {
                int part = Math.min(length - done, Scratch.DATA_BYTES);
                scratch.copyIn(from, offset + done, part);
                long at = position + done;
                long written = Kernel.call(scratch, Call.PWRITE64, fd, scratch.dataAddress(), part, at);
                if (written <= 0) {
                    throw Errno.failure(written, where, "write " + part + " bytes at " + at);
                }
                done += (int) written;
            }
        } finally {
            descriptor.release();
        }
    }

    @Override
    public void truncate(long size) throws IOException {
        int fd = descriptor.acquire();
        try (Scratch scratch = Scratch.take()) {
            long result = Kernel.call(scratch, Call.FTRUNCATE, fd, size, 0);
            if (result < 0) {
                throw Errno.failure(result, where, "set size to " + size);
            }
        } finally {
            descriptor.release();
        }
    }

    @Override
    public List<String> metadata(FileMeta meta, List<FileTree.Xattr> xattrs) throws IOException {
        int fd = descriptor.acquire();
        try (Scratch scratch = Scratch.take()) {
            return metadata.apply(scratch, fd, where, meta, xattrs);
        } finally {
            descriptor.release();
        }
    }

    @Override
    public void close() throws IOException {
        long result = descriptor.shut();
        if (result < 0) {
            throw Errno.failure(result, where, "close after writing");
        }
    }

    @Override
    public String toString() {
        return where.toString();
    }
}
