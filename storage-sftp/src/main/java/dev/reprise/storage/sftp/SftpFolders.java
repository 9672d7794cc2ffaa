package dev.reprise.storage.sftp;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.sftp.SftpConnection.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which path and folder an object has, and with which permissions new ones are made. Methods
/// throw what the server answers.
final class SftpFolders {
    private static final int AT_A_TIME = 64;
    private static final Access OWNER = new Access(0700, 0600);
    /// The server's umask still applies to folders.
    private static final Access GROUP = new Access(0770, 0660);
    private static final int WRITING = 0222;

    private final SftpAddress address;
    /// Known once `config` exists; null before.
    private volatile @Nullable Access known;

    SftpFolders(SftpAddress address) {
        this.address = address;
    }

    String file(ObjectKey key) {
        return address.resolve(key.path());
    }

    /// The folder of a type; for packs the one above the 256.
    String folder(ObjectType type) {
        return type == ObjectType.CONFIG ? address.path() : address.resolve(type.folder());
    }

    /// Permissions of a file while it is written.
    int draftMode(SftpConnection connection) throws IOException {
        return access(connection).file;
    }

    /// Permissions of a finished file.
    int fileMode(SftpConnection connection) throws IOException {
        return access(connection).file & ~WRITING;
    }

    /// A repository whose `config` the group may read is shared with the group, as in restic.
    private Access access(SftpConnection connection) throws IOException {
        Access access = known;
        if (access != null) {
            return access;
        }
        try {
            var config =
                    connection.send(SftpRequest.stat(file(ObjectKey.CONFIG))).attributes();
            access = config.groupReads() ? GROUP : OWNER;
        } catch (SftpStatusException e) {
            return OWNER; // not initialised yet, or not to be looked at: ask again next time
        }
        known = access;
        return access;
    }

    /// Makes the root with its missing parents, the folders of `types` and the 256 below `data`.
    void makeAll(SftpConnection connection, List<ObjectType> types) throws IOException {
        int mode = access(connection).folder;
        makeRoot(connection, address.path(), mode);
        var folders = new ArrayList<String>();
        types.forEach(type -> folders.add(folder(type)));
        makeEach(connection, folders, mode);
        folders.clear();
        for (int i = 0; i < 256; i++) {
            folders.add(folder(ObjectType.PACK) + "/" + HexFormat.of().toHexDigits((byte) i));
        }
        for (int i = 0; i < folders.size(); i += AT_A_TIME) {
            makeEach(connection, folders.subList(i, i + AT_A_TIME), mode);
        }
    }

    static void makeRoot(SftpConnection connection, String folder, int mode) throws IOException {
        try {
            make(connection, folder, connection.send(SftpRequest.makeFolder(folder, mode)));
        } catch (SftpStatusException e) {
            int slash = folder.lastIndexOf('/');
            if (!e.isMissing() || slash <= 0) {
                throw e;
            }
            makeRoot(connection, folder.substring(0, slash), mode);
            make(connection, folder, connection.send(SftpRequest.makeFolder(folder, mode)));
        }
    }

    private static void makeEach(SftpConnection connection, List<String> folders, int mode) throws IOException {
        var answers = new ArrayList<Answer>();
        for (String folder : folders) {
            answers.add(connection.send(SftpRequest.makeFolder(folder, mode)));
        }
        for (int i = 0; i < answers.size(); i++) {
            make(connection, folders.get(i), answers.get(i));
        }
    }

    /// A folder that is already there is one made. Servers have no status of its own for that.
    static void make(SftpConnection connection, String folder, Answer asked) throws IOException {
        try {
            asked.mustBeOk();
        } catch (SftpStatusException e) {
            if (e.isMissing() || !isFolder(connection, folder)) {
                throw e;
            }
        }
    }

    private static boolean isFolder(SftpConnection connection, String path) throws IOException {
        try {
            return connection.send(SftpRequest.stat(path)).attributes().isFolder();
        } catch (SftpStatusException e) {
            if (e.isMissing()) {
                return false;
            }
            throw e;
        }
    }

    /// Makes the folder an object of this key lies in, and those between it and the root. Never
    /// the root: if that is gone, so is the disk.
    void makeFolderOf(SftpConnection connection, ObjectKey key) throws IOException {
        int mode = access(connection).folder;
        String path = key.path();
        for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
            makeEach(connection, List.of(address.resolve(path.substring(0, slash))), mode);
        }
    }

    /// A missing folder of an existing repository is empty; a missing repository is not.
    void requireRoot(SftpConnection connection) throws IOException {
        connection.send(SftpRequest.stat(address.path())).attributes();
    }

    /// Permissions of new folders and files.
    private record Access(int folder, int file) {}
}
