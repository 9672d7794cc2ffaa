package dev.reprise.storage.sftp;

import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// The connection of a place: made when it is first needed, and anew when the last one was lost.
/// Safe for many threads.
final class SftpLine implements AutoCloseable {
    private final SftpAddress address;
    private final SshCommand command;
    private final Duration patience;
    /// Temporary files left behind by connections that were lost.
    private final Queue<String> orphans = new ConcurrentLinkedQueue<>();
    private @Nullable SftpConnection current;
    private boolean closed;

    /// @param patience see [SftpConnection#open]
    SftpLine(SftpAddress address, SshCommand command, Duration patience) {
        this.address = address;
        this.command = command;
        this.patience = patience;
    }

    /// @throws StorageException if there is none and none can be made
    synchronized SftpConnection connection() {
        if (closed) {
            throw new IllegalStateException("the storage is closed");
        }
        SftpConnection known = current;
        if (known != null && !known.isLost()) {
            return known;
        }
        SftpConnection made = connect();
        current = made;
        sweep(made);
        return made;
    }

    private SftpConnection connect() {
        SshProcess process;
        try {
            process = SshProcess.start(command);
        } catch (IOException e) {
            String fact = "could not start " + command.words().getFirst() + " to reach " + address.location();
            throw new StorageException(Kind.OTHER, fact + ": " + e.getMessage(), "look whether sh can be started", e);
        }
        try {
            return SftpConnection.open(new Pipes(process), patience);
        } catch (IOException e) {
            var complaint = new SshComplaint(address, command, process.lastWords());
            process.close();
            throw complaint.translate(e);
        }
    }

    /// Removes a temporary file when there is a connection again.
    void orphan(String path) {
        orphans.add(path);
    }

    private void sweep(SftpConnection connection) {
        try {
            for (String path = orphans.poll(); path != null; path = orphans.poll()) {
                connection.send(SftpRequest.remove(path));
            }
        } catch (IOException e) {
            // It is lost again: whoever asked for it learns that, and what is left over harms nobody.
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (current != null) {
            current.close();
        }
    }

    private record Pipes(SshProcess process) implements SftpConnection.Line {
        @Override
        public InputStream input() {
            return process.input();
        }

        @Override
        public OutputStream output() {
            return process.output();
        }

        @Override
        public void close() {
            process.close();
        }
    }
}
