package dev.reprise.compat;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Secret;
import dev.reprise.compat.Damage.Harm;
import dev.reprise.compat.Damage.Kind;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex.PackContent;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.index.IndexScan;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.Compression;
import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.model.ProcessIdentity;
import dev.reprise.repository.snapshot.SnapshotCodec;
import dev.reprise.storage.ObjectType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// A repository that has every kind of object at least twice, and what can be done to it.
final class DamageFixture {
    final HistoryFixture whole;
    final SavedFiles saved;
    /// The configuration of another repository.
    final Path otherConfig;

    private final Map<Kind, List<String>> objects = new EnumMap<>(Kind.class);
    /// Packs by the index file that describes them.
    private final Map<String, Set<String>> indexed = new HashMap<>();

    private DamageFixture(HistoryFixture whole, Path otherConfig) {
        this.whole = whole;
        this.otherConfig = otherConfig;
        saved = SavedFiles.of(whole);
        for (Kind kind : Kind.values()) {
            objects.put(kind, names(kind));
        }
        try (Repository repository = whole.open()) {
            repository.indexScan().forEach(new IndexScan.Visitor() {
                @Override
                public void file(ObjectId id, byte[] json, List<PackContent> packs) {
                    indexed.put(
                            id.hex(),
                            packs.stream().map(pack -> pack.pack().hex()).collect(Collectors.toSet()));
                }

                @Override
                public void damaged(ObjectId id, RuntimeException reason) {
                    throw new AssertionError("index " + id, reason);
                }
            });
        }
    }

    Set<String> packsOfIndex(String index) {
        return indexed.getOrDefault(index, Set.of());
    }

    private List<String> names(Kind kind) {
        return switch (kind) {
            case CONFIG -> List.of("config");
            case TREES -> packs(BlobType.TREE);
            case DATA -> packs(BlobType.DATA);
            case KEY, INDEX, SNAPSHOT, LOCK, POINT, READINGS, PARTIAL ->
                whole.ids(kind.type).stream().map(ObjectId::hex).toList();
        };
    }

    private List<String> packs(BlobType type) {
        var packs = new TreeSet<String>();
        saved.blobs()
                .forEach((handle, places) -> places.stream()
                        .filter(_ -> handle.type() == type)
                        .forEach(place -> packs.add(place.pack().hex())));
        return List.copyOf(packs);
    }

    static DamageFixture create(Path home, Random random) throws IOException {
        HistoryFixture whole = HistoryFixture.create(home.resolve("whole"), 2);
        Path tree = Files.createDirectories(home.resolve("tree"));
        for (int day = 1; day <= 3; day++) {
            for (int file = 0; file < 4; file++) {
                write(tree.resolve("day%d/file%d".formatted(day, file)), random, 20_000);
                write(tree.resolve("day%d/deep/er/file%d".formatted(day, file)), random, 3_000);
            }
            write(tree.resolve("changing/often"), random, 1_500_000);
            write(tree.resolve("changing/file"), random, 5_000);
            Files.writeString(tree.resolve("same"), "the same every day");
            whole.backup("2024-01-0%d 10:00:00".formatted(day), "day" + day);
        }
        var engine = new RepriseRepository(whole.repository, HistoryFixture.PASSWORD);
        engine.backupInside(tree.resolve("day1"), Compression.AUTO);
        write(tree.resolve("day1/last"), random, 9_000);
        engine.backupInside(tree.resolve("day1"), Compression.AUTO);
        whole.reprise.ok("check", "--read-data");
        beside(whole);
        HistoryFixture other = HistoryFixture.create(home.resolve("other"), 2);
        return new DamageFixture(whole, other.repository.resolve("config"));
    }

    private static void write(Path file, Random random, int bytes) throws IOException {
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    /// A second password, and what a backup leaves that was broken off.
    private static void beside(HistoryFixture whole) {
        try (Repository repository = whole.open()) {
            repository
                    .keyring()
                    .add(
                            Secret.of("second"),
                            CheapRepository.COSTS,
                            GoTime.parse("2024-01-01T00:00:00Z"),
                            ProcessIdentity.current());
            repository
                    .unpacked()
                    .save(
                            ObjectType.PARTIAL,
                            SnapshotCodec.encode(whole.snapshots().getFirst().snapshot()));
        }
    }

    /// Puts a lock into a copy that nobody holds any more.
    ///
    /// @return its name
    static String leaveLock(HistoryFixture copy) throws IOException {
        byte[] bytes;
        ObjectId id;
        try (Repository repository = copy.open();
                RepositoryLock held = repository.lock(RepositoryLock.Kind.SHARED, Duration.ZERO)) {
            held.ensureHeld();
            id = copy.ids(ObjectType.LOCK).getFirst();
            bytes = Files.readAllBytes(copy.file(ObjectType.LOCK, id));
        }
        Files.write(copy.file(ObjectType.LOCK, id), bytes);
        return id.hex();
    }

    List<String> objects(Kind kind) {
        return objects.getOrDefault(kind, List.of());
    }

    long size(Kind kind, String object) {
        return Damage.file(whole.repository, kind, object).toFile().length();
    }

    /// At any place, to any object of the kind.
    Damage draw(Kind kind, Harm harm, Random random) {
        List<String> all = objects(kind);
        String object = all.get(random.nextInt(all.size()));
        List<String> others = new ArrayList<>(all);
        others.remove(object);
        String other = others.isEmpty() ? "" : others.get(random.nextInt(others.size()));
        return new Damage(kind, harm, object, other, random.nextLong(size(kind, object)));
    }

    /// One that does not need a second object where there is none.
    static boolean isPossible(Kind kind, Harm harm) {
        return switch (kind) {
            case CONFIG -> harm != Harm.SWAP;
            case LOCK, READINGS, PARTIAL -> harm != Harm.SWAP && harm != Harm.OTHER;
            case KEY, INDEX, SNAPSHOT, TREES, DATA, POINT -> true;
        };
    }

    /// A bit of every region of one pack: each blob, the header, its length.
    List<Damage> flips(Kind kind, String pack) {
        List<Damage> flips = new ArrayList<>();
        for (BlobLocation blob : saved.of(ObjectId.parse(pack))) {
            flips.add(new Damage(kind, Harm.FLIP, pack, "", blob.offset() + blob.length() / 2));
        }
        long size = size(kind, pack);
        flips.add(new Damage(kind, Harm.FLIP, pack, "", size - 20));
        flips.add(new Damage(kind, Harm.FLIP, pack, "", size - 3));
        return flips;
    }

    static List<Harm> harms(Kind kind) {
        return Arrays.stream(Harm.values())
                .filter(harm -> isPossible(kind, harm))
                .toList();
    }
}
