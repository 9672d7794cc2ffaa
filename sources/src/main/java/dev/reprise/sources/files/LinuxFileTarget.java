package dev.reprise.sources.files;

import dev.reprise.base.RawName;
import dev.reprise.sources.files.OpenDirectories.Held;
import dev.reprise.sources.files.OpenDirectories.Missing;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Writes below one folder by system calls. Every call names an entry relative to the descriptor of its directory;
/// none follows a symbolic link, so a link planted anywhere in the folder is met as a link.
final class LinuxFileTarget implements FileTarget {
    private static final int NEW_FILE_MODE = 0600;

    private final OpenDirectories directories;
    private final LinuxMetadata metadata;

    private LinuxFileTarget(OpenDirectories directories, LinuxMetadata metadata) {
        this.directories = directories;
        this.metadata = metadata;
    }

    /// @param folder     absolute path of an existing directory, links in it followed
    /// @param attributes names of the extended attributes that are set and removed
    static LinuxFileTarget open(RawName folder, Predicate<RawName> attributes) throws IOException {
        Location where = Location.of(folder);
        try (Scratch scratch = Scratch.take();
                AbsolutePath path = AbsolutePath.resolve(scratch, folder)) {
            int flags = Call.Abi.O_PATH | Call.Abi.O_DIRECTORY | Call.Abi.O_CLOEXEC;
            long name = scratch.first(path.rest());
            long root = Kernel.call(scratch, Call.OPENAT, path.directory(), name, flags, 0);
            if (root < 0) {
                throw Errno.failure(root, where, "open directory");
            }
            var directories = new OpenDirectories(root, where);
            try {
                requireProc(scratch, (int) root, where);
                return new LinuxFileTarget(directories, LinuxMetadata.ofThisProcess(attributes));
            } catch (IOException refused) {
                directories.close();
                throw refused;
            }
        }
    }

    /// Permissions and attributes are reached through `/proc`; say so before anything was written.
    private static void requireProc(Scratch scratch, int root, Location where) throws IOException {
        FileMeta real = LinuxEntries.stat(scratch, root, where);
        try {
            int follow = 0;
            long path = scratch.descriptorPath(root);
            FileMeta seen = LinuxEntries.statx(scratch, Call.Abi.AT_FDCWD, path, follow, "/proc/self/fd");
            if (seen.inode() == real.inode() && seen.device() == real.device()) {
                return;
            }
        } catch (NoSuchFileException notMounted) {
            throw withoutProc(where);
        }
        throw withoutProc(where);
    }

    private static FileSystemException withoutProc(Location where) {
        String reason = "restoring needs /proc; run \"mount -t proc proc /proc\"";
        return new FileSystemException(where.toString(), null, reason);
    }

    @Override
    public void directory(List<RawName> path, boolean replace) throws IOException {
        try (Scratch scratch = Scratch.take()) {
            directories
                    .hold(scratch, path, replace ? Missing.REPLACE : Missing.CREATE)
                    .close();
        }
    }

    @Override
    public FileMeta stat(List<RawName> path) throws IOException {
        try (Scratch scratch = Scratch.take();
                Held parent = parent(scratch, path)) {
            Location where = directories.where(path);
            return path.isEmpty()
                    ? LinuxEntries.stat(scratch, parent.fd(), where)
                    : LinuxEntries.stat(scratch, parent.fd(), path.getLast(), where);
        }
    }

    @Override
    public List<RawName> names(List<RawName> path) throws IOException {
        Location where = directories.where(path);
        try (Scratch scratch = Scratch.take();
                Held directory = directories.hold(scratch, path, Missing.REFUSE)) {
            long itself = scratch.first(RawName.of("."));
            long fd = LinuxEntries.openForReading(scratch, directory.fd(), itself, Call.Abi.O_DIRECTORY);
            if (fd < 0) {
                throw Errno.failure(fd, where, "list directory");
            }
            try {
                return LinuxEntries.names(scratch, (int) fd, where);
            } finally {
                Kernel.close((int) fd);
            }
        }
    }

    @Override
    public WritableFile file(List<RawName> path, boolean replace) throws IOException {
        Location where = requireBelow(path);
        LinuxEntries.requirePlain(path.getLast(), where);
        try (Scratch scratch = Scratch.take();
                Held parent = parent(scratch, path)) {
            for (int attempt = 0; attempt < OpenDirectories.ATTEMPTS; attempt++) {
                long opened = create(scratch, parent.fd(), path.getLast());
                FileMeta there = opened == -Errno.EEXIST ? there(scratch, parent.fd(), path.getLast(), where) : null;
                if (there != null) {
                    opened = openExisting(scratch, parent.fd(), path, there, replace, where);
                }
                if (opened >= 0) {
                    return new LinuxWritableFile(opened, where, metadata);
                }
                if (opened != -Errno.EEXIST) {
                    throw Errno.failure(opened, where, "open for writing");
                }
            }
            throw OpenDirectories.keepsChanging(where);
        }
    }

