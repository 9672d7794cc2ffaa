package dev.reprise.sources.files;

import dev.reprise.base.RawName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// Reads through `java.nio`, where no system calls are known.
///
/// Less than on Linux: directories are named by path, so renaming a parent redirects what lies below; between
/// looking at an entry and opening it, it could be exchanged for a FIFO; only attributes of the name space `user.`
/// are seen; access times are touched.
final class PortableFileTree implements FileTree {
    @Override
    public FileMeta stat(RawName absolutePath) throws IOException {
        return PortableEntries.stat(RawPaths.path(absolutePath));
    }

    @Override
    public Directory open(RawName absolutePath) throws IOException {
        return new PortableDirectory(RawPaths.path(absolutePath));
    }

    @Override
    public String userName(long uid) {
        return Call.Abi.SUPPORTED ? OwnerNames.USERS.name(uid) : "";
    }

    @Override
    public String groupName(long gid) {
        return Call.Abi.SUPPORTED ? OwnerNames.GROUPS.name(gid) : "";
    }

    @Override
    public boolean complete() {
        return false;
    }

    private static final class PortableDirectory implements Directory {
        private final Path path;
        private volatile boolean closed;

        PortableDirectory(Path path) throws IOException {
            this.path = path;
            PortableEntries.require(path, FileMeta.Type.DIR);
        }

        private Path open() {
            if (closed) {
                throw new IllegalStateException("used after it was closed: " + path);
            }
            return path;
        }

        @Override
        public FileMeta meta() throws IOException {
            return PortableEntries.stat(open());
        }

        @Override
        public List<Xattr> xattrs() throws IOException {
            return PortableEntries.xattrs(open(), meta());
        }

        @Override
        public List<RawName> names() throws IOException {
            return PortableEntries.names(open());
        }

        @Override
        public FileMeta stat(RawName name) throws IOException {
            return PortableEntries.stat(RawPaths.child(open(), name));
        }

        @Override
        public RawName readLink(RawName name) throws IOException {
            return RawPaths.link(Files.readSymbolicLink(RawPaths.child(open(), name)));
        }

        @Override
        public List<Xattr> xattrs(RawName name, FileMeta meta) throws IOException {
            return PortableEntries.xattrs(RawPaths.child(open(), name), meta);
        }

        @Override
        public OpenFile openFile(RawName name) throws IOException {
            return new PortableOpenFile(RawPaths.child(open(), name));
        }

        @Override
        public Directory openDirectory(RawName name) throws IOException {
            return new PortableDirectory(RawPaths.child(open(), name));
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    static final class PortableOpenFile implements OpenFile {
        private final Path path;
        private final FileChannel channel;

        PortableOpenFile(Path path) throws IOException {
            PortableEntries.require(path, FileMeta.Type.FILE);
            this.path = path;
            this.channel = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        }

        private FileChannel open() {
            if (!channel.isOpen()) {
                throw new IllegalStateException("used after it was closed: " + path);
            }
            return channel;
        }

        @Override
        public FileMeta meta() throws IOException {
            open();
            return PortableEntries.stat(path);
        }

        @Override
        public List<Xattr> xattrs() throws IOException {
            return PortableEntries.xattrs(path, meta());
        }

        @Override
        public int read(long position, byte[] into, int offset, int length) throws IOException {
            return PortableEntries.read(open(), position, ByteBuffer.wrap(into, offset, length));
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException nothingWasWritten) {
                return;
            }
        }
    }
}
