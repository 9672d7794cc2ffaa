package dev.reprise.repository.cache;

import dev.reprise.repository.crypto.ForgedException;
import dev.reprise.repository.crypto.KeySet;
import dev.reprise.repository.crypto.Sealer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One file in the folder of a repository that is read and written whole, sealed under a key set that only the
/// repository's key gives. Belongs to one thread; many processes may use the same file.
///
/// In any doubt, damage included, it is as if there were none: nothing here ever fails a command. It is not forced to
/// the disk: what a crash leaves does not authenticate.
public final class SealedFile {
    private static final int NAME_BYTES = 16;
    private static final int MAX_REPOSITORY_CHARS = 1024;
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    /// What others must not be allowed to do.
    private static final Set<PosixFilePermission> TOO_OPEN =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private final CacheFolders caches;
    private final KeySet keys;
    private final String repository;
    private final String name;
    private final int layout;
    private final SecureRandom random;

    /// @param keys       of this file alone; stays the caller's
    /// @param repository the repository's id
    /// @param name       of the file; one of our copies has none like it
    /// @param layout     number of the layout of what is in it; a file of another one is none
    public SealedFile(
            CacheFolders caches, KeySet keys, String repository, String name, int layout, SecureRandom random) {
        this.caches = caches;
        this.keys = keys;
        this.repository = repository;
        this.name = name;
        this.layout = layout;
        this.random = random;
    }

    /// Takes what is in the file.
    public interface Reader<T> {
        /// @param length bytes of the sealed file: no memory needs to be taken for more
        /// @return null if it cannot be used
        @Nullable
        T read(SealedInput in, long length) throws IOException, ForgedException;
    }

    /// Gives what shall be in the file.
    public interface Writer {
        void write(SealedOutput out) throws IOException;
    }

    /// @return null if there is no such file, or none that can be trusted and used
    public <T> @Nullable T read(Reader<T> reader) {
        Path folder = caches.folder(repository);
        try {
            return folder == null ? null : read(folder, reader);
        } catch (IOException | ForgedException e) {
            return null;
        }
    }

    private <T> @Nullable T read(Path folder, Reader<T> reader) throws IOException, ForgedException {
        Path file = folder.resolve(name);
        if (!isOurs(folder, "isDirectory") || !isOurs(file, "isRegularFile")) {
            return null;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            caches.markUsed(folder);
            var in = new SealedInput(channel, new Sealer(keys, random));
            boolean same = in.getInt() == layout && repository(in).equals(repository);
            return same ? reader.read(in, channel.size()) : null;
        }
    }

    /// Of the kind given, of this user, and nobody else may write to it. Where the system does not say, it is not.
    private static boolean isOurs(Path path, String kind) throws IOException {
        Map<String, Object> found;
        try {
            found = Files.readAttributes(path, "unix:" + kind + ",uid,permissions", LinkOption.NOFOLLOW_LINKS);
            // This process, as the kernel shows it.
            Object us = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            return Boolean.TRUE.equals(found.get(kind))
                    && us.equals(found.get("uid"))
                    && found.get("permissions") instanceof Set<?> permissions
                    && TOO_OPEN.stream().noneMatch(permissions::contains);
        } catch (NoSuchFileException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static String repository(SealedInput in) throws IOException, ForgedException {
        int length = in.getInt();
        if (length < 0 || length > MAX_REPOSITORY_CHARS) {
            throw new ForgedException("it names a repository with " + length + " letters");
        }
        var text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) in.getInt());
        }
        return text.toString();
    }

    /// Replaces the file. Whether that works is nobody's concern.
    public void replace(Writer writer) {
        byte[] stream = new byte[NAME_BYTES];
        random.nextBytes(stream);
        Path folder = caches.folder(repository);
        if (folder == null) {
            return;
        }
        Path temporary = folder.resolve(temporaryPrefix() + HexFormat.of().formatHex(stream));
        try {
            caches.prepare(folder);
            if (isOurs(folder, "isDirectory")) {
                removeTemporaries(folder);
                write(temporary, stream, writer);
                Files.move(temporary, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            discard(temporary);
        }
    }

    private String temporaryPrefix() {
        return name + "-tmp-";
    }

    private void write(Path temporary, byte[] stream, Writer writer) throws IOException {
        try (FileChannel channel = FileChannel.open(
                temporary,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(OWNER_ONLY))) {
            var out = new SealedOutput(channel, new Sealer(keys, random), stream);
            out.put(layout);
            out.put(repository.length());
            for (int i = 0; i < repository.length(); i++) {
                out.put((int) repository.charAt(i));
            }
            writer.write(out);
            out.finish();
        }
    }

    /// Of killed processes. Another one that is writing just now loses its file too, and then does without.
    private void removeTemporaries(Path folder) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, temporaryPrefix() + "*")) {
            left.forEach(SealedFile::discard);
        }
    }

    private static void discard(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            return; // it goes with the folder, when that has grown old
        }
    }
}
