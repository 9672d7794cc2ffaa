package dev.reprise.operations.restore;

import dev.reprise.base.Secret;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.storage.Storage;
import dev.reprise.storage.local.LocalStorage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/// A repository written by stock restic, unpacked; see the fixtures' own description.
public final class Fixture implements AutoCloseable {
    public static final String V1 = "restic-v1";
    public static final String V2 = "restic-v2";
    public static final String V1_MULTICHUNK = "restic-v1-multichunk";
    public static final String V2_NEWEST = "restic-v2-0.19";

    public final Path folder;
    public final Repository repository;

    private Fixture(Path folder) {
        this.folder = folder;
        repository = open(new LocalStorage(folder));
    }

    /// @param into an empty folder
    public static Fixture unpack(String name, Path into) throws IOException {
        Path archive = Path.of(System.getProperty("reprise.root"), "fixtures", "restic", name + ".tar.gz");
        try (InputStream file = Files.newInputStream(archive);
                var tar = new TarArchiveInputStream(new GZIPInputStream(file))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = into.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else {
                    Files.copy(tar, path);
                }
            }
        }
        return new Fixture(into.resolve(name));
    }

    public static Repository open(Storage storage) {
        return Repository.open(storage, Secret.of("holdfast-fixture"), new SecureRandom(), InstantSource.system());
    }

    public BlobIndex index() {
        return repository.loadIndex((id, reason) -> {
            throw new AssertionError("index " + id, reason);
        });
    }

    public Snapshot tagged(String tag) {
        return repository
                .snapshots((id, reason) -> {
                    throw new AssertionError("snapshot " + id, reason);
                })
                .stream()
                .map(stored -> stored.snapshot())
                .filter(snapshot -> snapshot.tags().contains(tag))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        repository.close();
    }
}
