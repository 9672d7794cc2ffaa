package dev.reprise.storage.local;

import dev.reprise.base.DurableFile;
import dev.reprise.storage.Storage.BodyReader;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.plain.PlainFiles;
import dev.reprise.storage.plain.PlainPath;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Plain files in a local directory: folders of mode 0700, files of mode 0600. Never goes through a link below the
/// root.
final class LocalFiles implements PlainFiles {
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final int BUFFER_BYTES = 1 << 16;

    private final Path root;
    private final LocalFailures failures;

    LocalFiles(Path root, LocalFailures failures) {
        this.root = root;
        this.failures = failures;
    }

    @Override
    public String location() {
        return "local:" + root;
    }

    @Override
    public List<Entry> list(String folder) {
        Path directory = folder.isEmpty() ? root : path(folder);
        List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
            for (Path child : children) {
                add(entries, child);
            }
            return entries;
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw failures.translate("list " + directory, e, 0);
        }
    }

    private static void add(List<Entry> entries, Path child) throws IOException {
        try {
            var attributes = Files.readAttributes(child, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            String name = child.getFileName().toString();
            if (attributes.isDirectory()) {
                entries.add(new Entry(name, true, -1));
            } else if (attributes.isRegularFile()) {
                entries.add(new Entry(name, false, attributes.size()));
            }
        } catch (NoSuchFileException e) {
            // Gone since the listing began.
        }
    }

    @Override
    public <T extends @Nullable Object> T read(String path, BodyReader<T> reader) {
        try (InputStream body = Files.newInputStream(path(path), LinkOption.NOFOLLOW_LINKS)) {
            return reader.read(body);
        } catch (IOException e) {
            throw failures.translate("read " + path, e, 0);
        }
    }

    @Override
    public void create(String path, Content content) {
        Path target = path(path);
        refuseExisting(target, path);
        Path folder = parent(target);
        long[] written = {0};
        try {
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(FOLDER));
            requireNoLink(folder);
            try (var file = DurableFile.create(folder, ".new", FILE)) {
                try (var out = new BufferedOutputStream(new Appending(file), BUFFER_BYTES)) {
                    content.writeTo(out);
                }
                written[0] = file.written();
                refuseExisting(target, path);
                file.commit(target);
            }
        } catch (IOException e) {
            throw failures.translate("write " + path, e, written[0]);
        }
    }

    private void refuseExisting(Path target, String path) {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new StorageException(
                    Kind.DENIED, path + " is already there in " + root + "; nothing was written", "", null);
        }
    }

    @Override
    public void delete(String path) {
        Path file = path(path);
        try {
            requireNoLink(parent(file));
            Files.deleteIfExists(file);
        } catch (NoSuchFileException | NotDirectoryException e) {
            // Its folder is gone: so is the file.
        } catch (IOException e) {
            throw failures.translate("delete " + path, e, 0);
        }
    }

    @Override
    public FolderMove folderMove() {
        return this::moveFolder;
    }

    private void moveFolder(String from, String to) {
        Path target = path(to);
        refuseExisting(target, to);
        try {
            Files.move(path(from), target, StandardCopyOption.ATOMIC_MOVE);
            DurableFile.forceDirectory(parent(target));
        } catch (IOException e) {
            throw failures.translate("rename " + from + " to " + to, e, 0);
        }
    }

    @Override
    public void removeEmptyFolder(String folder) {
        Path directory = path(folder);
        try {
            if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                Files.deleteIfExists(directory);
            }
        } catch (DirectoryNotEmptyException e) {
            // Somebody keeps something there: not ours to remove.
        } catch (IOException e) {
            throw failures.translate("remove the folder " + folder, e, 0);
        }
    }

    /// What is deleted or written through a link lies elsewhere.
    private void requireNoLink(Path folder) throws IOException {
        Path expected = root.toRealPath().resolve(root.relativize(folder));
        if (!folder.toRealPath().equals(expected)) {
            throw new StorageException(
                    Kind.DENIED, folder + " leads out of " + root + " by a link", "remove the link", null);
        }
    }

    private Path path(String path) {
        return root.resolve(PlainPath.require(path));
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("a file needs a folder: " + path);
        }
        return parent;
    }

    private static final class Appending extends OutputStream {
        private final DurableFile file;

        Appending(DurableFile file) {
            this.file = file;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            file.append(ByteBuffer.wrap(bytes, offset, length));
        }
    }
}
