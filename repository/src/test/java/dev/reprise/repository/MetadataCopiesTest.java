package dev.reprise.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.Secret;
import dev.reprise.repository.cache.CacheFolders;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.pack.BlobReader;
import dev.reprise.storage.faults.FaultyStorage;
import dev.reprise.storage.faults.FaultyStorage.Operation;
import dev.reprise.storage.local.LocalStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A repository of stock restic, read through copies of its metadata.
class MetadataCopiesTest {
    @TempDir
    Path folder;

    private Path place = Path.of("set before each test");
    private long reads;

    @BeforeEach
    void unpack() throws IOException {
        place = ResticFixture.unpack("restic-v2-0.19", folder);
    }

    /// Reads every snapshot and tree.
    ///
    /// @return trees by their names
    private Map<String, byte[]> read(boolean past) {
        var storage = new FaultyStorage(new LocalStorage(place), 1);
        var secret = Secret.of(ResticFixture.PASSWORD);
        Map<String, byte[]> trees = new TreeMap<>();
        try (Repository repository = Repository.open(storage, secret, new SecureRandom(), InstantSource.system())) {
            long before = storage.count(Operation.READ);
            repository.keepMetadataIn(new CacheFolders(folder.resolve("cache"), InstantSource.system()));
            if (past) {
                repository.readPastCopies();
            }
            repository.snapshots((id, reason) -> {
                throw reason;
            });
            BlobIndex index = repository.readIndex((id, reason) -> {
                throw reason;
            });
            long indexFiles = before + 1;
            try (BlobReader reader = repository.reader(index)) {
                for (BlobHandle tree : trees(index)) {
                    trees.put(tree.id().hex(), reader.read(tree));
                }
                trees.putAll(inPacks(index, reader));
            }
            reads = storage.count(Operation.READ) - indexFiles;
        }
        return trees;
    }

    private static List<BlobHandle> trees(BlobIndex index) {
        List<BlobHandle> trees = new ArrayList<>();
        index.forEachPack(pack -> pack.blobs().stream()
                .map(BlobLocation::handle)
                .filter(handle -> handle.type() == BlobType.TREE)
                .forEach(trees::add));
        return trees;
    }

    private static Map<String, byte[]> inPacks(BlobIndex index, BlobReader reader) {
        Map<String, byte[]> found = new TreeMap<>();
        index.forEachPack(pack -> {
            List<BlobLocation> trees = pack.blobs().stream()
                    .filter(blob -> blob.handle().type() == BlobType.TREE)
                    .toList();
            reader.readPack(pack.pack(), trees, new BlobReader.PackConsumer() {
                @Override
                public void blob(BlobLocation blob, byte[] bytes, int length) {
                    found.put(blob.handle().id().hex() + " of pack", Arrays.copyOf(bytes, length));
                }

                @Override
                public void damaged(BlobLocation blob, RuntimeException reason) {
                    throw reason;
                }
            });
        });
        return found;
    }

    private List<Path> files(Path below) throws IOException {
        try (Stream<Path> files = Files.walk(below)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> String.valueOf(file.getFileName()).length() == 64)
                    .toList();
        }
    }

    @Test
    void the_second_run_reads_neither_snapshots_nor_trees_at_the_place() {
        Map<String, byte[]> first = read(false);
        assertThat(reads).isPositive();
        Map<String, byte[]> second = read(false);
        assertThat(reads).isZero();
        assertThat(second).hasSize(first.size()).hasSizeGreaterThan(10);
        second.forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(first.get(name)));
    }

    @Test
    void broken_copies_are_read_again_and_replaced() throws IOException {
        Map<String, byte[]> sound = read(false);
        for (Path file : files(folder.resolve("cache"))) {
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 4;
            Files.write(file, bytes);
        }
        Map<String, byte[]> again = read(false);
        again.forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(sound.get(name)));
        assertThat(reads).isPositive();
        read(false);
        assertThat(reads).isZero();
    }

    @Test
    void who_examines_the_place_sees_its_damage_past_good_copies() throws IOException {
        read(false);
        for (Path pack : files(place.resolve("data"))) {
            Files.setPosixFilePermissions(pack, PosixFilePermissions.fromString("rw-------"));
            byte[] bytes = Files.readAllBytes(pack);
            bytes[20] ^= 4;
            Files.write(pack, bytes);
        }
        assertThat(read(false)).isNotEmpty();
        assertThatThrownBy(() -> read(true)).isInstanceOf(RepositoryException.class);
    }
}
