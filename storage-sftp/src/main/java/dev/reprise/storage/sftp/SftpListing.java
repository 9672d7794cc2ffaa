package dev.reprise.storage.sftp;

import dev.reprise.storage.sftp.SftpConnection.Answer;
import dev.reprise.storage.sftp.SftpReply.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads several folders at the same time, so that 256 of them take as many round trips as a few.
final class SftpListing {
    /// Folders open at a time: some servers keep few handles.
    static final int AT_A_TIME = 32;
    /// The second request finds the end of most folders.
    private static final int REQUESTS = 2;

    private final SftpConnection connection;

    SftpListing(SftpConnection connection) {
        this.connection = connection;
    }

    /// @param paths at most [#AT_A_TIME]
    /// @return what is in them, one list for each; null for one that is missing
    List<@Nullable List<Entry>> read(List<String> paths) throws IOException {
        var folders = new ArrayList<Folder>();
        for (String path : paths) {
            folders.add(new Folder(path, connection.send(SftpRequest.openFolder(path))));
        }
        try {
            for (Folder folder : folders) {
                folder.open();
            }
            while (folders.stream().anyMatch(Folder::isOpen)) {
                readOn(folders);
            }
        } finally {
            for (Folder folder : folders) {
                folder.close(connection);
            }
        }
        var found = new ArrayList<@Nullable List<Entry>>();
        folders.forEach(folder -> found.add(folder.missing ? null : folder.entries));
        return found;
    }

    private void readOn(List<Folder> folders) throws IOException {
        for (Folder folder : folders) {
            folder.ask(connection);
        }
        for (Folder folder : folders) {
            folder.take(connection);
        }
    }

    private static final class Folder {
        private final String path;
        private final Answer opening;
        private final List<Entry> entries = new ArrayList<>();
        private final List<Answer> asked = new ArrayList<>();
        private byte @Nullable [] handle;
        private boolean missing;
        private boolean ended;

        Folder(String path, Answer opening) {
            this.path = path;
            this.opening = opening;
        }

        void open() throws IOException {
            try {
                handle = opening.handle();
            } catch (SftpStatusException e) {
                if (!e.isMissing()) {
                    throw e;
                }
                missing = true;
                ended = true;
            }
        }

        boolean isOpen() {
            return !ended;
        }

        void ask(SftpConnection connection) throws IOException {
            byte[] opened = handle;
            for (int i = 0; i < REQUESTS && !ended && opened != null; i++) {
                asked.add(connection.send(SftpRequest.readFolder(opened)));
            }
        }

        void take(SftpConnection connection) throws IOException {
            for (Answer answer : asked) {
                SftpReply reply = answer.await();
                try {
                    reply.mustBe(SftpRequest.NAME);
                } catch (SftpStatusException e) {
                    if (e.code() != SftpStatusException.EOF) {
                        throw e;
                    }
                    ended = true;
                    continue;
                }
                for (Entry entry : reply.entries()) {
                    add(connection, entry);
                }
            }
            asked.clear();
        }

        /// Some servers leave attributes out of listings; links are followed, so `data` may lie
        /// on several disks.
        private void add(SftpConnection connection, Entry entry) throws IOException {
            if (entry.attributes().isComplete() && !entry.attributes().isLink()) {
                entries.add(entry);
                return;
            }
            try {
                Answer asking = connection.send(SftpRequest.stat(path + "/" + entry.name()));
                entries.add(new Entry(entry.name(), asking.attributes()));
            } catch (SftpStatusException e) {
                if (!e.isMissing()) {
                    throw e;
                }
            }
        }

        /// Nobody waits for the answer.
        void close(SftpConnection connection) throws IOException {
            if (connection.isLost()) {
                return;
            }
            try {
                connection.send(SftpRequest.close(handle == null ? opening.handle() : handle));
            } catch (SftpStatusException e) {
                return; // never was open
            }
        }
    }
}
