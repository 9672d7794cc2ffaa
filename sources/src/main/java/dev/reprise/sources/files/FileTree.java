package dev.reprise.sources.files;

import dev.reprise.base.RawName;
import java.io.IOException;
import java.util.List;

/// The file system to read from. Safe for many threads. Symbolic links are never followed below a directory that
/// was opened; `IOException` messages name the operation and the system's reason.
public interface FileTree {
    /// Extended attribute of an entry, in the order the system lists them; every name space.
    record Xattr(RawName name, byte[] value) {}

    /// Metadata of an absolute path. A last component that is a symbolic link is not followed.
    FileMeta stat(RawName absolutePath) throws IOException;

    /// Opens a directory for listing. The last component may not be a symbolic link.
    Directory open(RawName absolutePath) throws IOException;

    /// Name for a user id, empty when unknown. Cached: owner names are looked up once per id.
    String userName(long uid);

    /// Name for a group id, empty when unknown.
    String groupName(long gid);

    /// Whether devices, FIFOs, raw names and every xattr are supported (Linux), or only what Java offers.
    boolean complete();

    /// The one for this platform: system calls on Linux x86-64 and aarch64, `java.nio` elsewhere.
    static FileTree local() {
        return Call.Abi.SUPPORTED ? new LinuxFileTree() : new PortableFileTree();
    }

    /// An open directory. Names are relative to it, so renaming a parent meanwhile does not redirect them.
    /// Methods may be called from several threads until it is closed.
    interface Directory extends AutoCloseable {
        /// Metadata of the directory itself.
        FileMeta meta() throws IOException;

        List<Xattr> xattrs() throws IOException;

        /// Every entry but `.` and `..`, sorted by raw bytes.
        List<RawName> names() throws IOException;

        /// @throws java.nio.file.NoSuchFileException if it vanished
        FileMeta stat(RawName name) throws IOException;

        RawName readLink(RawName name) throws IOException;

        /// @param meta of this entry, from [#stat]; decides how the attributes are reached
        List<Xattr> xattrs(RawName name, FileMeta meta) throws IOException;

        /// Opens a regular file for reading without waiting (a FIFO in its place is an error) and without
        /// touching its access time where that is permitted.
        OpenFile openFile(RawName name) throws IOException;

        Directory openDirectory(RawName name) throws IOException;

        @Override
        void close();
    }

    /// A regular file open for reading. Positional reads; safe for several threads.
    interface OpenFile extends AutoCloseable {
        /// Metadata as the open file has it now.
        FileMeta meta() throws IOException;

        List<Xattr> xattrs() throws IOException;

        /// @return bytes read, or -1 at the end of the file
        int read(long position, byte[] into, int offset, int length) throws IOException;

        @Override
        void close();
    }
}
