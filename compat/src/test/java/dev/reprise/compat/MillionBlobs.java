package dev.reprise.compat;

import dev.reprise.base.ByteSize;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.base.Secret;
import dev.reprise.repository.Repository;
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

/// A repository of many small files in many folders. Index, trees and snapshots are real; packs of data are holes of
/// the
/// right size, so that it can be walked but not read.
final class MillionBlobs {
    static final String PASSWORD = "million";
    private static final int FILES_OF_FOLDER = 9;
    private static final int BLOBS_OF_PACK = 800;
    private static final int BLOBS_OF_INDEX = 50_000;
    private static final NodeTime TIME = new NodeTime(1_700_000_000, 0, 0);

    private final Path place;
    private final String password;
    private final SplittableRandom random;
    private PackEntries entries = new PackEntries();
    private long offset;
    private int blobs;
    private List<IndexDocument.Pack> unsaved = new ArrayList<>();

    private MillionBlobs(Path place, String password, long seed) {
        this.password = password;
        this.place = place;
        random = new SplittableRandom(seed);
    }

    /// Two snapshots; in the second one the first of the folders has other files.
    ///
    /// @param folders of the lowest level, each a tree and nine blobs of data; a multiple of 100
    static void write(Path place, String password, int folders, long seed) throws IOException {
        new MillionBlobs(place, password, seed).write(folders);
    }

    private void write(int folders) throws IOException {
        var cheap = new Repository.InitOptions(2, null, CheapRepository.COSTS);
        try (Repository repository = Repository.init(
                        new LocalStorage(place),
                        Secret.of(password),
                        cheap,
                        new SecureRandom(),
                        InstantSource.system());
                RepositoryLock lock = repository.lock(RepositoryLock.Kind.SHARED, Duration.ZERO);
                var index = repository.readIndex((_, reason) -> {
                    throw reason;
                });
                BlobWriter writer =
                        repository.writer(index, lock, new WriterOptions(Compression.AUTO, ByteSize.ofMebibytes(16)))) {
            try (BlobWriter.Session trees = writer.session()) {
                List<Node> top = new ArrayList<>();
                for (int i = 0; i < folders / 100; i++) {
                    List<Node> middle = new ArrayList<>();
                    for (int j = 0; j < 100; j++) {
                        middle.add(folder("folder%02d".formatted(j), save(trees, files(repository))));
                    }
                    top.add(folder("part%06d".formatted(i), save(trees, middle)));
                }
                ObjectId first = save(trees, top);
                top.set(0, folder("part000000", save(trees, files(repository))));
                ObjectId second = save(trees, top);
                pack(repository);
                saveIndex(repository);
                writer.finish();
                snapshot(repository, first, "2024-05-01T00:00:00Z");
                snapshot(repository, second, "2024-05-02T00:00:00Z");
            }
        }
    }

    private List<Node> files(Repository repository) throws IOException {
        List<Node> files = new ArrayList<>();
        for (int i = 0; i < FILES_OF_FOLDER; i++) {
            int plain = 2000 + random.nextInt(30_000);
            ObjectId id = id();
            entries.add(BlobType.DATA, id, offset, plain / 2 + 40, plain);
            offset += plain / 2 + 40;
            files.add(node(NodeType.FILE, "file%d".formatted(i), plain, List.of(id), null));
            if (entries.size() == BLOBS_OF_PACK) {
                pack(repository);
            }
        }
        return files;
    }

    private void pack(Repository repository) throws IOException {
        if (entries.size() == 0) {
            return;
        }
        ObjectId name = id();
        Path file = place.resolve(ObjectKey.of(ObjectType.PACK, name).path());
        Files.createDirectories(file.getParent());
        try (var hole = new RandomAccessFile(file.toFile(), "rw")) {
            hole.setLength(offset + 41L * entries.size() + 36);
        }
        unsaved.add(new IndexDocument.Pack(name, entries));
        blobs += entries.size();
        entries = new PackEntries();
        offset = 0;
        if (blobs >= BLOBS_OF_INDEX) {
            saveIndex(repository);
        }
    }

    private void saveIndex(Repository repository) {
        if (!unsaved.isEmpty()) {
            repository.indexDocuments().save(IndexDocuments.encode(unsaved, List.of()));
            unsaved = new ArrayList<>();
            blobs = 0;
        }
    }

    private ObjectId id() {
        return new ObjectId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    private static ObjectId save(BlobWriter.Session trees, List<Node> nodes) {
        byte[] bytes = TreeCodec.encode(nodes);
        return trees.save(BlobType.TREE, bytes, 0, bytes.length).id();
    }

    private static Node folder(String name, ObjectId tree) {
        return node(NodeType.DIR, name, 0, null, tree);
    }

    private static Node node(
            NodeType type, String name, long size, @Nullable List<ObjectId> content, @Nullable ObjectId subtree) {
        return new Node(
                RawName.of(name),
                type,
                0644,
                TIME,
                TIME,
                TIME,
                0,
                0,
                "",
                "",
                0,
                0,
                size,
                1,
                null,
                List.of(),
                0,
                content,
                subtree,
                "",
                Map.of());
    }

    private static void snapshot(Repository repository, ObjectId root, String time) {
        repository.save(new Snapshot(
                OffsetDateTime.parse(time),
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
