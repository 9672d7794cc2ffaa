package dev.reprise.operations.backup;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.operations.backup.Tally.Change;
import dev.reprise.repository.Repository;
import dev.reprise.repository.chunk.Chunker;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeMode;
import dev.reprise.repository.tree.NodeTime;
import dev.reprise.repository.tree.NodeType;
import dev.reprise.repository.tree.TreeCodec;
import java.io.IOException;
import java.io.InputStream;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Saves streams as files of one tree: directories 0755, files 0644, every time the snapshot's (section 7.2,
/// stdin). Belongs to one thread.
public final class StreamBackup {
    private static final int DIRECTORY_MODE = 040755;
    private static final int FILE_MODE = 0100644;

    private final Chunker chunker;
    private final BlobWriter writer;
    private final NodeTime time;
    private final long uid;
    private final long gid;
    private final int workers;
    private final BackupListener listener;
    private final Tally tally = new Tally();
    private final Folder root = new Folder(new TreeMap<>());
    private final List<String> paths = new ArrayList<>();
    private ParentTrees parents = ParentTrees.NONE;

    /// What a path leads to.
    private sealed interface Entry {}

    private record Folder(SortedMap<RawName, Entry> entries) implements Entry {}

    private record StoredFile(Node node) implements Entry {}

    /// Files and directories belong to root.
    public StreamBackup(
            Repository repository,
            BlobWriter writer,
            ZonedDateTime snapshotTime,
            int workers,
            BackupListener listener) {
        this(repository, writer, snapshotTime, 0, 0, workers, listener);
    }

    /// @param uid     owner of the files and directories, usually that of the process, as is `gid`
    /// @param workers threads that hash, compress and store, at least 1
    public StreamBackup(
            Repository repository,
            BlobWriter writer,
            ZonedDateTime snapshotTime,
            long uid,
            long gid,
            int workers,
            BackupListener listener) {
        if (workers < 1) {
            throw new IllegalArgumentException("a backup needs at least 1 worker, not " + workers);
        }
        this.chunker = repository.chunker();
        this.writer = writer;
        this.time = new NodeTime(
                snapshotTime.toEpochSecond(),
                snapshotTime.getNano(),
                snapshotTime.getOffset().getTotalSeconds());
        this.uid = uid;
        this.gid = gid;
        this.workers = workers;
        this.listener = listener;
    }

    /// Counts what changed since another snapshot. Everything is stored all the same. Call it before anything else.
    ///
    /// @param parentTree its root tree
    public void compareWith(Repository repository, BlobIndex index, ObjectId parentTree) {
        parents = ParentTrees.load(repository, index, parentTree, listener);
    }

    /// Reads the stream to its end; chunks are stored by `workers` threads while this one reads. The stream is not
    /// closed. If anything fails, nothing of it gets into the tree.
    ///
    /// @param path components joined with `/`, each a plain name
    /// @return bytes read and the SHA-256 of the whole stream
    /// @throws IllegalArgumentException if the path is none, or is taken by another stream
    /// @throws IOException              from the stream
    /// @throws dev.reprise.base.CancelledException if the calling thread was interrupted
    public StoredStream store(String path, InputStream stream) throws IOException {
        List<RawName> names = components(path);
        Folder folder = folder(names, path);
        long started = System.nanoTime();
        listener.on(new BackupEvent.Started("/" + path));
        var chunks = new ChunkCrew(writer, workers);
        StreamChunks content = new StreamChunks(chunker, chunks, this::progress);
        try (chunks) {
            content.readAll(stream);
            chunks.finish();
        }
        Node node = node(names.getLast(), NodeType.FILE, FILE_MODE, content.bytes(), chunks.content(), null);
        folder.entries.put(names.getLast(), new StoredFile(node));
        paths.add("/" + path);
        Change change = tally.file(parents.find(names), node, false);
        double seconds = (System.nanoTime() - started) / 1e9;
        listener.on(new BackupEvent.ItemDone(
                "/" + path, false, change.action(), seconds, chunks.freshBytes(), chunks.storedBytes(), 0, 0));
        return new StoredStream(path, content.bytes(), content.sha256());
    }

    /// Stores the directories. Call once, after the last stream was found to be whole.
    ///
    /// @return with the paths of the streams; without streams the empty tree
    public SavedTree finish() {
        ObjectId tree;
        try (BlobWriter.Session session = writer.session()) {
            tree = save(root, List.of(), session).blob.id();
        }
        return new SavedTree(tree, List.copyOf(paths), tally.counts(), 0);
    }

    private record SavedFolder(BlobWriter.Saved blob, int bytes) {}

    private SavedFolder save(Folder folder, List<RawName> path, BlobWriter.Session session) {
        var nodes = new ArrayList<Node>(folder.entries.size());
        folder.entries.forEach((name, entry) -> nodes.add(
                switch (entry) {
                    case StoredFile(Node node) -> node;
                    case Folder below -> directory(below, joined(path, name), session);
                }));
        byte[] encoded = TreeCodec.encode(nodes);
        return new SavedFolder(session.save(BlobType.TREE, encoded, 0, encoded.length), encoded.length);
    }

    private static List<RawName> joined(List<RawName> path, RawName name) {
        var joined = new ArrayList<>(path);
        joined.add(name);
        return joined;
    }

    private Node directory(Folder folder, List<RawName> path, BlobWriter.Session session) {
        SavedFolder saved = save(folder, path, session);
        Node node = node(path.getLast(), NodeType.DIR, DIRECTORY_MODE, 0, null, saved.blob.id());
        Change change = tally.directory(parents.find(path), node);
        long fresh = saved.blob.fresh() ? saved.bytes : 0;
        String shown = path.stream().map(RawName::toString).collect(Collectors.joining("/", "/", ""));
        listener.on(new BackupEvent.ItemDone(shown, true, change.action(), 0, 0, 0, fresh, saved.blob.storedBytes()));
        return node;
    }

    private Node node(
            RawName name,
            NodeType type,
            int unixMode,
            long size,
            @Nullable List<ObjectId> content,
            @Nullable ObjectId subtree) {
        return new Node(
                name,
                type,
                NodeMode.toGo(unixMode),
                time,
                time,
                time,
                uid,
                gid,
                "",
                "",
                0,
                0,
                size,
                0,
                null,
                List.of(),
                0,
                content,
                subtree,
                "",
                Map.of());
    }

    private static List<RawName> components(String path) {
        List<RawName> names = new ArrayList<>();
        for (String part : path.split("/", -1)) {
            RawName name = RawName.of(part);
            if (!name.isPlainName()) {
                throw new IllegalArgumentException("not a path of plain names: " + path);
            }
            names.add(name);
        }
        return names;
    }

    private Folder folder(List<RawName> names, String path) {
        Folder folder = root;
        for (RawName name : names.subList(0, names.size() - 1)) {
            Entry entry = folder.entries.computeIfAbsent(name, _ -> new Folder(new TreeMap<>()));
            if (!(entry instanceof Folder below)) {
                throw new IllegalArgumentException(
                        "a stream lies where %s needs a directory: %s".formatted(path, name));
            }
            folder = below;
        }
        if (folder.entries.containsKey(names.getLast())) {
            throw new IllegalArgumentException("the path is taken: " + path);
        }
        return folder;
    }

    private void progress(long streamBytes) {
        SavedTree.Counts counts = tally.counts();
        listener.on(new BackupEvent.Progress(counts.totalFiles(), counts.totalBytes() + streamBytes));
    }

    /// @param sha256 of the content
    public record StoredStream(String path, long bytes, ObjectId sha256) {}
}
