package dev.reprise.operations.prune;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.check.CheckListener.CheckEvent;
import dev.reprise.operations.check.RepositoryCheck;
import dev.reprise.operations.restore.SampleRepository;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.IndexDocuments;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.memory.MemoryStorage;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What prune tests share.
final class PruneBench {
    static final InstantSource NOW = InstantSource.fixed(Instant.parse("2024-05-02T00:00:00Z"));
    /// When every mark that was set now is old enough.
    static final InstantSource LATER = InstantSource.offset(NOW, PruneOptions.DEFAULT_MARK_AGE.plusSeconds(1));
    static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));

    private PruneBench() {}

    /// The same objects in a place of their own.
    static MemoryStorage copy(Storage from) {
        var copy = new MemoryStorage();
        for (ObjectType type : ObjectType.values()) {
            from.list(type, object -> copy.write(object.key(), from.readAll(object.key())));
        }
        return copy;
    }

    static Set<ObjectId> ids(Storage storage, ObjectType type) {
        Set<ObjectId> ids = new TreeSet<>();
        storage.list(type, object -> ids.add(ObjectId.parse(object.key().name())));
        return ids;
    }

    static PruneOptions options() {
        return PruneOptions.standard(TEMPORARY);
    }

    static PruneOptions everything() {
        return options().withMaxUnused(new PruneOptions.MaxUnused.Bytes(0));
    }

    static PruneOptions graceful() {
        return PruneOptions.graceful(TEMPORARY, PruneOptions.DEFAULT_MARK_AGE);
    }

    static PrunePlan plan(Repository repository, PruneOptions options) {
        return new PrunePlanning(repository, options, new Heard(), NOW).plan(Set.of());
    }

    static Heard prune(Repository repository, PruneOptions options) {
        return prune(repository, options, new HeldForTest());
    }

    static Heard prune(Repository repository, PruneOptions options, RepositoryLock lock) {
        return prune(repository, options, lock, NOW);
    }

    static Heard prune(Repository repository, PruneOptions options, InstantSource clock) {
        return prune(repository, options, new HeldForTest(), clock);
    }

    private static Heard prune(Repository repository, PruneOptions options, RepositoryLock lock, InstantSource clock) {
        var heard = new Heard();
        try (PrunePlan plan = new PrunePlanning(repository, options, heard, clock).plan(Set.of())) {
            new Pruning(repository, lock, WriterOptions.DEFAULT, heard, clock).run(plan);
        }
        return heard;
    }

    /// Packs that index files list for deletion.
    static Set<ObjectId> marks(Repository repository) {
        Set<ObjectId> marks = new TreeSet<>();
        IndexDocuments documents = repository.indexDocuments();
        documents.files().forEach(file -> documents.load(file).marked().forEach(mark -> marks.add(mark.pack())));
        return marks;
    }

    /// Everything a check that reads all data has to say.
    static List<String> check(Storage storage) {
        List<String> said = Collections.synchronizedList(new ArrayList<>());
        try (var repository = SampleRepository.openAlone(storage)) {
            var _ = new RepositoryCheck(repository, event -> {
                        switch (event) {
                            case CheckEvent.Defect defect -> said.add("defect: " + defect.fact());
                            case CheckEvent.Hint hint -> said.add("hint: " + hint.fact());
                            default -> {}
                        }
                    })
                    .run(true, 2);
        }
        return said;
    }

    static final class Heard implements PruneListener {
        final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
        final List<String> removed = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void phase(String text) {}

        @Override
        public void warning(String text) {
            warnings.add(text);
        }

        @Override
        public void removed(ObjectType type, ObjectId id) {
            removed.add(type + " " + id.hex());
        }
    }

    /// An exclusive lock without a file: tests of prune alone need not wait for restic's pauses.
    static class HeldForTest implements RepositoryLock {
        @Override
        public Kind kind() {
            return Kind.EXCLUSIVE;
        }

        @Override
        public void ensureHeld() {}

        @Override
        public void close() {}
    }
}
