package dev.reprise.storage.local;

import dev.reprise.base.DurableFile;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage.Draft;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A file that is being written under a temporary name in the folder of its type.
final class LocalDraft implements Draft {
    /// One write of the channel at most: the JDK keeps a native buffer of that size for every thread.
    private static final int LARGEST_WRITE = 256 * 1024;

    private final ObjectType type;
    private final LocalLayout layout;
    private final LocalFailures failures;
    private final DurableFile file;
    private boolean ended;

    LocalDraft(ObjectType type, LocalLayout layout, LocalFailures failures) throws IOException {
        this.type = type;
        this.layout = layout;
        this.failures = failures;
        this.file = start(type, layout);
    }

    private static DurableFile start(ObjectType type, LocalLayout layout) throws IOException {
        Path folder = layout.folder(type);
        try {
            return DurableFile.create(folder, "draft", layout.fileMode());
        } catch (NoSuchFileException e) {
            layout.makeFolder(folder);
            return DurableFile.create(folder, "draft", layout.fileMode());
        }
    }

    @Override
    public void append(byte[] bytes, int offset, int length) {
        requireOpen();
        try {
            for (int done = 0; done < length; done += LARGEST_WRITE) {
                int piece = Math.min(LARGEST_WRITE, length - done);
                file.append(ByteBuffer.wrap(bytes, offset + done, piece));
            }
        } catch (IOException e) {
            throw failures.translate("write to " + layout.folder(type), e, length);
        }
    }

    @Override
    public void commit(String name) {
        requireOpen();
        var key = new ObjectKey(type, name);
        try {
            layout.makeFolderOf(key);
            file.protect();
            file.commit(layout.file(key));
            ended = true;
        } catch (IOException e) {
            throw failures.translate("store " + key, e, file.written());
        }
    }

    @Override
    public void close() {
        ended = true;
        try {
            file.close();
        } catch (IOException e) {
            throw failures.translate("discard an unfinished file in " + layout.folder(type), e, 0);
        }
    }

    private void requireOpen() {
        if (ended) {
            throw new IllegalStateException("this draft of a " + type + " object has ended");
        }
    }
}
