package dev.reprise.storage.sftp;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.sftp.SftpConnection.Answer;
import dev.reprise.storage.sftp.SftpRequest.Extension;
import dev.reprise.storage.spool.Spool;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/// Writes one object as restic does: a new file under a temporary name, then renamed.
final class SftpUpload {
    private static final int PIECE = 32 << 10;
    /// Writes under way.
    private static final int WINDOW = 64;

    private final SftpConnection connection;
    private final SftpFolders folders;
    private final ObjectKey key;
    private final String temporary;
    /// Servers give the number of a closed handle to the next file: closing twice would close the
    /// file of another upload.
    private boolean closing;

    SftpUpload(SftpConnection connection, SftpFolders folders, ObjectKey key, RandomGenerator chance) {
        this.connection = connection;
        this.folders = folders;
        this.key = key;
        byte[] suffix = new byte[16];
        chance.nextBytes(suffix);
        this.temporary = folders.file(key) + "-restic-temp-" + HexFormat.of().formatHex(suffix);
    }

    /// What may be left over when the connection is lost.
    String temporary() {
        return temporary;
    }

    /// After an answer that something did not work the temporary file is gone; when no answer
    /// came it may be there.
    void send(Spool content) throws IOException {
        byte[] handle = open();
        try {
            Deque<Answer> writing = fill(handle, content);
            finish(handle, writing);
            rename();
        } catch (IOException | RuntimeException e) {
            discard(handle, e);
            throw e;
        }
    }

    private byte[] open() throws IOException {
        int mode = folders.draftMode(connection);
        try {
            return connection.send(SftpRequest.openNew(temporary, mode)).handle();
        } catch (SftpStatusException e) {
            if (!e.isMissing()) {
                throw e;
            }
            folders.makeFolderOf(connection, key);
            return connection.send(SftpRequest.openNew(temporary, mode)).handle();
        }
    }

    /// @return writes that are still under way
    private Deque<Answer> fill(byte[] handle, Spool content) throws IOException {
        Deque<Answer> underWay = new ArrayDeque<>();
        byte[] piece = new byte[PIECE];
        try (InputStream bytes = content.open()) {
            long offset = 0;
            for (int count = bytes.readNBytes(piece, 0, PIECE); count > 0; count = bytes.readNBytes(piece, 0, PIECE)) {
                if (underWay.size() == WINDOW) {
                    underWay.removeFirst().mustBeOk();
                }
                underWay.addLast(connection.send(SftpRequest.write(handle, offset, piece, 0, count)));
                offset += count;
            }
        }
        return underWay;
    }

    /// To the disk where the server can, read-only where it can, and closed. Servers do what is
    /// asked of one file in the order it was asked, so nobody waits for the writes before that.
    private void finish(byte[] handle, Deque<Answer> writing) throws IOException {
        List<Answer> forcing = new ArrayList<>();
        if (connection.offers(Extension.FSYNC)) {
            forcing.add(connection.send(SftpRequest.force(handle)));
        }
        Answer protecting = connection.send(SftpRequest.permissions(handle, folders.fileMode(connection)));
        closing = true;
        Answer closed = connection.send(SftpRequest.close(handle));
        for (Answer answer : writing) {
            answer.mustBeOk();
        }
        for (Answer answer : forcing) {
            mustBeOkOrUnsupported(answer);
        }
        protecting.await(); // some file systems have no permissions
        closed.mustBeOk();
    }

    private static void mustBeOkOrUnsupported(Answer answer) throws IOException {
        try {
            answer.mustBeOk();
        } catch (SftpStatusException e) {
            if (e.code() != SftpStatusException.UNSUPPORTED) {
                throw e;
            }
        }
    }

    private void rename() throws IOException {
        String name = folders.file(key);
        if (connection.offers(Extension.POSIX_RENAME)) {
            connection.send(SftpRequest.posixRename(temporary, name)).mustBeOk();
            return;
        }
        if (!connection.send(SftpRequest.rename(temporary, name)).isOk()) {
            replace(name);
        }
    }

    /// Without `posix-rename` nothing can take the place of a file at once: the old one steps
    /// aside, and comes back if the new one cannot follow.
    private void replace(String name) throws IOException {
        String aside = temporary + "-old";
        connection.send(SftpRequest.rename(name, aside)).mustBeOk();
        try {
            connection.send(SftpRequest.rename(temporary, name)).mustBeOk();
        } catch (SftpStatusException e) {
            connection.send(SftpRequest.rename(aside, name)).mustBeOk();
            throw e;
        }
        remove(connection, aside).await();
    }

    private void discard(byte[] handle, Throwable failure) {
        if (connection.isLost()) {
            return;
        }
        try {
            if (!closing) {
                connection.send(SftpRequest.close(handle)).await();
            }
            remove(connection, temporary).await();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /// Servers on Windows refuse to delete what is read-only.
    static Answer remove(SftpConnection connection, String path) throws IOException {
        Answer removing = connection.send(SftpRequest.remove(path));
        try {
            removing.mustBeOk();
        } catch (SftpStatusException e) {
            if (e.code() == SftpStatusException.PERMISSION_DENIED || e.code() == SftpStatusException.FAILURE) {
                connection.send(SftpRequest.permissions(path, 0600)).await();
                return connection.send(SftpRequest.remove(path));
            }
        }
        return removing;
    }
}
