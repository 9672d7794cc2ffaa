package dev.reprise.repository;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Secret;
import dev.reprise.repository.chunk.Chunker;
import dev.reprise.repository.chunk.Polynomial;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.UnpackedObjects;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.pack.BlobReader;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.repository.pack.PackCheck;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.storage.Storage;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// An opened repository: the master key is known. Safe for many threads.
///
/// Readers list snapshots before they load the index, so that every snapshot they see can be resolved.
public final class Repository implements AutoCloseable {
    /// @param version    format version of a new repository, 1 or 2
    /// @param polynomial null draws one at random
    public record InitOptions(int version, @Nullable Polynomial polynomial) {
        public static final InitOptions DEFAULT = new InitOptions(2, null);
    }

    /// Creates layout, key and configuration, in that order; refuses a place that already holds any of them.
    public static Repository init(
            Storage storage, Secret password, InitOptions options, SecureRandom random, InstantSource clock) {
        throw new IllegalStateException("not built yet");
    }

    /// @throws dev.reprise.repository.model.RepositoryException absent, wrong password, or a damaged key or
    /// configuration, named
    public static Repository open(Storage storage, Secret password, SecureRandom random, InstantSource clock) {
        throw new IllegalStateException("not built yet");
    }

    public Storage storage() {
        throw new IllegalStateException("not built yet");
    }

    public RepositoryConfig config() {
        throw new IllegalStateException("not built yet");
    }

    public Chunker chunker() {
        throw new IllegalStateException("not built yet");
    }

    /// Takes restic's lock (section 9).
    ///
    /// @param patience how long to try again while others hold a conflicting lock; zero tries once
    /// @throws dev.reprise.repository.model.RepositoryException locked, exit status 11
    public RepositoryLock lock(RepositoryLock.Kind kind, Duration patience) {
        throw new IllegalStateException("not built yet");
    }

    /// Every snapshot that can be decoded, oldest first. One that cannot is given to `damaged` with the reason.
    public List<StoredSnapshot> snapshots(BiConsumer<ObjectId, RuntimeException> damaged) {
        throw new IllegalStateException("not built yet");
    }

    public Snapshot snapshot(ObjectId id) {
        throw new IllegalStateException("not built yet");
    }

    /// Writes a snapshot; durable on return.
    public ObjectId save(Snapshot snapshot) {
        throw new IllegalStateException("not built yet");
    }

    /// Reads every index file. One that cannot be decoded is given to `damaged`; what the others say is returned.
    public BlobIndex loadIndex(BiConsumer<ObjectId, RuntimeException> damaged) {
        throw new IllegalStateException("not built yet");
    }

    /// @param index must come from [#loadIndex]; it learns what the writer stores
    /// @param lock  checked before each pack is stored
    public BlobWriter writer(BlobIndex index, RepositoryLock lock, WriterOptions options) {
        throw new IllegalStateException("not built yet");
    }

    public BlobReader reader(BlobIndex index) {
        throw new IllegalStateException("not built yet");
    }

    public PackCheck packCheck() {
        throw new IllegalStateException("not built yet");
    }

    /// Sealed JSON documents: for the manifests of recovery points (`POINT`), and for tools that look inside.
    public UnpackedObjects unpacked() {
        throw new IllegalStateException("not built yet");
    }

    /// Wipes the keys and closes the storage.
    @Override
    public void close() {
        throw new IllegalStateException("not built yet");
    }
}
