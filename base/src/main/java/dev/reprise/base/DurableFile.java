package dev.reprise.base;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/// Writes whole files that survive power loss: readers see the old file or the new one, never a part.
///
/// The only class that writes, forces, renames and forces the directory. A left-over temporary file is named
/// `<final name>-tmp-<random>`; repositories ignore such names.
public final class DurableFile implements AutoCloseable {
    private static final Set<PosixFilePermission> WRITING = EnumSet.of(
            PosixFilePermission.OWNER_WRITE, PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
    /// What the system says for EINVAL, ENOTSUP and ENOSYS.
    private static final Set<String> NO_FORCE =
            Set.of("Invalid argument", "Operation not supported", "Function not implemented");

    private final Path temporary;
    private final FileChannel channel;
    private long written;
    private boolean committed;

    private DurableFile(Path temporary, FileChannel channel) {
        this.temporary = temporary;
        this.channel = channel;
    }

    /// Starts a file that does not exist under any final name yet.
    ///
    /// @param directory where the temporary file lies; the final name must be on the same file system
    /// @param baseName  first part of the temporary name
    /// @param mode      permissions from the first moment on
    public static DurableFile create(Path directory, String baseName, Set<PosixFilePermission> mode)
            throws IOException {
        String random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        Path temporary = directory.resolve(baseName + "-tmp-" + random);
        FileAttribute<?> permissions = PosixFilePermissions.asFileAttribute(mode);
        var channel = FileChannel.open(
                temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), permissions);
        return new DurableFile(temporary, channel);
    }

    /// Replaces `target` with `content`, readable by its owner only. Durable on return.
    public static void replace(Path target, ByteBuffer content) throws IOException {
        Path directory = parent(target);
        try (var file = create(directory, fileName(target), PosixFilePermissions.fromString("rw-------"))) {
            file.append(content);
            file.commit(target);
        }
    }

    /// Appends from position to limit; the caller keeps the buffer.
    public void append(ByteBuffer content) throws IOException {
        while (content.hasRemaining()) {
            written += channel.write(content);
        }
    }

    /// Bytes appended so far.
    public long written() {
        return written;
    }

    /// Takes every write permission away, so that the file already has its final mode when it gets its name. A
    /// file system that keeps no permissions, or keeps them from us, is no error.
    public void protect() {
        try {
            var mode = EnumSet.copyOf(Files.getPosixFilePermissions(temporary, LinkOption.NOFOLLOW_LINKS));
            mode.removeAll(WRITING);
            Files.setPosixFilePermissions(temporary, mode);
        } catch (IOException | UnsupportedOperationException e) {
            // A stored object that could be written to is as good as one that could not.
            return;
        }
    }

    /// Forces the bytes, gives the file its final name (replacing what is there) and forces the directory.
    ///
    /// @throws IOException if the file on disk is not as long as what was appended, or any step fails; then
    ///                     nothing lies under the final name that was not there before
    public void commit(Path target) throws IOException {
        if (channel.size() != written) {
            throw new IOException("wrote " + written + " bytes, but the file has " + channel.size());
        }
        force(channel); // 1. bytes
        channel.close();
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE); // 2. name
        committed = true;
        forceDirectory(parent(target)); // 3. directory entry
    }

    /// Forces a directory's entries to stable storage.
    public static void forceDirectory(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            force(channel);
        }
    }

    /// Some network and user-space file systems cannot force; there is nothing better to do on them.
    private static void force(FileChannel channel) throws IOException {
        try {
            channel.force(true);
        } catch (IOException e) {
            if (!NO_FORCE.contains(String.valueOf(e.getMessage()))) {
                throw e;
            }
        }
    }

    /// Removes the temporary file unless it was committed.
    @Override
    public void close() throws IOException {
        if (!committed) {
            channel.close();
            Files.deleteIfExists(temporary);
        }
    }

    private static Path parent(Path target) {
        Path parent = target.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException("a file needs a parent directory: " + target);
        }
        return parent;
    }

    private static String fileName(Path target) {
        Path name = target.getFileName();
        return name == null ? "file" : name.toString();
    }
}
