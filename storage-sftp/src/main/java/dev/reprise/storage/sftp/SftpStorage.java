package dev.reprise.storage.sftp;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.plain.PlainFiles;
import dev.reprise.storage.setup.ServerSide;
import dev.reprise.storage.sftp.SftpReply.Entry;
import dev.reprise.storage.spool.Spool;
import dev.reprise.storage.spool.SpooledDraft;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A folder on a host that speaks SFTP, in restic's layout and with restic's write protocol. One
/// connection carries everything; an operation that loses it fails, the next one connects anew.
///
/// An object is durable once committed where the server offers `fsync@openssh.com`; its name then
/// still depends on the server's file system, since SFTP cannot force a folder to the disk.
final class SftpStorage implements Storage {
    private static final List<ObjectType> RESTIC_FOLDERS =
            List.of(ObjectType.KEY, ObjectType.LOCK, ObjectType.SNAPSHOT, ObjectType.INDEX, ObjectType.PACK);

    private final SftpAddress address;
    private final SftpLine line;
    private final int connections;
    private final Path temporaryFolder;
    private final SftpFolders folders;
    private final SftpFailures failures;
    private final SecureRandom chance = new SecureRandom();

    /// @param line            closed with this
    /// @param connections     operations at a time
    /// @param temporaryFolder for objects on their way
    SftpStorage(SftpAddress address, SftpLine line, int connections, Path temporaryFolder) {
        this.address = address;
        this.line = line;
        this.connections = connections;
        this.temporaryFolder = temporaryFolder;
        this.folders = new SftpFolders(address);
        this.failures = new SftpFailures(address);
    }

    @Override
    public String location() {
        return address.location();
    }

    @Override
    public void create() {
        SftpConnection connection = line.connection();
        try {
            folders.makeAll(connection, RESTIC_FOLDERS);
        } catch (IOException e) {
            throw failures.translateWrite("create the repository's folders", e, connection, 0);
        }
    }

    @Override
    public long size(ObjectKey key) {
        SftpConnection connection = line.connection();
        try {
            SftpAttributes found =
                    connection.send(SftpRequest.stat(folders.file(key))).attributes();
            return sizeOfFile(key, found);
        } catch (SftpStatusException e) {
            if (e.isMissing()) {
                return -1;
            }
            throw failures.translate("look up " + key, e);
        } catch (IOException e) {
            throw failures.translate("look up " + key, e);
        }
    }

    private long sizeOfFile(ObjectKey key, SftpAttributes found) {
        if (!found.isFile() || found.size() < 0) {
            throw failures.notAFile(key);
        }
        return found.size();
    }

    @Override
    public void list(ObjectType type, Consumer<StoredObject> consumer) {
        if (type == ObjectType.CONFIG) {
            long size = size(ObjectKey.CONFIG);
            if (size >= 0) {
                consumer.accept(new StoredObject(ObjectKey.CONFIG, size));
            }
            return;
        }
        List<String> paths = foldersOf(type);
        for (int i = 0; i < paths.size(); i += SftpListing.AT_A_TIME) {
            // These are read to their end first: the consumer may delete what it is told of.
            objectsIn(type, paths.subList(i, Math.min(paths.size(), i + SftpListing.AT_A_TIME)))
                    .forEach(consumer);
        }
    }

    /// The folders that hold objects of a type: one, or those named by two hex digits below
    /// `data`.
    private List<String> foldersOf(ObjectType type) {
        String folder = folders.folder(type);
        if (type != ObjectType.PACK) {
            return List.of(folder);
        }
        var found = new ArrayList<String>();
        for (Entry entry : entries(type, List.of(folder)).getFirst()) {
            if (isPrefix(entry.name()) && entry.attributes().isFolder()) {
                found.add(folder + "/" + entry.name());
            }
        }
        return found;
    }

