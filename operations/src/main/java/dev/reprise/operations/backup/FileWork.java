package dev.reprise.operations.backup;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.backup.Tally.Change;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.repository.tree.Node;
import dev.reprise.sources.files.FileMeta;
import dev.reprise.sources.files.FileTree.OpenFile;
import dev.reprise.sources.files.FileTree.Xattr;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A regular file that is read. A piece is one chunk: one thread at a time reads and cuts, many hash and store.
final class FileWork implements Work {
    private final BackupRun run;
    private final Item item;
    private final SharedDirectory holder;

    /// These belong to the thread that has the work.
    private @Nullable Opened opened;

    private long position;

    /// These are guarded by this object: threads bring chunks back in any order.
    private final List<ObjectId> content = new ArrayList<>();

    private int chunksInWork;
    private boolean ended;
    private boolean failed;
    private long freshBytes;
    private long storedBytes;

    private record Opened(OpenFile file, FileMeta meta, List<Xattr> xattrs) {}

    /// @param holder let go as soon as the file is open
    FileWork(BackupRun run, Item item, SharedDirectory holder) {
        this.run = run;
        this.item = item;
        this.holder = holder;
    }

    @Override
    public void step(Worker worker) {
        Opened source = opened == null ? open() : opened;
        if (source == null) {
            item.parent().done(worker, item.slot(), null);
            return;
        }
        int length;
        try {
            length = worker.readChunk(source.file, position);
        } catch (IOException e) {
            worker.ensureRunning();
            run.unreadable(item, e);
            end(worker, source, true);
            return;
        }
        if (length == 0) {
            end(worker, source, false);
            return;
        }
        int place = begin();
        position += length;
        if (worker.atEnd()) {
            run.handles().close(source.file);
        } else {
            run.push(this);
        }
        store(worker, source, place, length, worker.atEnd());
    }

    /// @return null if that was impossible, which is then reported
    private @Nullable Opened open() {
        OpenFile file;
        try {
            file = holder.get().openFile(item.diskName());
        } catch (IOException e) {
            run.unreadable(item, e);
            return null;
        } finally {
            holder.release();
        }
        run.handles().opened(file);
        try {
            opened = new Opened(file, file.meta(), run.attributes(item, file::xattrs));
        } catch (IOException e) {
            run.unreadable(item, e);
            run.handles().close(file);
            return null;
        }
        run.begun(item);
        return opened;
    }

    private synchronized int begin() {
        content.add(ObjectId.NULL);
        chunksInWork++;
        return content.size() - 1;
    }

    private void store(Worker worker, Opened source, int place, int length, boolean wasLast) {
        BlobWriter.Saved saved = worker.saveChunk(length);
        run.read(length);
        boolean complete;
        synchronized (this) {
            content.set(place, saved.id());
            if (saved.fresh()) {
                freshBytes += length;
                storedBytes += saved.storedBytes();
            }
            ended |= wasLast;
            chunksInWork--;
            complete = ended && chunksInWork == 0;
        }
        if (complete) {
            finish(worker, source);
        }
    }

    private void end(Worker worker, Opened source, boolean failure) {
        run.handles().close(source.file);
        boolean complete;
        synchronized (this) {
            ended = true;
            failed = failure;
            complete = chunksInWork == 0;
        }
        if (complete) {
            finish(worker, source);
        }
    }

    /// Runs once, in the thread that brought the last chunk; nobody else looks at the fields any more.
    private void finish(Worker worker, Opened source) {
        Node node = node(source);
        if (node != null) {
            Change change = run.tally().file(item.old(), node, false);
            run.report(new BackupEvent.ItemDone(
                    item.path(), false, change.action(), item.seconds(), freshBytes, storedBytes, 0, 0));
        }
        item.parent().done(worker, item.slot(), node);
    }

    private synchronized @Nullable Node node(Opened source) {
        return failed
                ? null
                : run.nodes().file(item.old(), item.name(), source.meta, source.xattrs, position, List.copyOf(content));
    }
}
