package dev.reprise.compat;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Secret;
import dev.reprise.repository.Repository;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.SnapshotEdit;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.local.LocalStorage;
import dev.reprise.testkit.restic.StockRestic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A repository made by stock restic with a few snapshots, and copies of it to compare what two programs do to it.
final class HistoryFixture {
    static final String PASSWORD = "history";
    /// Folders and files of the repository that [#filled] made first: restic makes it once for all tests.
    private static Map<Path, Optional<byte[]>> template = Map.of();

    final Path home;
    final Path repository;
    final StockRestic restic;
    final RepriseRestic reprise;

    private HistoryFixture(Path repository) {
        this.home = repository.resolveSibling(".").normalize();
        this.repository = repository;
        this.restic = StockRestic.of("0.19", repository, PASSWORD);
        this.reprise = RepriseRestic.of(repository, PASSWORD);
    }

    static HistoryFixture at(Path repository) {
        return new HistoryFixture(repository);
    }

    /// A new repository whose key costs nothing.
    static HistoryFixture create(Path repository, int version) {
        CheapRepository.create(repository, PASSWORD, version);
        return new HistoryFixture(repository);
    }

    /// Two snapshots by restic of a folder with a few directories.
    static HistoryFixture filled(Path home) throws IOException {
        Path repository = home.resolve("repository");
        if (template.isEmpty()) {
            HistoryFixture fixture = create(repository, 2);
            firstEdition(home.resolve("tree"));
            fixture.backup("2024-01-01 10:00:00", "first");
            secondEdition(home.resolve("tree"));
            fixture.backup("2024-01-02 10:00:00", "second,kept");
            template = contentsOf(repository);
            return fixture;
        }
        for (Map.Entry<Path, Optional<byte[]>> each : template.entrySet()) {
            Path path = repository.resolve(each.getKey().toString());
            if (each.getValue().isPresent()) {
                Files.write(path, each.getValue().get());
            } else {
                Files.createDirectories(path);
            }
        }
        firstEdition(home.resolve("tree"));
        secondEdition(home.resolve("tree"));
        return new HistoryFixture(repository);
    }

    private static void firstEdition(Path tree) throws IOException {
        write(tree.resolve("a.txt"), "alpha");
        write(tree.resolve("docs/b.txt"), "beta".repeat(1000));
        write(tree.resolve("docs/deep/c.log"), "gamma");
        write(tree.resolve("docs/deep/big.bin"), "0123456789abcdef".repeat(100_000));
        write(tree.resolve("logs/d.log"), "delta");
    }

    private static void secondEdition(Path tree) throws IOException {
        write(tree.resolve("a.txt"), "alpha, second edition");
        write(tree.resolve("logs/e.log"), "epsilon");
    }

    private static Map<Path, Optional<byte[]>> contentsOf(Path repository) throws IOException {
        Map<Path, Optional<byte[]>> contents = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(repository)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                contents.put(
                        repository.relativize(path),
                        Files.isDirectory(path) ? Optional.empty() : Optional.of(Files.readAllBytes(path)));
            }
        }
        return contents;
    }

    void backup(String time, String tags) {
        restic.ok(home.resolve("tree"), "backup", "--host", "h1", "--time", time, "--tag", tags, ".");
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /// A copy of everything, to do the same with another program.
    HistoryFixture copy(String name) {
        Path target = home.resolve(name);
        try (Stream<Path> files = Files.walk(repository)) {
            for (Path file : files.sorted().toList()) {
                Path copied = target.resolve(repository.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copied);
                } else {
                    Files.copy(file, copied);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new HistoryFixture(target);
    }

    Repository open() {
        return Repository.open(
                new LocalStorage(repository), Secret.of(PASSWORD), new SecureRandom(), InstantSource.system());
    }

    /// Oldest first; an unreadable one fails the test.
    List<StoredSnapshot> snapshots() {
        try (Repository opened = open()) {
            return opened.snapshots((id, reason) -> {
                throw new AssertionError("snapshot " + id, reason);
            });
        }
    }

    /// The snapshots without what differs from run to run: ids of new ones.
    List<Snapshot> contents() {
        List<Snapshot> contents = new ArrayList<>();
        snapshots().forEach(stored -> contents.add(stored.snapshot()));
        contents.sort(Comparator.comparing(Snapshot::toString));
        return contents;
    }

    List<Snapshot> contentsWithoutOriginal() {
        List<Snapshot> contents = new ArrayList<>();
        contents()
                .forEach(each -> contents.add(
                        new SnapshotEdit(each).original(ObjectId.NULL).done()));
        contents.sort(Comparator.comparing(Snapshot::toString));
        return contents;
    }

    List<ObjectId> ids(ObjectType type) {
        var ids = new ArrayList<ObjectId>();
        try (var storage = new LocalStorage(repository)) {
            storage.list(type, found -> ids.add(ObjectId.parse(found.key().name())));
        }
        ids.sort(null);
        return ids;
    }

    Path file(ObjectType type, ObjectId id) {
        return repository.resolve(ObjectKey.of(type, id).path());
    }

    /// Stock restic finds nothing wrong.
    void mustBeClean() {
        restic.ok("check", "--read-data", "--no-lock");
    }

    /// What restic restores of a snapshot: path → content.
    Map<String, String> restored(ObjectId snapshot) throws IOException {
        Path target = Files.createTempDirectory(home, "restored");
        restic.ok("restore", snapshot.hex(), "--target", target.toString(), "--no-lock");
        return FolderListing.of(target);
    }
}