    private List<StoredObject> objectsIn(ObjectType type, List<String> paths) {
        var found = new ArrayList<StoredObject>();
        List<List<Entry>> entries = entries(type, paths);
        for (int i = 0; i < paths.size(); i++) {
            String path = paths.get(i);
            String prefix = type == ObjectType.PACK ? path.substring(path.length() - 2) : "";
            for (Entry entry : entries.get(i)) {
                String name = entry.name();
                if (ObjectId.isName(name)
                        && name.startsWith(prefix)
                        && entry.attributes().isFile()) {
                    found.add(new StoredObject(
                            new ObjectKey(type, name), entry.attributes().size()));
                }
            }
        }
        return found;
    }

    /// One list for each path.
    private List<List<Entry>> entries(ObjectType type, List<String> paths) {
        SftpConnection connection = line.connection();
        var all = new ArrayList<List<Entry>>();
        try {
            boolean missing = false;
            for (List<Entry> found : new SftpListing(connection).read(paths)) {
                missing |= found == null;
                all.add(found == null ? List.of() : found);
            }
            if (missing) {
                folders.requireRoot(connection);
            }
            return all;
        } catch (IOException e) {
            throw failures.translate("list " + type.folder(), e);
        }
    }

    private static boolean isPrefix(String name) {
        return name.length() == 2
                && Character.digit(name.charAt(0), 16) >= 0
                && Character.digit(name.charAt(1), 16) >= 0;
    }

    @Override
    public <T extends @Nullable Object> T read(ObjectKey key, long offset, long length, BodyReader<T> reader) {
        if (offset < 0 || length < -1) {
            throw new IllegalArgumentException("no range: offset " + offset + ", length " + length);
        }
        SftpConnection connection = line.connection();
        String path = folders.file(key);
        try {
            // Asked together, so that a read takes two round trips.
            var asking = connection.send(SftpRequest.stat(path));
            byte[] handle = connection.send(SftpRequest.openForReading(path)).handle();
            try {
                long size = sizeOfFile(key, asking.attributes());
                if (offset > size || length > size - offset) {
                    throw failures.tooShort(key, offset, length, size);
                }
                return reader.read(new SftpRange(connection, handle, offset, length < 0 ? size - offset : length));
            } finally {
                closeUnawaited(connection, handle);
            }
        } catch (SftpRange.EndedEarlyException e) {
            throw failures.tooShort(key, offset, length, e.size());
        } catch (IOException e) {
            throw failures.translate("read " + key, e);
        }
    }

    /// What was read is read; a connection that broke meanwhile concerns the next operation.
    private static void closeUnawaited(SftpConnection connection, byte[] handle) {
        try {
            connection.send(SftpRequest.close(handle));
        } catch (IOException e) {
            return;
        }
    }

    @Override
    public Draft draft(ObjectType type) {
        return new SpooledDraft(type, temporaryFolder, this::upload);
    }

    private void upload(ObjectKey key, Spool content) {
        SftpConnection connection = line.connection();
        var upload = new SftpUpload(connection, folders, key, chance);
        try {
            upload.send(content);
        } catch (IOException e) {
            if (connection.isLost()) {
                line.orphan(upload.temporary());
            }
            throw failures.translateWrite("store " + key, e, connection, content.size());
        }
    }

    @Override
    public void delete(ObjectKey key) {
        SftpConnection connection = line.connection();
        try {
            SftpUpload.remove(connection, folders.file(key)).mustBeOk();
        } catch (SftpStatusException e) {
            if (!e.isMissing()) {
                throw failures.translateWrite("delete " + key, e, connection, 0);
            }
        } catch (IOException e) {
            throw failures.translate("delete " + key, e);
        }
    }

    @Override
    public int connections() {
        return connections;
    }

    @Override
    public <C> @Nullable C capability(Class<C> type) {
        if (type == PlainFiles.class) {
            return type.cast(new SftpFiles(address, line, failures, chance));
        }
        return type == ServerSide.class ? type.cast(new SftpServerSide(address, line, folders, failures)) : null;
    }

    @Override
    public void close() {
        line.close();
    }
}
