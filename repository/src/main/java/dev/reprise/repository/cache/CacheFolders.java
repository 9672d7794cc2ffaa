package dev.reprise.repository.cache;

import dev.reprise.base.ObjectId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A directory of cache folders, named by repository id: restic's own, or ours, which is laid out alike. Safe for many
/// threads and processes.
///
/// A folder's time of change says when it was last used.
public final class CacheFolders {
    /// A folder that was not used for so long is old.
    public static final Duration OLD = Duration.ofDays(30);

    /// Tells backup programs to leave the directory out.
    private static final String TAG = "Signature: 8a477f597d28d172789f06886806bc55\n";

    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path root;
    private final InstantSource clock;

    /// @param root need not exist
    public CacheFolders(Path root, InstantSource clock) {
        this.root = root;
        this.clock = clock;
    }

    /// @param repository the repository's id; the folder's name
    public record Folder(Path path, String repository, Instant lastUsed) {}

    public Path root() {
        return root;
    }

    /// Every repository's folder, the one that was not used for longest first. Other things there are left out.
    ///
    /// @throws IOException if the directory is there and cannot be read
    public List<Folder> list() throws IOException {
        List<Folder> folders = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(root)) {
            for (Path path : found) {
                String name = String.valueOf(path.getFileName());
                var attributes = attributes(path);
                if (ObjectId.isName(name.toLowerCase(Locale.ROOT)) && attributes != null && attributes.isDirectory()) {
                    folders.add(
                            new Folder(path, name, attributes.lastModifiedTime().toInstant()));
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        folders.sort(Comparator.comparing(Folder::lastUsed).thenComparing(Folder::repository));
        return folders;
    }

    /// @return null if it is gone
    private static @Nullable BasicFileAttributes attributes(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /// Time since a folder was last used.
    public Duration age(Folder folder) {
        return Duration.between(folder.lastUsed(), clock.instant());
    }

    /// Folders not used for longer than `age`, the oldest first.
    public List<Folder> olderThan(Duration age) throws IOException {
        return list().stream().filter(folder -> age(folder).compareTo(age) > 0).toList();
    }

    /// Bytes of all files of a folder.
    public static long size(Folder folder) throws IOException {
        var size = new AtomicLong();
        Files.walkFileTree(folder.path(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                size.addAndGet(attributes.isRegularFile() ? attributes.size() : 0);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                return FileVisitResult.CONTINUE; // removed meanwhile
            }
        });
        return size.get();
    }

    /// Removes a folder and all it holds; never what a link in it leads to.
    public static void remove(Folder folder) throws IOException {
        Files.walkFileTree(folder.path(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /// Where a repository's folder is, or would be.
    ///
    /// @return null if the id is none that could name a folder
    public @Nullable Path folder(String repository) {
        return ObjectId.isName(repository) ? root.resolve(repository) : null;
    }

    /// Makes a repository's folder ready to be written to, and removes those that have grown old.
    ///
    /// @param folder from [#folder]
    public void prepare(Path folder) throws IOException {
        Files.createDirectories(root, PRIVATE);
        try {
            Files.writeString(
                    root.resolve("CACHEDIR.TAG"), TAG, StandardCharsets.US_ASCII, StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            // as it should be
        }
        try {
            Files.createDirectory(folder, PRIVATE);
        } catch (FileAlreadyExistsException e) {
            markUsed(folder);
        }
        for (Folder old : olderThan(OLD)) {
            remove(old);
        }
    }

    /// Notes that a folder was used just now.
    public void markUsed(Path folder) throws IOException {
        Files.setLastModifiedTime(folder, FileTime.from(clock.instant()));
    }
}
