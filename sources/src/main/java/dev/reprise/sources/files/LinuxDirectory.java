package dev.reprise.sources.files;

import dev.reprise.base.RawName;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// A directory held open by a descriptor.
final class LinuxDirectory implements FileTree.Directory {
    private final Descriptor descriptor;
    private final Location where;
    /// The position of a listing belongs to the descriptor, so threads list one after the other.
    private final ReentrantLock listing = new ReentrantLock();

    private LinuxDirectory(long descriptor, Location where) {
        this.descriptor = new Descriptor(descriptor, where);
        this.where = where;
    }

    static LinuxDirectory open(Scratch scratch, int parent, long path, Location where) throws IOException {
        long opened = LinuxEntries.openForReading(scratch, parent, path, Call.Abi.O_DIRECTORY);
        if (opened < 0) {
            throw LinuxEntries.refusal(scratch, opened, parent, path, where, "open directory", FileMeta.Type.DIR);
        }
        return new LinuxDirectory(opened, where);
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
    public List<RawName> names() throws IOException {
        int fd = descriptor.acquire();
        listing.lock();
        try (Scratch scratch = Scratch.take()) {
            long rewound = Kernel.call(scratch, Call.LSEEK, fd, 0, 0, 0);
            if (rewound < 0) {
                throw Errno.failure(rewound, where, "list directory");
            }
            return LinuxEntries.names(scratch, fd, where);
        } finally {
            listing.unlock();
            descriptor.release();
        }
    }

    @Override
    public FileMeta stat(RawName name) throws IOException {
        int fd = descriptor.acquire();
        try (Scratch scratch = Scratch.take()) {
            return LinuxEntries.stat(scratch, fd, name, where.child(name));
        } finally {
            descriptor.release();
        }
    }

    @Override
    public RawName readLink(RawName name) throws IOException {
        int fd = descriptor.acquire();
        try (Scratch scratch = Scratch.take()) {
            return LinuxEntries.readLink(scratch, fd, name, where.child(name));
        } finally {
            descriptor.release();
        }
    }

    @Override
    public List<FileTree.Xattr> xattrs(RawName name, FileMeta meta) throws IOException {
        int fd = descriptor.acquire();
        try (Scratch scratch = Scratch.take()) {
            return LinuxXattrs.ofEntry(scratch, fd, name, where.child(name));
        } finally {
            descriptor.release();
        }
    }

    @Override
    public FileTree.OpenFile openFile(RawName name) throws IOException {
        Location entry = where.child(name);
        LinuxEntries.requirePlain(name, entry);
        int fd = descriptor.acquire();
        try (Scratch scratch = Scratch.take()) {
            return LinuxOpenFile.open(scratch, fd, name, entry);
        } finally {
            descriptor.release();
        }
    }

    @Override
    public FileTree.Directory openDirectory(RawName name) throws IOException {
        Location entry = where.child(name);
        LinuxEntries.requirePlain(name, entry);
        int fd = descriptor.acquire();
        try (Scratch scratch = Scratch.take()) {
            return open(scratch, fd, scratch.first(name), entry);
        } finally {
            descriptor.release();
        }
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
