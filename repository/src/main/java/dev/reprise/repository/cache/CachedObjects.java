package dev.reprise.repository.cache;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Byte copies of a repository's objects in its cache folder, in restic's layout (repository
/// format, section 10.5). Nothing here is ever believed: a copy counts only after its bytes were
/// hashed to its name, in this process. Safe for many threads and processes; a copy gets its name
/// by renaming.
final class CachedObjects {
    private static final FileAttribute<?> PRIVATE_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final int CHUNK_BYTES = 128 * 1024;

    private final CacheFolders folders;
    private final Path folder;
    private final InstantSource clock;
    private final long quota;
    /// Bytes of all packs; negative until they were counted. Guarded by this.
    private long used = -1;

    /// @param folder of one repository, in `folders`
    /// @param quota  most bytes of packs; snapshots and index files are small and not counted
    CachedObjects(CacheFolders folders, Path folder, InstantSource clock, long quota) {
        this.folders = folders;
        this.folder = folder;
        this.clock = clock;
        this.quota = quota;
    }

    /// Makes the folder ready. Called once before all else.
    void prepare() throws IOException {
        folders.prepare(folder);
        try {
            Files.writeString(folder.resolve("version"), "1", StandardCharsets.US_ASCII, StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            // as it should be
        }
        removeFileInPlaceOfFolder(folder.resolve(ObjectType.INDEX.folder()));
    }

    /// The first versions kept the merged index in a file of this name. It is a copy of theirs, and no one reads it.
    private static void removeFileInPlaceOfFolder(Path path) throws IOException {
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(path);
        }
    }

    private Path file(ObjectKey key) {
        return folder.resolve(key.type().folder())
                .resolve(key.name().substring(0, 2))
                .resolve(key.name());
    }

    /// Opens a copy after reading all of it. One whose bytes are not those of its name is removed.
    ///
    /// @return null if there is none that is sound; the caller closes it
    @Nullable
    FileChannel open(ObjectKey key) throws IOException {
        Path file = file(key);
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return null;
        }
        boolean sound = false;
        try {
            sound = hash(channel).hex().equals(key.name());
            if (!sound) {
                discard(file);
                return null;
            }
            Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
            return channel;
        } finally {
            if (!sound) {
                channel.close();
            }
        }
    }

    /// The bytes of a small copy. One whose bytes are not those of its name is removed.
    ///
    /// @return null if there is none that is sound
    byte @Nullable [] read(ObjectKey key) throws IOException {
        Path file = file(key);
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            bytes = in.readAllBytes();
        } catch (NoSuchFileException e) {
            return null;
        }
        if (!ObjectId.hash(bytes).hex().equals(key.name())) {
            discard(file);
            return null;
        }
        return bytes;
    }

    private static ObjectId hash(FileChannel channel) throws IOException {
        MessageDigest digest = ObjectId.newDigest();
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        for (long at = 0; ; at += chunk.limit()) {
            chunk.clear();
            if (channel.read(chunk, at) < 0) {
                return ObjectId.of(digest.digest(), 0);
            }
            chunk.flip();
            digest.update(chunk.array(), 0, chunk.limit());
        }
    }

    /// Keeps a copy of a whole object, unless its bytes are not those of its name or are too many.
    ///
    /// @param body failures to read it come out
    /// @return whether it was kept
    boolean keep(ObjectKey key, InputStream body, long most) throws IOException {
        try (Draft draft = draft(key, most)) {
            byte[] chunk = new byte[CHUNK_BYTES];
            for (int read = body.read(chunk); read >= 0; read = body.read(chunk)) {
                if (!draft.write(chunk, 0, read)) {
                    return false;
                }
            }
            return draft.commit();
        }
    }

    /// Starts a copy of a whole object.
    ///
    /// @param most bytes it may have
    Draft draft(ObjectKey key, long most) throws IOException {
        Path file = file(key);
        Files.createDirectories(file.getParent() == null ? folder : file.getParent(), PRIVATE_FOLDER);
        byte[] chance = new byte[8];
        ThreadLocalRandom.current().nextBytes(chance);
        Path temporary =
                file.resolveSibling(key.name() + "-tmp-" + HexFormat.of().formatHex(chance));
        return new Draft(key, file, temporary, most);
    }

    /// A copy that is being written. Closing removes it unless it was committed. Belongs to one thread.
    final class Draft implements AutoCloseable {
        private final ObjectKey key;
        private final Path file;
        private final Path temporary;
        private final long most;
        private final MessageDigest digest = ObjectId.newDigest();
        private final FileChannel channel;
        private long size;

        private Draft(ObjectKey key, Path file, Path temporary, long most) throws IOException {
            this.key = key;
            this.file = file;
            this.temporary = temporary;
            this.most = most;
            Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            channel = FileChannel.open(temporary, options, PRIVATE_FILE);
        }

        /// @return false if these are too many; the copy is of no use then
        boolean write(byte[] bytes, int offset, int length) throws IOException {
            size += length;
            if (size > most) {
                return false;
            }
            digest.update(bytes, offset, length);
            for (ByteBuffer left = ByteBuffer.wrap(bytes, offset, length); left.hasRemaining(); ) {
                channel.write(left);
            }
            return true;
        }

        /// @return whether the bytes are those of the name; else nothing is kept
        boolean commit() throws IOException {
            channel.close();
            if (!ObjectId.of(digest.digest(), 0).hex().equals(key.name())) {
                return false;
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            grew(key, size);
            return true;
        }

        @Override
        public void close() throws IOException {
            channel.close();
            Files.deleteIfExists(temporary);
        }
    }

    void remove(ObjectKey key) throws IOException {
        Files.deleteIfExists(file(key));
    }

    /// Removes copies of a type, and what killed processes left, but for these.
    void keepOnly(ObjectType type, Set<String> names) throws IOException {
        for (Path file : files(type)) {
            if (!names.contains(String.valueOf(file.getFileName()))) {
                discard(file);
            }
        }
    }

    private synchronized void grew(ObjectKey key, long bytes) throws IOException {
        if (key.type() != ObjectType.PACK) {
            return;
        }
        used = used < 0 ? counted() : used + bytes;
        if (used > quota) {
            shrink();
        }
    }

    private long counted() throws IOException {
        long bytes = 0;
        for (Path file : files(ObjectType.PACK)) {
            bytes += size(file);
        }
        return bytes;
    }

    /// Removes what was not used for longest until a quarter of the quota is free.
    private void shrink() throws IOException {
        record Aged(Path file, FileTime used) {}
        List<Aged> all = new ArrayList<>();
        for (Path file : files(ObjectType.PACK)) {
            try {
                all.add(new Aged(file, Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)));
            } catch (NoSuchFileException e) {
                // another process was faster
            }
        }
        all.sort(Comparator.comparing(Aged::used));
        used = counted();
        for (Aged oldest : all) {
            if (used <= quota - quota / 4) {
                return;
            }
            used -= size(oldest.file());
            discard(oldest.file());
        }
    }

    private List<Path> files(ObjectType type) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> prefixes = Files.newDirectoryStream(folder.resolve(type.folder()), "[0-9a-f]*")) {
            for (Path prefix : prefixes) {
                if (Files.isDirectory(prefix, LinkOption.NOFOLLOW_LINKS)) {
                    try (DirectoryStream<Path> entries = Files.newDirectoryStream(prefix)) {
                        entries.forEach(files::add);
                    }
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return files;
    }

    private static long size(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private static void discard(Path file) throws IOException {
        Files.deleteIfExists(file);
    }
}
