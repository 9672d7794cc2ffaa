package dev.reprise.operations.restore;

import dev.reprise.base.ByteSize;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.base.Secret;
import dev.reprise.repository.Repository;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.Compression;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeMode;
import dev.reprise.repository.tree.NodeTime;
import dev.reprise.repository.tree.NodeType;
import dev.reprise.repository.tree.TreeCodec;
import dev.reprise.storage.Storage;
import dev.reprise.storage.memory.MemoryStorage;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A small real repository that a test fills node by node, without the backup.
public final class SampleRepository implements AutoCloseable {
    public static final long MTIME = 1_700_000_000;
    private static final NodeTime TIME = new NodeTime(MTIME, 123_456_789, 0);
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2024-05-01T00:00:00Z"));
    private static final Secret PASSWORD = Secret.of("sample");
    /// Nobody attacks a sample, so its key costs next to nothing.
    private static final Repository.InitOptions CHEAP =
            new Repository.InitOptions(2, null, new ScryptParameters(2, 8, 1));

    public final Storage storage;
    public final Repository repository;
    public BlobIndex index;
    private final RepositoryLock lock;
    private BlobWriter writer;
    private BlobWriter.Session session;

    public SampleRepository() {
        this(new MemoryStorage());
    }

    /// Initialises a repository.
    public SampleRepository(Storage storage) {
        this(storage, Repository.init(storage, PASSWORD, CHEAP, new SecureRandom(), CLOCK));
    }

    /// Opens a repository that such a sample initialised.
    public static SampleRepository open(Storage storage) {
        return new SampleRepository(storage, Repository.open(storage, PASSWORD, new SecureRandom(), CLOCK));
    }

    /// Opens it without taking a lock.
    public static Repository openAlone(Storage storage) {
        return Repository.open(storage, PASSWORD, new SecureRandom(), CLOCK);
    }

    private SampleRepository(Storage storage, Repository repository) {
        this.storage = storage;
        this.repository = repository;
        lock = repository.lock(RepositoryLock.Kind.SHARED, Duration.ZERO);
        index = load();
        writer = repository.writer(index, lock, options());
        session = writer.session();
    }

    private static WriterOptions options() {
        return new WriterOptions(Compression.AUTO, ByteSize.ofMebibytes(4));
    }

    private BlobIndex load() {
        return repository.loadIndex((id, reason) -> {});
    }

    /// Makes everything saved so far durable, in packs of its own, and loads the index anew.
    public void finish() {
        session.close();
        writer.finish();
        reload();
    }

    /// Forgets what was not finished, and knows what the index says now.
    public void reload() {
        session.close();
        writer.close();
        index = load();
        writer = repository.writer(index, lock, options());
        session = writer.session();
    }

    public ObjectId data(byte[] content) {
        return session.save(BlobType.DATA, content, 0, content.length).id();
    }

    public ObjectId data(String content) {
        return data(content.getBytes(StandardCharsets.UTF_8));
    }

    /// @param nodes in any order
    public ObjectId tree(Node... nodes) {
        List<Node> sorted = new ArrayList<>(Arrays.asList(nodes));
        sorted.sort(Comparator.comparing(Node::name));
        return rawTree(TreeCodec.encode(sorted));
    }

    /// Any bytes as a tree blob.
    public ObjectId rawTree(byte[] bytes) {
        return session.save(BlobType.TREE, bytes, 0, bytes.length).id();
    }

    public ObjectId snapshot(ObjectId tree) {
        return repository.save(new Snapshot(
                OffsetDateTime.parse("2024-05-01T00:00:00Z"),
                null,
                tree,
                List.of("/data"),
                "host",
                "user",
                0,
                0,
                List.of(),
                List.of(),
                null,
                "reprise test",
                null,
                Map.of()));
    }

    /// A file whose chunks are the given texts.
    public Node file(String name, String... chunks) {
        var ids = new ArrayList<ObjectId>();
        long size = 0;
        for (String chunk : chunks) {
            ids.add(data(chunk));
            size += chunk.getBytes(StandardCharsets.UTF_8).length;
        }
        return file(name, size, ids);
    }

    public static Node file(String name, long size, @Nullable List<ObjectId> content) {
        return new Sample(RawName.of(name), NodeType.FILE)
                .content(size, content)
                .node();
    }

    public static Node dir(String name, @Nullable ObjectId tree) {
        return new Sample(RawName.of(name), NodeType.DIR).subtree(tree).node();
    }

    public static Node symlink(String name, String target) {
        return new Sample(RawName.of(name), NodeType.SYMLINK).target(target).node();
    }

    @Override
    public void close() {
        session.close();
        writer.close();
        lock.close();
        repository.close();
    }

    /// A node whose members can be chosen one by one.
    public static final class Sample {
        private final RawName name;
        private final NodeType type;
        private int mode;
        private NodeTime mtime = TIME;
        private long inode;
        private long links = 1;
        private long size;
        private List<Node.ExtendedAttribute> attributes = List.of();
        private @Nullable RawName target;
        private @Nullable List<ObjectId> content;
        private @Nullable ObjectId subtree;

        public Sample(RawName name, NodeType type) {
            this.name = name;
            this.type = type;
            mode = switch (type) {
                case DIR -> 040755;
                case SYMLINK -> 0120777;
                case FIFO -> 010644;
                case FILE, DEV, CHARDEV, SOCKET, IRREGULAR -> 0100640;
            };
        }

        public Sample mode(int unixMode) {
            mode = unixMode;
            return this;
        }

        public Sample mtime(long second) {
            mtime = new NodeTime(second, 0, 0);
            return this;
        }

        public Sample links(long inodeNumber, long count) {
            inode = inodeNumber;
            links = count;
            return this;
        }

        public Sample content(long bytes, @Nullable List<ObjectId> ids) {
            size = bytes;
            content = ids;
            return this;
        }

        public Sample subtree(@Nullable ObjectId tree) {
            subtree = tree;
            return this;
        }

        public Sample attribute(String key, byte[] value) {
            attributes = List.of(new Node.ExtendedAttribute(key, value));
            return this;
        }

        public Sample target(String text) {
            target = RawName.of(text);
            return this;
        }

        public Node node() {
            return new Node(
                    name,
                    type,
                    NodeMode.toGo(mode),
                    mtime,
                    TIME,
                    TIME,
                    0,
                    0,
                    "",
                    "",
                    inode,
                    inode == 0 ? 0 : 42,
                    size,
                    links,
                    target,
                    attributes,
                    0,
                    content,
                    subtree,
                    "",
                    Map.of());
        }
    }
}
