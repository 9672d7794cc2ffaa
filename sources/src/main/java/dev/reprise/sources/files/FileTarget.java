package dev.reprise.sources.files;

import dev.reprise.base.RawName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/// The folder a restore writes into. Nothing outside it is ever touched: every component below it is opened
/// without following symbolic links, and names are refused unless they are plain. Safe for many threads.
///
/// Paths are lists of names relative to the folder; the empty list is the folder itself.
public interface FileTarget extends AutoCloseable {
    /// Opens the folder, creating it with mode 0700 where missing.
    static FileTarget open(Path folder) throws IOException {
        return open(folder, _ -> true);
    }

    /// As above, for a restore that leaves some extended attributes alone.
    ///
    /// @param attributes by name, those that [#metadata] sets and removes; safe for many threads
    static FileTarget open(Path folder, Predicate<RawName> attributes) throws IOException {
        Path absolute = folder.toAbsolutePath();
        Files.createDirectories(absolute, PortableFileTarget.permissions(absolute, "rwx------"));
        return Call.Abi.SUPPORTED
                ? LinuxFileTarget.open(RawPaths.bytes(absolute), attributes)
                : new PortableFileTarget(absolute, attributes);
    }

    /// Makes a directory and those above it, mode 0700 until metadata is applied. An existing directory is kept;
    /// anything else in the way (also a symbolic link) is removed first if `replace`, else it is an error.
    void directory(List<RawName> path, boolean replace) throws IOException;

    /// @throws java.nio.file.NoSuchFileException if there is nothing
    FileMeta stat(List<RawName> path) throws IOException;

    /// Entries of a directory, sorted by raw bytes.
    List<RawName> names(List<RawName> path) throws IOException;

    /// Opens a regular file for reading and writing, mode 0600 when new. The directory must exist. An existing
    /// regular file keeps its content; anything else in the way is removed first if `replace` (a directory only
    /// when empty), else it is an error. An existing file with several links is replaced by a new one, so that
    /// other names keep their content; with `replace` also one that may not be written.
    WritableFile file(List<RawName> path, boolean replace) throws IOException;

    /// Opens an existing regular file for reading only; neither it nor anything else in its place is changed.
    ///
    /// @throws java.nio.file.NoSuchFileException if there is nothing
    FileTree.OpenFile read(List<RawName> path) throws IOException;

    void symlink(List<RawName> path, RawName target, boolean replace) throws IOException;

    /// Makes `path` another name of the regular file `existing`.
    void link(List<RawName> path, List<RawName> existing, boolean replace) throws IOException;

    /// Makes a device node, FIFO or socket as `meta` says.
    void special(List<RawName> path, FileMeta meta, boolean replace) throws IOException;

    /// Applies owner, extended attributes (those on disk that are not listed are removed), times and mode, in
    /// this order. A symbolic link gets owner, attributes and times. A change of owner that is refused because the
    /// process is not privileged is not an error; then a file gets no set-id bits, which is reported.
    ///
    /// @return one sentence for everything that could not be applied; empty when all was
    List<String> metadata(List<RawName> path, FileMeta meta, List<FileTree.Xattr> xattrs) throws IOException;

    /// Removes a file, link or special file, or a directory with all its content, links not followed.
    void delete(List<RawName> path) throws IOException;

    @Override
    void close();

    /// Positional access; safe for several threads.
    interface WritableFile extends AutoCloseable {
        long size() throws IOException;

        int read(long position, byte[] into, int offset, int length) throws IOException;

        /// Writes all of it.
        void write(long position, byte[] from, int offset, int length) throws IOException;

        /// Sets the length; growing leaves a hole that reads as zeros.
        void truncate(long size) throws IOException;

        /// Applies metadata to the open file, as [FileTarget#metadata] does by path but without looking it up
        /// again. Call it after the last write, which would change the time of modification.
        List<String> metadata(FileMeta meta, List<FileTree.Xattr> xattrs) throws IOException;

        @Override
        void close() throws IOException;
    }
}
