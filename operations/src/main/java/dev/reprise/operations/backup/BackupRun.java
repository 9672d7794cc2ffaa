package dev.reprise.operations.backup;

import dev.reprise.base.RawName;
import dev.reprise.sources.files.FileMeta;
import dev.reprise.sources.files.FileTree;
import dev.reprise.sources.files.FileTree.Xattr;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// What all threads of one run share: the rules, what is to be done, and what is reported. Safe for many threads.
final class BackupRun {
    private final FileTree files;
    private final NodeFactory nodes;
    private final Exclusion exclusion;
    private final ChangeRule changes;
    private final boolean oneFileSystem;
    private final Map<RawName, Long> targetDevices;
    private final BackupListener listener;
    private final WorkStack stack = new WorkStack();
    private final OpenHandles handles = new OpenHandles();
    private final Tally tally = new Tally();
    private final Map<RawName, Exclusion.Tagged> tagged = new ConcurrentHashMap<>();
    private final Set<DirectoryWork> open = ConcurrentHashMap.newKeySet();
    private final LongAdder bytesRead = new LongAdder();
    private final LongAdder foundFiles = new LongAdder();
    private final LongAdder foundDirectories = new LongAdder();
    private final LongAdder foundBytes = new LongAdder();
    private volatile boolean parentMayVanish;

    /// @param targetDevices `st_dev` of every target by its absolute path
    BackupRun(
            FileTree files,
            NodeFactory nodes,
            FilesRequest request,
            Map<RawName, Long> targetDevices,
            BackupListener listener) {
        this.files = files;
        this.nodes = nodes;
        this.exclusion = new Exclusion(request);
        this.changes = ChangeRule.of(request);
        this.oneFileSystem = request.oneFileSystem();
        this.targetDevices = Map.copyOf(targetDevices);
        this.listener = listener;
    }

    FileTree files() {
        return files;
    }

    NodeFactory nodes() {
        return nodes;
    }

    Exclusion exclusion() {
        return exclusion;
    }

    ChangeRule changes() {
        return changes;
    }

    WorkStack stack() {
        return stack;
    }

    OpenHandles handles() {
        return handles;
    }

    Tally tally() {
        return tally;
    }

    /// A directory that was listed and is not stored yet; what was set before is seen by whoever finds it here.
    void opened(DirectoryWork directory) {
        open.add(directory);
    }

    void stored(DirectoryWork directory) {
        open.remove(directory);
    }

    List<DirectoryWork> openDirectories() {
        return List.copyOf(open);
    }

    long bytesRead() {
        return bytesRead.sum();
    }

    void push(Work work) {
        stack.push(work);
    }

    /// Whether an entry lies on another file system than the run may enter.
    boolean isForeign(FileMeta meta, long device) {
        return oneFileSystem && meta.device() != device;
    }

    /// The file system that may be entered at this path: the one of the nearest target above it.
    ///
    /// @param own the entry's own, for a target that could not be looked at before
    long deviceAt(RawName localPath, long own) {
        RawName path = localPath;
        while (!targetDevices.containsKey(path) && !path.equals(TargetPath.ROOT)) {
            path = TargetPath.parent(path);
        }
        return targetDevices.getOrDefault(path, own);
    }

    /// Tag files beside a target whose directory is not saved as such (an entry of `.`).
    Exclusion.Tagged taggedIn(RawName directory) {
        return tagged.computeIfAbsent(directory, this::lookForTags);
    }

    private Exclusion.Tagged lookForTags(RawName path) {
        try (FileTree.Directory directory = files.open(path)) {
            return exclusion.tagsIn(directory, this::warn);
        } catch (IOException e) {
            warn("cannot look for tag files in " + path + ": " + Reason.of(e));
            return Exclusion.Tagged.NOT;
        }
    }

    /// Attributes that cannot be read are reported; the item is saved without them.
    List<Xattr> attributes(Item item, AttributeReader reader) {
        try {
            return reader.read();
        } catch (IOException e) {
            unreadable(item.localPath().toString(), "extended attributes: " + Reason.of(e));
            return List.of();
        }
    }

    interface AttributeReader {
        List<Xattr> read() throws IOException;
    }

    void unreadable(Item item, IOException e) {
        unreadable(item.localPath().toString(), Reason.of(e));
    }

    void unreadable(String localPath, String reason) {
        tally.unreadable();
        report(new BackupEvent.Unreadable(localPath, reason, "archival"));
    }

    /// As restic counts it, an error; but a parent that lies in one of several repositories may vanish with it, and
    /// then
    /// everything is read anew and nothing is missing.
    void parentUnreadable(String localPath, String reason) {
        if (parentMayVanish) {
            warn("%s: %s; it is read anew".formatted(localPath, reason));
        } else {
            unreadable(localPath, reason);
        }
    }

    /// Call it before the work begins.
    void letParentVanish() {
        parentMayVanish = true;
    }

    void missing(String localPath) {
        tally.unreadable();
        report(new BackupEvent.Unreadable(localPath, "does not exist", "scan"));
    }

    void warn(String fact) {
        report(new BackupEvent.Warning(fact));
    }

    void begun(Item item) {
        report(new BackupEvent.Started(item.path()));
    }

    void found(FileMeta meta) {
        switch (meta.type()) {
            case FILE -> {
                foundFiles.increment();
                foundBytes.add(meta.size());
            }
            case DIR -> foundDirectories.increment();
            case SYMLINK, BLOCK_DEVICE, CHAR_DEVICE, FIFO, SOCKET, OTHER -> {}
        }
    }

    /// Bytes of content that were stored or found to be there.
    void read(long bytes) {
        bytesRead.add(bytes);
        progress();
    }

    /// The same for a file whose content was taken over.
    void reused(long bytes) {
        bytesRead.add(bytes);
    }

    void progress() {
        report(new BackupEvent.Progress(tally.files(), bytesRead.sum()));
    }

    void scanned(boolean complete) {
        report(new BackupEvent.Scanned(foundFiles.sum(), foundDirectories.sum(), foundBytes.sum(), complete));
    }

    /// Whether anybody wants to hear of items that did not change.
    boolean reportsUnchanged() {
        return listener.wantsUnchanged();
    }

    void report(BackupEvent event) {
        listener.on(event);
    }
}
