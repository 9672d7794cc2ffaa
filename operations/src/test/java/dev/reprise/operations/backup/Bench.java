package dev.reprise.operations.backup;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.base.Secret;
import dev.reprise.operations.filter.PatternList;
import dev.reprise.repository.Repository;
import dev.reprise.repository.chunk.Polynomial;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.pack.BlobReader;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.TreeCodec;
import dev.reprise.repository.tree.TreeFormatException;
import dev.reprise.sources.files.FileTree;
import dev.reprise.storage.Storage;
import dev.reprise.storage.memory.MemoryStorage;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A repository in memory, and backups into it that are looked at afterwards.
final class Bench implements AutoCloseable {
    static final ZoneId ZONE = ZoneId.of("Europe/Berlin");
    /// Opening costs nothing, so that each test can have a repository of its own.
    private static final ScryptParameters CHEAP = new ScryptParameters(2, 1, 1);

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-21T10:00:00Z"));

    final Storage storage;
    final Repository repository;
    final List<BackupEvent> events = Collections.synchronizedList(new ArrayList<>());
    BlobWriter.Stats added = new BlobWriter.Stats(0, 0, 0, 0, 0);

    Bench() {
        this(new MemoryStorage());
    }

    Bench(Storage storage) {
        this.storage = storage;
        this.repository = Repository.init(
                storage,
                Secret.of("secret"),
                new Repository.InitOptions(2, Polynomial.parse("3da3358b4dc173"), CHEAP),
                new SecureRandom(),
                CLOCK);
    }

    SavedTree backup(FilesRequest request) {
        return backup(request, FileTree.local());
    }

    SavedTree backup(FilesRequest request, FileTree files) {
        BlobIndex index = index();
        return backup(request, files, index, index);
    }

    /// @param seen what the backup takes for the index; the writer gets the other
    SavedTree backup(FilesRequest request, FileTree files, BlobIndex index, BlobIndex seen) {
        events.clear();
        try (BlobWriter writer = writer(index)) {
            SavedTree saved = new FilesBackup(repository, seen, writer, files, ZONE, events::add).run(request);
            writer.finish();
            added = writer.stats();
            return saved;
        }
    }

    BlobIndex index() {
        return repository.loadIndex((id, reason) -> {
            throw new AssertionError("index " + id, reason);
        });
    }

    BlobWriter writer(BlobIndex index) {
        return repository.writer(index, new HeldLock(), WriterOptions.DEFAULT);
    }

    List<Node> nodes(ObjectId tree) {
        try (BlobReader reader = repository.reader(index())) {
            return TreeCodec.decode(reader.read(BlobHandle.tree(tree)));
        } catch (TreeFormatException e) {
            throw new AssertionError(e);
        }
    }

    /// Every node below a tree by its path, `/a/b`.
    SortedMap<String, Node> all(SavedTree saved) {
        var all = new TreeMap<String, Node>();
        collect(saved.tree(), "", all);
        return all;
    }

    private void collect(ObjectId tree, String prefix, SortedMap<String, Node> into) {
        for (Node node : nodes(tree)) {
            String path = prefix + "/" + node.name();
            into.put(path, node);
            if (node.subtree() != null) {
                collect(node.subtree(), path, into);
            }
        }
    }

    Node node(SavedTree saved, String path) {
        return Objects.requireNonNull(
                all(saved).get(path), () -> path + " is not in " + all(saved).keySet());
    }

    byte[] content(Node file) {
        var content = new ByteArrayOutputStream();
        try (BlobReader reader = repository.reader(index())) {
            for (ObjectId id : Objects.requireNonNull(file.content())) {
                content.writeBytes(reader.read(BlobHandle.data(id)));
            }
        }
        return content.toByteArray();
    }

    <E extends BackupEvent> List<E> events(Class<E> type) {
        synchronized (events) {
            return events.stream().filter(type::isInstance).map(type::cast).toList();
        }
    }

    /// Local path and reason of everything that could not be read.
    List<String> unreadable() {
        return events(BackupEvent.Unreadable.class).stream()
                .map(event -> event.path() + ": " + event.reason())
                .sorted()
                .toList();
    }

    @Override
    public void close() {
        repository.close();
    }

    static RawName raw(Path path) {
        return RawName.of(path.toString());
    }

    /// A request for one folder, whose entries become the root of the snapshot.
    static Ask in(Path folder) {
        return new Ask(folder);
    }

    /// A request with everything at its default but what is asked for.
    static final class Ask {
        private final Path folder;
        private List<String> targets = List.of(".");
        private @Nullable ObjectId parent;
        private List<PatternList> excludes = List.of();
        private Map<String, String> ifPresent = Map.of();
        private boolean caches;
        private long largerThan = -1;
        private boolean oneFileSystem;
        private boolean withAtime;
        private boolean ignoreCtime;
        private boolean ignoreInode;
        private int workers = 3;

        private Ask(Path folder) {
            this.folder = folder;
        }

        Ask targets(String... typed) {
            targets = List.of(typed);
            return this;
        }

        Ask since(SavedTree saved) {
            parent = saved.tree();
            return this;
        }

        Ask since(ObjectId tree) {
            parent = tree;
            return this;
        }

        Ask exclude(String... patterns) {
            excludes = List.of(PatternList.of(List.of(patterns), false));
            return this;
        }

        Ask excludeIfPresent(String name, String header) {
            ifPresent = Map.of(name, header);
            return this;
        }

        Ask excludeCaches() {
            caches = true;
            return this;
        }

        Ask largerThan(long bytes) {
            largerThan = bytes;
            return this;
        }

        Ask oneFileSystem() {
            oneFileSystem = true;
            return this;
        }

        Ask withAtime() {
            withAtime = true;
            return this;
        }

        Ask ignoreCtime() {
            ignoreCtime = true;
            return this;
        }

        Ask ignoreInode() {
            ignoreInode = true;
            return this;
        }

        Ask workers(int count) {
            workers = count;
            return this;
        }

        FilesRequest request() {
            return new FilesRequest(
                    targets.stream().map(RawName::of).toList(),
                    raw(folder),
                    parent,
                    excludes,
                    ifPresent,
                    caches,
                    largerThan,
                    oneFileSystem,
                    withAtime,
                    ignoreCtime,
                    ignoreInode,
                    workers);
        }
    }

    /// A lock nobody can take away.
    private static final class HeldLock implements RepositoryLock {
        @Override
        public Kind kind() {
            return Kind.SHARED;
        }

        @Override
        public void ensureHeld() {}

        @Override
        public void close() {}
    }
}
