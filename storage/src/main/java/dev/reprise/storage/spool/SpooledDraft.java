package dev.reprise.storage.spool;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage.Draft;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/// A draft that is sent whole at its commit.
public final class SpooledDraft implements Draft {
    private final ObjectType type;
    private final Upload upload;
    private final Spool spool;
    private boolean ended;

    /// @param folder for temporary files
    /// @param upload called at every commit
    public SpooledDraft(ObjectType type, Path folder, Upload upload) {
        this.type = type;
        this.upload = upload;
        this.spool = new Spool(folder);
    }

    /// From now on everything that is sent goes through `slower`, at every attempt.
    public void sendThrough(UnaryOperator<InputStream> slower) {
        spool.readThrough(slower);
    }

    @Override
    public void append(byte[] bytes, int offset, int length) {
        requireOpen();
        try {
            spool.append(bytes, offset, length);
        } catch (UncheckedIOException e) {
            String hint = "free space there, or set TMPDIR to another folder";
            throw new StorageException(Kind.OTHER, String.valueOf(e.getMessage()), hint, e);
        }
    }

    @Override
    public void commit(String name) {
        requireOpen();
        upload.send(new ObjectKey(type, name), spool);
        ended = true;
        spool.close();
    }

    @Override
    public void close() {
        ended = true;
        spool.close();
    }

    private void requireOpen() {
        if (ended) {
            throw new IllegalStateException("this draft of a " + type + " object has ended");
        }
    }

    /// Sends one object.
    @FunctionalInterface
    public interface Upload {
        /// Makes the object visible and durable, or throws and leaves nothing under its name.
        ///
        /// @param content whole; not to be kept
        void send(ObjectKey key, Spool content);
    }
}
