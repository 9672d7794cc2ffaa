package dev.reprise.storage.sftp;

import dev.reprise.storage.Storage.BodyReader;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.plain.PlainFiles;
import dev.reprise.storage.plain.PlainPath;
import dev.reprise.storage.sftp.SftpConnection.Answer;
import dev.reprise.storage.sftp.SftpRequest.Extension;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Plain files in a folder on a host that speaks SFTP, for their owner only. One attempt at each operation; content
/// goes
/// there as it comes, without a temporary file here.
final class SftpFiles implements PlainFiles {
    private static final int FOLDER_MODE = 0700;
    private static final int FILE_MODE = 0600;
    private static final int PIECE = 32 << 10;
    /// Writes under way.
    private static final int WINDOW = 64;

    private final SftpAddress address;
    private final SftpLine line;
    private final SftpFailures failures;
    private final RandomGenerator chance;

    SftpFiles(SftpAddress address, SftpLine line, SftpFailures failures, RandomGenerator chance) {
        this.address = address;
        this.line = line;
        this.failures = failures;
        this.chance = chance;
    }

    @Override
    public String location() {
        return address.location();
    }

    @Override
    public List<Entry> list(String folder) {
        String path = folder.isEmpty() ? address.path() : path(folder);
        SftpConnection connection = line.connection();
        try {
            List<Entry> entries = new ArrayList<>();
            List<SftpReply.Entry> found =
                    new SftpListing(connection).read(List.of(path)).getFirst();
            for (SftpReply.Entry entry : found == null ? List.<SftpReply.Entry>of() : found) {
                if (entry.attributes().isFolder()
                        && !entry.name().equals(".")
                        && !entry.name().equals("..")) {
                    entries.add(new Entry(entry.name(), true, -1));
                } else if (entry.attributes().isFile()) {
                    entries.add(
                            new Entry(entry.name(), false, entry.attributes().size()));
                }
            }
            return entries;
        } catch (IOException e) {
            throw failures.translate("list \"" + folder + "\"", e);
        }
    }

