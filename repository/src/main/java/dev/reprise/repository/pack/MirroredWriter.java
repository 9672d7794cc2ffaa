package dev.reprise.repository.pack;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.base.Prefetch;
import dev.reprise.base.RepriseException;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Stores every blob in several repositories at once: hashed once, compressed once for all that want it in the same
/// form, sealed for each with its own key and verified for each.
///
/// A repository that fails is left behind, and the others go on; the run ends when none is left. What is cancelled, or
/// a program that is broken, ends it at once.
public final class MirroredWriter implements BlobWriter {
    private final List<PackingWriter> writers;
    private final AtomicReferenceArray<@Nullable RepriseException> losses;
    private final Loss loss;
    private final LongAdder dataBlobs = new LongAdder();
    private final LongAdder treeBlobs = new LongAdder();
    private final LongAdder plainBytes = new LongAdder();
    private final LongAdder storedBytes = new LongAdder();

    /// Told once of each repository that is left behind, from the thread that met its failure.
    @FunctionalInterface
    public interface Loss {
        /// @param number position in the list of writers
        void left(int number, RepriseException reason);
    }

    /// @param writers one of each repository, all made by [PackStore#writer]; closed with this
    public MirroredWriter(List<BlobWriter> writers, Loss loss) {
        if (writers.isEmpty()) {
            throw new IllegalArgumentException("no writer");
        }
        this.writers = writers.stream().map(PackingWriter.class::cast).toList();
        this.losses = new AtomicReferenceArray<>(writers.size());
        this.loss = loss;
    }

    /// Whether a repository has taken everything so far.
    public boolean isLive(int number) {
        return losses.get(number) == null;
    }

    @Override
    public Session session() {
        return new MirroredSession();
    }

    /// In all of them at the same time: each waits for its place.
    @Override
    public void finish() {
        List<Integer> live =
                IntStream.range(0, writers.size()).filter(this::isLive).boxed().toList();
        Prefetch.run(
                "storing packs",
                live.size(),
                live,
                number -> attempt(number, i -> writers.get(i).finish()),
                _ -> {});
        requireOne();
    }

    /// Runs something for each repository that is not lost; it is lost when that fails.
    ///
    /// @throws RepriseException the first reason if none is left
    public void forEachLive(IntConsumer step) {
        for (int number = 0; number < writers.size(); number++) {
            if (isLive(number)) {
                attempt(number, step);
            }
        }
        requireOne();
    }

    /// @return whether it went well
    private boolean attempt(int number, IntConsumer step) {
        try {
            step.accept(number);
            return true;
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            lose(number, e);
            return false;
        }
    }

    private void lose(int number, RepriseException reason) {
        var _ = writers.get(number).fail(reason);
        if (losses.compareAndSet(number, null, reason)) {
            loss.left(number, reason);
        }
    }

    private void requireOne() {
        RepriseException first = null;
        for (int number = 0; number < writers.size(); number++) {
            RepriseException reason = losses.get(number);
            if (reason == null) {
                return;
            }
            first = first == null ? reason : first;
        }
        throw Objects.requireNonNull(first);
    }

    /// Counts each blob once, whoever lacked it; packs are those of all repositories.
    @Override
    public Stats stats() {
        return new Stats(
                dataBlobs.sum(),
                treeBlobs.sum(),
                plainBytes.sum(),
                storedBytes.sum(),
                writers.stream().mapToLong(writer -> writer.stats().packs()).sum());
    }

    @Override
    public Set<ObjectId> indexFiles() {
        return writers.stream().flatMap(writer -> writer.indexFiles().stream()).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void close() {
        writers.forEach(PackingWriter::close);
    }

    private void count(BlobType type, int length, int stored) {
        (type == BlobType.DATA ? dataBlobs : treeBlobs).increment();
        plainBytes.add(length);
        storedBytes.add(stored);
    }

    /// One thread's way into all of them.
    private final class MirroredSession implements Session {
        private final SlicedDigest digest = new SlicedDigest();
        private final List<WriterSession> sessions =
                writers.stream().map(PackingWriter::openSession).toList();

        @Override
        public Saved save(BlobType type, byte[] data, int offset, int length) {
            Objects.checkFromIndexSize(offset, length, data.length);
            digest.update(data, offset, length);
            ObjectId id = digest.finish();
            List<Integer> entered = new ArrayList<>(writers.size());
            try {
                forEachLive(number -> {
                    writers.get(number).enter();
                    entered.add(number);
                });
                return store(entered, type, id, data, offset, length);
            } catch (RuntimeException | Error e) {
                // What was claimed may not be stored: whoever went on would take it for stored.
                for (int number : entered) {
                    var _ = writers.get(number).fail(e);
                }
                throw e;
            } finally {
                entered.forEach(number -> writers.get(number).leave());
            }
        }

        private Saved store(List<Integer> entered, BlobType type, ObjectId id, byte[] data, int offset, int length) {
            var handle = new BlobHandle(type, id);
            List<Integer> lacking = entered.stream()
                    .filter(number -> writers.get(number).claim(handle))
                    .toList();
            if (lacking.isEmpty()) {
                return new Saved(id, false, 0);
            }
            var sealing = new Sealing(type, id, data, offset, length);
            lacking.forEach(number -> attempt(number, i -> sealing.append(sessions.get(i))));
            requireOne();
            count(type, length, sealing.stored);
            return new Saved(id, true, sealing.stored);
        }

        @Override
        public void close() {
            sessions.forEach(WriterSession::close);
        }
    }

    /// One blob on its way into those who lack it. The first of them compresses it; who wants it in the same form
    /// takes it from there.
    private static final class Sealing {
        private final BlobType type;
        private final ObjectId id;
        private final byte[] data;
        private final int offset;
        private final int length;
        private @Nullable WriterSession first;
        private int stored;

        Sealing(BlobType type, ObjectId id, byte[] data, int offset, int length) {
            this.type = type;
            this.id = id;
            this.data = data;
            this.offset = offset;
            this.length = length;
        }

        void append(WriterSession session) {
            WriterSession like = first != null && first.hasFormOf(session) ? first : null;
            int sealed = session.append(like, type, id, data, offset, length);
            if (first == null) {
                first = session;
                stored = sealed;
            }
        }
    }
}
