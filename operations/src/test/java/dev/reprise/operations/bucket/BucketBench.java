package dev.reprise.operations.bucket;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.base.Secret;
import dev.reprise.operations.backup.BackupEvent;
import dev.reprise.operations.backup.Checkpoints;
import dev.reprise.operations.bucket.BucketRequest.TagReading;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.repository.Repository;
import dev.reprise.repository.chunk.Polynomial;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.repository.tree.Node;
import dev.reprise.storage.memory.MemoryStorage;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A repository in memory, and buckets saved into it and put back.
final class BucketBench implements AutoCloseable, BucketRestoreListener {
    private static final ScryptParameters CHEAP = new ScryptParameters(2, 1, 1);

    final Repository repository = Repository.init(
            new MemoryStorage(),
            Secret.of("secret"),
            new Repository.InitOptions(2, Polynomial.parse("3da3358b4dc173"), CHEAP),
            new SecureRandom(),
            InstantSource.fixed(Instant.parse("2026-11-21T10:00:00Z")));
    final List<BackupEvent> events = Collections.synchronizedList(new ArrayList<>());
    final List<String> failures = Collections.synchronizedList(new ArrayList<>());
    final List<String> differences = Collections.synchronizedList(new ArrayList<>());
    Duration every = Duration.ofDays(1);
    final List<ObjectId> checkpoints = new ArrayList<>();
    BlobWriter.Stats added = new BlobWriter.Stats(0, 0, 0, 0, 0);
    TagReading tags = TagReading.CHANGED;
    List<String> without = List.of();
    private final Path home;

    BucketBench(Path home) {
        this.home = home;
    }

    BlobIndex index() {
        return repository.loadIndex((id, reason) -> {
            throw new AssertionError("index " + id, reason);
        });
    }

    BucketBackup.Saved save(MemoryBucket bucket, BucketBackup.@Nullable Saved parent) {
        return save(bucket, parent, null);
    }

    /// Checkpoints go to [#checkpoints].
    ///
    /// @param begun the checkpoint to go on from
    BucketBackup.Saved save(MemoryBucket bucket, BucketBackup.@Nullable Saved parent, @Nullable ObjectId begun) {
        events.clear();
        BlobIndex index = index();
        try (BlobWriter writer = repository.writer(index, new HeldLock(), WriterOptions.DEFAULT)) {
            var backup = new BucketBackup(repository, index, writer, 1000, 100, events::add);
            backup.write(new Checkpoints(every, (tree, _) -> checkpoints.add(tree)));
            if (begun != null) {
                backup.continueFrom(begun);
            }
            var saved = backup.run(
                    new BucketRequest("docs", () -> bucket, tags, without, home),
                    parent == null ? null : parent.tree().tree());
            writer.finish();
            added = writer.stats();
            return saved;
        }
    }

    BucketRestore restore(BucketBackup.Saved saved, MemoryBucket target, ObjectSelection selection) {
        BlobIndex index = index();
        try (var reader = new TreeReader(repository, index)) {
            ObjectId folder = BucketRestore.folder(reader, saved.tree().tree(), "docs");
            return new BucketRestore(repository, index, folder, selection, target, home, this);
        }
    }

    /// Everything, into what may hold other things, which are removed.
    BucketRestore.Done mirror(BucketBackup.Saved saved, MemoryBucket target) {
        target.dayBreaks();
        BucketRestore restore = restore(saved, target, ObjectSelection.ALL);
        try (BucketRestorePlan plan = restore.plan(true)) {
            return restore.carryOut(plan);
        }
    }

    /// Every node by its path below the bucket's folder.
    SortedMap<String, Node> nodes(BucketBackup.Saved saved) {
        var all = new TreeMap<String, Node>();
        try (var reader = new TreeReader(repository, index())) {
            collect(reader, BucketRestore.folder(reader, saved.tree().tree(), "docs"), "", all);
        }
        return all;
    }

    private static void collect(TreeReader reader, ObjectId tree, String prefix, SortedMap<String, Node> into) {
        @Nullable RawName last = null;
        for (Node node : reader.tree(tree)) {
            if (last != null && last.compareTo(node.name()) >= 0) {
                throw new AssertionError("not in order: " + last + ", " + node.name());
            }
            last = node.name();
            into.put(prefix + node.name(), node);
            if (node.subtree() != null) {
                collect(reader, node.subtree(), prefix + node.name() + "/", into);
            }
        }
    }

    Node node(BucketBackup.Saved saved, String path) {
        return Objects.requireNonNull(nodes(saved).get(path), path);
    }

    List<String> unreadable() {
        return events.stream()
                .filter(BackupEvent.Unreadable.class::isInstance)
                .map(event ->
                        ((BackupEvent.Unreadable) event).path() + ": " + ((BackupEvent.Unreadable) event).reason())
                .sorted()
                .toList();
    }

    @Override
    public void progress(long objects, long bytes) {}

    @Override
    public void failed(String key, String reason) {
        failures.add(key + ": " + reason);
    }

    @Override
    public void differs(String key, String difference) {
        differences.add(key + ": " + difference);
    }

    @Override
    public void close() {
        repository.close();
    }

    /// A lock nobody can take away.
    static final class HeldLock implements RepositoryLock {
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