    @Override
    public <T extends @Nullable Object> T read(String path, BodyReader<T> reader) {
        String file = path(path);
        SftpConnection connection = line.connection();
        try {
            long size = connection.send(SftpRequest.stat(file)).attributes().size();
            byte[] handle = connection.send(SftpRequest.openForReading(file)).handle();
            try {
                return reader.read(new SftpRange(connection, handle, 0, size));
            } finally {
                closeUnawaited(connection, handle);
            }
        } catch (SftpRange.EndedEarlyException e) {
            throw new StorageException(
                    Kind.OTHER, path + " at " + address.location() + " changed while it was read", "", e);
        } catch (IOException e) {
            throw failures.translate("read " + path, e);
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
    public void create(String path, Content content) {
        String file = path(path);
        SftpConnection connection = line.connection();
        byte[] suffix = new byte[8];
        chance.nextBytes(suffix);
        String temporary = file + ".tmp-" + HexFormat.of().formatHex(suffix);
        try {
            makeFolders(connection, path);
            byte[] handle =
                    connection.send(SftpRequest.openNew(temporary, FILE_MODE)).handle();
            var pieces = new Pieces(connection, handle);
            boolean placed = false;
            try {
                fill(pieces, content);
                place(connection, path, temporary, file, pieces.offset);
                placed = true;
            } finally {
                if (!placed) {
                    discard(pieces, temporary);
                }
            }
        } catch (IOException e) {
            throw failures.translateWrite("write " + path, e, connection, 0);
        }
    }

    /// Written whole, forced to the disk where the server can, and closed.
    private static void fill(Pieces pieces, Content content) throws IOException {
        var out = new BufferedOutputStream(pieces, PIECE);
        content.writeTo(out);
        out.flush();
        pieces.finish();
    }

    private void place(SftpConnection connection, String path, String temporary, String file, long written)
            throws IOException {
        long there = size(connection, file);
        if (there < 0) {
            connection.send(SftpRequest.rename(temporary, file)).mustBeOk();
            return;
        }
        SftpUpload.remove(connection, temporary).mustBeOk();
        if (there != written) {
            throw new StorageException(
                    Kind.DENIED,
                    path + " is already there at " + address.location() + "; nothing was written",
                    "",
                    null);
        }
    }

    /// @return -1 if there is no such file
    private static long size(SftpConnection connection, String file) throws IOException {
        try {
            return connection.send(SftpRequest.stat(file)).attributes().size();
        } catch (SftpStatusException e) {
            if (e.isMissing()) {
                return -1;
            }
            throw e;
        }
    }

    private void discard(Pieces pieces, String temporary) {
        if (pieces.connection.isLost()) {
            line.orphan(temporary);
            return;
        }
        if (!pieces.closing) {
            closeUnawaited(pieces.connection, pieces.handle);
        }
        try {
            SftpUpload.remove(pieces.connection, temporary).await();
        } catch (IOException e) {
            line.orphan(temporary);
        }
    }

    private void makeFolders(SftpConnection connection, String path) throws IOException {
        SftpFolders.makeRoot(connection, address.path(), FOLDER_MODE);
        for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
            String folder = address.resolve(path.substring(0, slash));
            SftpFolders.make(connection, folder, connection.send(SftpRequest.makeFolder(folder, FOLDER_MODE)));
        }
    }

    @Override
    public void delete(String path) {
        String file = path(path);
        SftpConnection connection = line.connection();
        try {
            SftpUpload.remove(connection, file).mustBeOk();
        } catch (SftpStatusException e) {
            if (!e.isMissing()) {
                throw failures.translate("delete " + path, e);
            }
        } catch (IOException e) {
            throw failures.translate("delete " + path, e);
        }
    }

    @Override
    public FolderMove folderMove() {
        return this::moveFolder;
    }

    /// SFTP's own rename refuses a name that is taken; it is looked for as well, since some servers are not as strict.
    private void moveFolder(String from, String to) {
        SftpConnection connection = line.connection();
        try {
            if (size(connection, path(to)) >= 0) {
                throw new StorageException(
                        Kind.DENIED, to + " is already there at " + address.location(), "move it away", null);
            }
            connection.send(SftpRequest.rename(path(from), path(to))).mustBeOk();
        } catch (IOException e) {
            throw failures.translateWrite("rename " + from + " to " + to, e, connection, 0);
        }
    }

    /// The server refuses to remove one that is not empty, with the status that stands for anything.
    @Override
    public void removeEmptyFolder(String folder) {
        SftpConnection connection = line.connection();
        try {
            connection.send(SftpRequest.removeFolder(path(folder))).mustBeOk();
        } catch (SftpStatusException e) {
            if (!e.isMissing() && list(folder).isEmpty()) {
                throw failures.translate("remove the folder " + folder, e);
            }
        } catch (IOException e) {
            throw failures.translate("remove the folder " + folder, e);
        }
    }

    private String path(String path) {
        return address.resolve(PlainPath.require(path));
    }

    /// Sends what it is given, a bounded number of pieces ahead of the server's answers.
    private static final class Pieces extends OutputStream {
        private final SftpConnection connection;
        private final byte[] handle;
        private final Deque<Answer> underWay = new ArrayDeque<>();
        private long offset;
        /// Servers give the number of a closed handle to the next file: closing twice would close that one.
        private boolean closing;

        Pieces(SftpConnection connection, byte[] handle) {
            this.connection = connection;
            this.handle = handle;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            int sent = 0;
            while (sent < length) {
                int count = Math.min(PIECE, length - sent);
                if (underWay.size() == WINDOW) {
                    underWay.removeFirst().mustBeOk();
                }
                underWay.addLast(connection.send(SftpRequest.write(handle, offset, bytes, from + sent, count)));
                offset += count;
                sent += count;
            }
        }

        void finish() throws IOException {
            for (Answer answer : underWay) {
                answer.mustBeOk();
            }
            underWay.clear();
            if (connection.offers(Extension.FSYNC)) {
                connection.send(SftpRequest.force(handle)).mustBeOk();
            }
            closing = true;
            connection.send(SftpRequest.close(handle)).mustBeOk();
        }
    }
}