    @Override
    public FileTree.OpenFile read(List<RawName> path) throws IOException {
        Location where = requireBelow(path);
        LinuxEntries.requirePlain(path.getLast(), where);
        try (Scratch scratch = Scratch.take();
                Held parent = parent(scratch, path)) {
            return LinuxOpenFile.open(scratch, parent.fd(), path.getLast(), where);
        }
    }

    private static long create(Scratch scratch, int parent, RawName name) {
        int flags = Call.Abi.O_RDWR | Call.Abi.O_CREAT | Call.Abi.O_EXCL | Call.Abi.O_NOFOLLOW | Call.Abi.O_CLOEXEC;
        return Kernel.call(scratch, Call.OPENAT, parent, scratch.first(name), flags, NEW_FILE_MODE);
    }

    /// @return a descriptor, a negative error number, or -EEXIST to look again because the name was cleared
    private long openExisting(
            Scratch scratch, int parent, List<RawName> path, FileMeta there, boolean replace, Location where)
            throws IOException {
        if (there.type() != FileMeta.Type.FILE || there.links() > 1) {
            boolean several = there.type() == FileMeta.Type.FILE;
            clear(scratch, parent, path, there, replace || several, where);
            return -Errno.EEXIST;
        }
        int flags = Call.Abi.O_RDWR | Call.Abi.O_NOFOLLOW | Call.Abi.O_NONBLOCK | Call.Abi.O_CLOEXEC;
        long opened = Kernel.call(scratch, Call.OPENAT, parent, scratch.first(path.getLast()), flags, 0);
        if (opened >= 0) {
            return sameFile(scratch, opened, there, where) ? opened : -Errno.EEXIST;
        }
        boolean closed = opened == -Errno.EACCES || opened == -Errno.EPERM || opened == -Errno.ETXTBSY;
        if (closed && replace) { // not writable, or a program that runs: a new file takes its place
            clear(scratch, parent, path, there, true, where);
            return -Errno.EEXIST;
        }
        boolean changed = opened == -Errno.ENOENT || opened == -Errno.ELOOP || opened == -Errno.ENXIO;
        return changed ? -Errno.EEXIST : opened;
    }

    /// The entry may have been exchanged between looking and opening; then it is closed.
    private static boolean sameFile(Scratch scratch, long opened, FileMeta seen, Location where) throws IOException {
        boolean same = false;
        try {
            FileMeta meta = LinuxEntries.stat(scratch, (int) opened, where);
            same = meta.type() == FileMeta.Type.FILE && meta.links() == 1 && meta.inode() == seen.inode();
            return same;
        } finally {
            if (!same) {
                Kernel.close((int) opened);
            }
        }
    }

    @Override
    public void symlink(List<RawName> path, RawName target, boolean replace) throws IOException {
        Location where = requireBelow(path);
        requireLinkTarget(target, where);
        make(path, replace, "symlink", (scratch, parent) -> {
            long text = scratch.second(target);
            return Kernel.call(scratch, Call.SYMLINKAT, text, parent, scratch.first(path.getLast()));
        });
    }

    @Override
    public void link(List<RawName> path, List<RawName> existing, boolean replace) throws IOException {
        requireBelow(path);
        Location original = requireBelow(existing);
        try (Scratch outer = Scratch.take();
                Held from = parent(outer, existing)) {
            FileMeta file = LinuxEntries.stat(outer, from.fd(), existing.getLast(), original);
            if (file.type() != FileMeta.Type.FILE) {
                throw LinuxEntries.unexpected(original, file, FileMeta.Type.FILE);
            }
            make(path, replace, "link", (scratch, parent) -> {
                FileMeta there = there(scratch, parent, path.getLast(), directories.where(path));
                if (there != null && there.inode() == file.inode() && there.device() == file.device()) {
                    return 0; // already the same file: removing the name could remove the content
                }
                long source = scratch.second(existing.getLast());
                return Kernel.call(scratch, Call.LINKAT, from.fd(), source, parent, scratch.first(path.getLast()), 0);
            });
        }
    }

