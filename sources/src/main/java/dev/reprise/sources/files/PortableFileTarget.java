package dev.reprise.sources.files;

import dev.reprise.base.RawName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Writes through `java.nio`, where no system calls are known.
///
/// Every component is looked at before it is used, links not followed. Less than on Linux: another process that may
/// write in the folder can exchange a directory for a link between the look and the use; devices, FIFOs and
/// sockets cannot be made.
final class PortableFileTarget implements FileTarget {
    private final Path folder;
    private final Predicate<RawName> attributes;

    /// @param folder     an existing directory
    /// @param attributes names of the extended attributes that are set and removed
    PortableFileTarget(Path folder, Predicate<RawName> attributes) {
        this.folder = folder.toAbsolutePath();
        this.attributes = attributes;
    }

    /// Permissions for a new entry, where the system has such.
    static FileAttribute<?>[] permissions(Path near, String text) {
        boolean posix = near.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text))}
                : new FileAttribute<?>[0];
    }

    @Override
    public void directory(List<RawName> path, boolean replace) throws IOException {
        Path at = folder;
        for (RawName name : path) {
            at = RawPaths.child(at, name);
            FileMeta there = there(at);
            if (there != null && there.type() != FileMeta.Type.DIR) {
                if (!replace) {
                    throw LinuxEntries.unexpected(at, there, FileMeta.Type.DIR);
                }
                Files.delete(at);
                there = null;
            }
            if (there == null) {
                makeDirectory(at);
            }
        }
    }

    private static void makeDirectory(Path path) throws IOException {
        try {
            Files.createDirectory(path, permissions(path, "rwx------"));
        } catch (FileAlreadyExistsException another) { // another thread was faster
            PortableEntries.require(path, FileMeta.Type.DIR);
        }
    }

    @Override
    public FileMeta stat(List<RawName> path) throws IOException {
        return PortableEntries.stat(locate(path));
    }

    @Override
    public List<RawName> names(List<RawName> path) throws IOException {
        Path directory = locate(path);
        PortableEntries.require(directory, FileMeta.Type.DIR);
        return PortableEntries.names(directory);
    }

    @Override
    public WritableFile file(List<RawName> path, boolean replace) throws IOException {
        Path at = below(path);
        FileMeta there = there(at);
        boolean file = there != null && there.type() == FileMeta.Type.FILE;
        if (there != null && file && there.links() > 1) {
            Files.delete(at);
            there = null;
        } else if (!file) {
            clear(at, replace);
            there = null;
        }
        if (there != null && replace && !Files.isWritable(at)) {
            Files.delete(at);
            there = null;
        }
        var access = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        var creating = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        FileChannel channel = there == null
                ? FileChannel.open(at, creating, permissions(at, "rw-------"))
                : FileChannel.open(at, access);
        return new PortableWritableFile(at, channel, attributes);
    }

    @Override
    public FileTree.OpenFile read(List<RawName> path) throws IOException {
        return new PortableFileTree.PortableOpenFile(below(path));
    }

    @Override
    public void symlink(List<RawName> path, RawName target, boolean replace) throws IOException {
        Path at = below(path);
        clear(at, replace);
        Files.createSymbolicLink(at, RawPaths.linkTarget(target));
    }

    @Override
    public void link(List<RawName> path, List<RawName> existing, boolean replace) throws IOException {
        Path at = below(path);
        Path original = below(existing);
        PortableEntries.require(original, FileMeta.Type.FILE);
        if (there(at) != null && Files.isSameFile(at, original) && !Files.isSymbolicLink(at)) {
            return;
        }
        clear(at, replace);
        Files.createLink(at, original);
    }

    @Override
    public void special(List<RawName> path, FileMeta meta, boolean replace) throws IOException {
        String reason = meta.type().phrase() + " cannot be made on this platform";
        throw new FileSystemException(below(path).toString(), null, reason);
    }

    @Override
    public List<String> metadata(List<RawName> path, FileMeta meta, List<FileTree.Xattr> xattrs) throws IOException {
        Path at = locate(path);
        PortableEntries.require(at, meta.type());
        return new PortableMetadata(at, meta, attributes).apply(xattrs);
    }

    @Override
    public void delete(List<RawName> path) throws IOException {
        remove(below(path));
    }

    private static void remove(Path path) throws IOException {
        if (PortableEntries.stat(path).type() == FileMeta.Type.DIR) {
            for (RawName name : PortableEntries.names(path)) {
                remove(RawPaths.child(path, name));
            }
        }
        Files.deleteIfExists(path);
    }

    @Override
    public void close() {
        // holds nothing open
    }

    private static void clear(Path path, boolean replace) throws IOException {
        FileMeta there = there(path);
        if (there != null && !replace) {
            throw new FileAlreadyExistsException(
                    path.toString(), null, "is " + there.type().phrase());
        }
        Files.deleteIfExists(path);
    }

    private Path below(List<RawName> path) throws IOException {
        if (path.isEmpty()) {
            throw new FileSystemException(folder.toString(), null, "refused: the folder itself is not replaced");
        }
        return locate(path);
    }

    /// Every component above the last must be a directory.
    private Path locate(List<RawName> path) throws IOException {
        Path at = folder;
        for (int i = 0; i < path.size(); i++) {
            if (i > 0) {
                PortableEntries.require(at, FileMeta.Type.DIR);
            }
            at = RawPaths.child(at, path.get(i));
        }
        return at;
    }

    private static @Nullable FileMeta there(Path path) throws IOException {
        try {
            return PortableEntries.stat(path);
        } catch (NoSuchFileException nothing) {
            return null;
        }
    }

    private record PortableWritableFile(Path path, FileChannel channel, Predicate<RawName> attributes)
            implements WritableFile {
        private FileChannel open() {
            if (!channel.isOpen()) {
                throw new IllegalStateException("used after it was closed");
            }
            return channel;
        }

        @Override
        public long size() throws IOException {
            return open().size();
        }

        @Override
        public int read(long position, byte[] into, int offset, int length) throws IOException {
            return PortableEntries.read(open(), position, ByteBuffer.wrap(into, offset, length));
        }

        @Override
        public void write(long position, byte[] from, int offset, int length) throws IOException {
            ByteBuffer bytes = ByteBuffer.wrap(from, offset, length);
            while (bytes.hasRemaining()) {
                open().write(bytes, position + bytes.position() - offset);
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            if (open().size() < size) {
                open().write(ByteBuffer.allocate(1), size - 1);
            }
            open().truncate(size);
        }

        @Override
        public List<String> metadata(FileMeta meta, List<FileTree.Xattr> xattrs) throws IOException {
            PortableEntries.require(path, meta.type());
            return new PortableMetadata(path, meta, attributes).apply(xattrs);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
