package dev.reprise.storage.local;

import dev.reprise.base.DurableFile;
import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage.StoredObject;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which file and folder an object has, and with which permissions new ones are made.
final class LocalLayout {
    private static final Access OWNER = Access.of("rwx------", "rw-------");
    /// The umask still applies.
    private static final Access GROUP = Access.of("rwxrwx---", "rw-rw----");

    private final Path root;
    /// Known once `config` exists; null before.
    private volatile @Nullable Access known;

    /// @param shared whether the group may do what the owner may, also before there is a `config` that says so
    LocalLayout(Path root, boolean shared) {
        this.root = root;
        this.known = shared ? GROUP : null;
    }

    Path file(ObjectKey key) {
        return root.resolve(key.path());
    }

    /// The folder of a type; for packs the one above the 256.
    Path folder(ObjectType type) {
        return type == ObjectType.CONFIG ? root : root.resolve(type.folder());
    }

    /// Makes the folder an object of this key lies in, unless it is there.
    void makeFolderOf(ObjectKey key) throws IOException {
        Path folder = file(key).getParent();
        if (folder != null) {
            makeFolder(folder);
        }
    }

    Set<PosixFilePermission> fileMode() throws IOException {
        return access().file;
    }

    /// A repository whose `config` the group may read is shared with the group, as in restic.
    private Access access() throws IOException {
        Access access = known;
        if (access != null) {
            return access;
        }
        try {
            var config = Files.getPosixFilePermissions(root.resolve(ObjectKey.CONFIG.name()));
            access = config.contains(PosixFilePermission.GROUP_READ) ? GROUP : OWNER;
        } catch (NoSuchFileException e) {
            return OWNER; // not initialised yet: ask again next time
        }
        known = access;
        return access;
    }

    void makeRoot() throws IOException {
        if (Files.isDirectory(root)) {
            return;
        }
        Files.createDirectories(root, PosixFilePermissions.asFileAttribute(access().folder));
        Path parent = root.getParent();
        if (parent != null) {
            DurableFile.forceDirectory(parent);
        }
    }

    /// Makes a folder below the root and those between. Never the root: if that is gone, so is the disk.
    void makeFolder(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path parent = folder.getParent();
        if (parent != null && !folder.equals(root)) {
            if (!parent.equals(root)) {
                makeFolder(parent);
            }
            makeFolderUnforced(folder);
            DurableFile.forceDirectory(parent);
        }
    }

    void makeFolderUnforced(Path folder) throws IOException {
        try {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(access().folder));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
    }

    /// The folders that hold objects of a type: one, or those named by two hex digits below `data`.
    List<Path> foldersOf(ObjectType type) throws IOException {
        Path folder = folder(type);
        if (type != ObjectType.PACK) {
            return List.of(folder);
        }
        var found = new ArrayList<Path>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : guarded(entries)) {
                if (isPrefix(nameOf(entry)) && Files.isDirectory(entry)) {
                    found.add(entry);
                }
            }
        } catch (NoSuchFileException e) {
            requireRoot();
        }
        return found;
    }

    /// Every regular file with a proper name. One that vanishes meanwhile is left out.
    List<StoredObject> objectsIn(Path folder, ObjectType type) throws IOException {
        var found = new ArrayList<StoredObject>();
        String prefix = type == ObjectType.PACK ? nameOf(folder) : "";
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : guarded(entries)) {
                String name = nameOf(entry);
                if (ObjectId.isName(name) && name.startsWith(prefix)) {
                    addFile(entry, new ObjectKey(type, name), found);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            requireRoot();
        }
        return found;
    }

    private static void addFile(Path entry, ObjectKey key, List<StoredObject> found) throws IOException {
        try {
            var attributes = Files.readAttributes(entry, BasicFileAttributes.class);
            if (attributes.isRegularFile()) {
                found.add(new StoredObject(key, attributes.size()));
            }
        } catch (NoSuchFileException e) {
            return; // deleted since the folder was read, or a link to nowhere
        }
    }

    /// A missing folder of an existing repository is empty; a missing repository is not.
    private void requireRoot() throws IOException {
        if (!Files.isDirectory(root)) {
            throw new NoSuchFileException(root.toString());
        }
    }

    /// Iterating a directory reports its failures unchecked; this gives them back as what they are.
    private static Iterable<Path> guarded(DirectoryStream<Path> entries) throws IOException {
        try {
            var all = new ArrayList<Path>();
            entries.forEach(all::add);
            return all;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static boolean isPrefix(String name) {
        return name.length() == 2
                && Character.digit(name.charAt(0), 16) >= 0
                && Character.digit(name.charAt(1), 16) >= 0;
    }

    private static String nameOf(Path path) {
        Path name = path.getFileName();
        return name == null ? "" : name.toString();
    }

    /// Permissions of new folders and files.
    private record Access(Set<PosixFilePermission> folder, Set<PosixFilePermission> file) {
        static Access of(String folder, String file) {
            return new Access(PosixFilePermissions.fromString(folder), PosixFilePermissions.fromString(file));
        }
    }
}