    @Override
    public void special(List<RawName> path, FileMeta meta, boolean replace) throws IOException {
        Location where = requireBelow(path);
        boolean node = switch (meta.type()) {
            case BLOCK_DEVICE, CHAR_DEVICE, FIFO, SOCKET -> true;
            case FILE, DIR, SYMLINK, OTHER -> false;
        };
        boolean device = meta.type() == FileMeta.Type.BLOCK_DEVICE || meta.type() == FileMeta.Type.CHAR_DEVICE;
        long number = device ? meta.rdev() : 0;
        if (!node || number >>> 32 != 0) {
            String reason = "no node can be made of mode %o, device %d".formatted(meta.unixMode(), meta.rdev());
            throw new FileSystemException(where.toString(), null, reason);
        }
        int mode = (meta.unixMode() & 0170000) | NEW_FILE_MODE;
        make(
                path,
                replace,
                "mknod",
                (scratch, parent) ->
                        Kernel.call(scratch, Call.MKNODAT, parent, scratch.first(path.getLast()), mode, number));
    }

    @Override
    public List<String> metadata(List<RawName> path, FileMeta meta, List<FileTree.Xattr> xattrs) throws IOException {
        Location where = directories.where(path);
        try (Scratch scratch = Scratch.take();
                Held parent = parent(scratch, path)) {
            if (path.isEmpty()) {
                return metadata.apply(scratch, parent.fd(), where, meta, xattrs);
            }
            LinuxEntries.requirePlain(path.getLast(), where);
            long name = scratch.first(path.getLast());
            long handle = Kernel.call(scratch, Call.OPENAT, parent.fd(), name, OpenDirectories.HANDLE, 0);
            if (handle < 0) {
                throw Errno.failure(handle, where, "open");
            }
            try {
                return metadata.apply(scratch, (int) handle, where, meta, xattrs);
            } finally {
                Kernel.close((int) handle);
            }
        }
    }

    @Override
    public void delete(List<RawName> path) throws IOException {
        Location where = requireBelow(path);
        try (Scratch scratch = Scratch.take();
                Held parent = parent(scratch, path)) {
            directories.forget(path);
            new TreeRemoval(scratch, parent.fd(), path.getLast(), where).run();
        }
    }

    @Override
    public void close() {
        directories.close();
    }

    @FunctionalInterface
    private interface Maker {
        /// @return 0 or a negative error number
        long make(Scratch scratch, int parent) throws IOException;
    }

    private void make(List<RawName> path, boolean replace, String operation, Maker maker) throws IOException {
        Location where = directories.where(path);
        LinuxEntries.requirePlain(path.getLast(), where);
        try (Scratch scratch = Scratch.take();
                Held parent = parent(scratch, path)) {
            for (int attempt = 0; attempt < OpenDirectories.ATTEMPTS; attempt++) {
                long result = maker.make(scratch, parent.fd());
                if (result >= 0) {
                    return;
                }
                if (result != -Errno.EEXIST) {
                    throw Errno.failure(result, where, operation);
                }
                FileMeta there = there(scratch, parent.fd(), path.getLast(), where);
                if (there != null) {
                    clear(scratch, parent.fd(), path, there, replace, where);
                }
            }
            throw OpenDirectories.keepsChanging(where);
        }
    }

    /// Removes what has the name. A directory must be empty.
    private void clear(Scratch scratch, int parent, List<RawName> path, FileMeta there, boolean replace, Location where)
            throws IOException {
        if (!replace) {
            throw new FileAlreadyExistsException(
                    where.toString(), null, "is " + there.type().phrase());
        }
        boolean directory = there.type() == FileMeta.Type.DIR;
        int flags = directory ? Call.Abi.AT_REMOVEDIR : 0;
        long removed = Kernel.call(scratch, Call.UNLINKAT, parent, scratch.first(path.getLast()), flags);
        OpenDirectories.expect(removed, Errno.ENOENT, where, "remove what is in the way");
        if (directory) {
            directories.forget(path);
        }
    }

    private static @Nullable FileMeta there(Scratch scratch, int parent, RawName name, Location where)
            throws IOException {
        try {
            return LinuxEntries.stat(scratch, parent, name, where);
        } catch (NoSuchFileException nothing) {
            return null;
        }
    }

    /// The directory of an entry; of the folder itself, the folder.
    private Held parent(Scratch scratch, List<RawName> path) throws IOException {
        return directories.hold(scratch, path.isEmpty() ? path : path.subList(0, path.size() - 1), Missing.REFUSE);
    }

    private Location requireBelow(List<RawName> path) throws IOException {
        Location where = directories.where(path);
        if (path.isEmpty()) {
            throw new FileSystemException(where.toString(), null, "refused: the folder itself is not replaced");
        }
        return where;
    }

    private static void requireLinkTarget(RawName target, Location where) throws IOException {
        for (int i = 0; i < target.length(); i++) {
            if (target.at(i) == 0) {
                throw new FileSystemException(where.toString(), null, "a link target may not hold a zero byte");
            }
        }
        if (target.length() > Scratch.MAX_PATH_BYTES) {
            throw Errno.failure(Errno.ENAMETOOLONG, where, "link target of " + target.length() + " bytes");
        }
    }
}
