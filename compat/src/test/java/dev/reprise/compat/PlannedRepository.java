package dev.reprise.compat;

import dev.reprise.base.ByteSize;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.base.Secret;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.IndexDocument;
import dev.reprise.repository.index.IndexDocuments;
import dev.reprise.repository.index.PackEntries;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.Compression;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeTime;
import dev.reprise.repository.tree.NodeType;
import dev.reprise.repository.tree.TreeCodec;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.local.LocalStorage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// A repository that can be planned but not restored: index files, trees and a snapshot are real, packs of
/// data are holes of the right size. Packs repeat a pattern: of every ten, one is not used at all, one is
/// used by half, one has copies of what another holds, the others are wholly used.
final class PlannedRepository {
    static final String PASSWORD = "planned";
    private static final int BLOBS_OF_PACK = 160;
    private static final int BLOBS_OF_INDEX = 50_000;
    private static final int FILES_OF_TREE = 100;
    private static final int CHUNKS_OF_FILE = 100;
    private static final NodeTime TIME = new NodeTime(1_700_000_000, 0, 0);

    /// What a plan for it must say of data.
    ///
    /// @param usedBlobs   distinct
    /// @param copies      further copies of used blobs
    /// @param unusedPacks packs nothing of which is used
    record Expected(long blobs, long usedBlobs, long copies, long unusedBlobs, long packs, long unusedPacks) {}

    private final Path folder;
    private final SplittableRandom random;
    private final Repository repository;
    private final BlobWriter.Session session;
    private List<IndexDocument.Pack> unsaved = new ArrayList<>();
    private int unsavedBlobs;
    private final List<ObjectId> waitingChunks = new ArrayList<>();
    private final List<Node> waitingFiles = new ArrayList<>();
    private final List<Node> folders = new ArrayList<>();
    private PackEntries toCopy = new PackEntries();

    private long usedBlobs;
    private long copies;
    private long unusedBlobs;
    private long unusedPacks;

    private PlannedRepository(Path folder, long seed, Repository repository, BlobWriter.Session session) {
        this.folder = folder;
        this.random = new SplittableRandom(seed);
        this.repository = repository;
        this.session = session;
    }

    /// @param packs a multiple of ten
    static Expected write(Path folder, int packs, long seed) throws IOException {
        CheapRepository.create(folder, PASSWORD);
        try (Repository opened = Repository.open(
                        new LocalStorage(folder), Secret.of(PASSWORD), new SecureRandom(), InstantSource.system());
                RepositoryLock lock = opened.lock(RepositoryLock.Kind.SHARED, Duration.ZERO)) {
            BlobIndex index = opened.loadIndex((_, reason) -> {
                throw reason;
            });
            var options = new WriterOptions(Compression.AUTO, ByteSize.ofMebibytes(16));
            try (BlobWriter writer = opened.writer(index, lock, options);
                    BlobWriter.Session trees = writer.session()) {
                var planned = new PlannedRepository(folder, seed, opened, trees);
                ObjectId root = planned.fill(packs);
                writer.finish();
                planned.snapshot(root);
                return planned.expected(packs);
            }
        }
    }

    private ObjectId fill(int packs) throws IOException {
        for (int pack = 0; pack < packs; pack++) {
            pack(pack % 10);
        }
        saveIndex();
        return root();
    }

    private Expected expected(int packs) {
        return new Expected((long) packs * BLOBS_OF_PACK, usedBlobs, copies, unusedBlobs, packs, unusedPacks);
    }

    private void pack(int kind) throws IOException {
        var entries = new PackEntries();
        long offset = 0;
        for (int i = 0; i < BLOBS_OF_PACK; i++) {
            boolean copy = kind == 3;
            ObjectId id = copy ? toCopy.id(i) : id();
            int plain = copy ? toCopy.uncompressedLength(i) : 2000 + random.nextInt(200_000);
            int length = copy ? toCopy.length(i) : plain / 2 + 40;
            entries.add(BlobType.DATA, id, offset, length, plain);
            offset += length;
            count(kind, i, id);
        }
        if (kind == 2) {
            toCopy = entries;
        }
        unusedPacks += kind == 0 ? 1 : 0;
        ObjectId name = id();
        hole(name, offset + 41L * BLOBS_OF_PACK + 36);
        unsaved.add(new IndexDocument.Pack(name, entries));
        unsavedBlobs += BLOBS_OF_PACK;
        if (unsavedBlobs >= BLOBS_OF_INDEX) {
            saveIndex();
        }
    }

    private void count(int kind, int i, ObjectId id) {
        if (kind == 0 || (kind == 1 && i % 2 == 0)) {
            unusedBlobs++;
        } else if (kind == 3) {
            copies++;
        } else {
            usedBlobs++;
            use(id);
        }
    }

    private ObjectId id() {
        return new ObjectId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    private void hole(ObjectId name, long size) throws IOException {
        Path file = folder.resolve(ObjectKey.of(ObjectType.PACK, name).path());
        Files.createDirectories(file.getParent());
        try (var pack = new RandomAccessFile(file.toFile(), "rw")) {
            pack.setLength(size);
        }
    }

    private void saveIndex() {
        if (!unsaved.isEmpty()) {
            repository.indexDocuments().save(IndexDocuments.encode(unsaved, List.of()));
            unsaved = new ArrayList<>();
            unsavedBlobs = 0;
        }
    }

    private void use(ObjectId chunk) {
        waitingChunks.add(chunk);
        if (waitingChunks.size() == CHUNKS_OF_FILE) {
            file();
        }
    }

    private void file() {
        waitingFiles.add(node(NodeType.FILE, "%05d".formatted(waitingFiles.size()), List.copyOf(waitingChunks), null));
        waitingChunks.clear();
        if (waitingFiles.size() == FILES_OF_TREE) {
            folder();
        }
    }

    private void folder() {
        folders.add(node(NodeType.DIR, "%06d".formatted(folders.size()), null, tree(waitingFiles)));
        waitingFiles.clear();
    }

    private ObjectId tree(List<Node> nodes) {
        byte[] bytes = TreeCodec.encode(nodes);
        return session.save(BlobType.TREE, bytes, 0, bytes.length).id();
    }

    private ObjectId root() {
        if (!waitingChunks.isEmpty()) {
            file();
        }
        if (!waitingFiles.isEmpty()) {
            folder();
        }
        return tree(folders);
    }

    private static Node node(NodeType type, String name, @Nullable List<ObjectId> content, @Nullable ObjectId subtree) {
        return new Node(
                RawName.of(name),
                type,
                420,
                TIME,
                TIME,
                TIME,
                0,
                0,
                "",
                "",
                0,
                0,
                content == null ? 0 : content.size(),
                1,
                null,
                List.of(),
                0,
                content,
                subtree,
                "",
                Map.of());
    }

    private void snapshot(ObjectId root) {
        repository.save(new Snapshot(
                OffsetDateTime.parse("2024-05-01T00:00:00Z"),
                null,
                root,
                List.of("/data"),
                "host",
                "user",
                0,
                0,
                List.of(),
                List.of(),
                null,
                "",
                null,
                Map.of()));
    }
}
