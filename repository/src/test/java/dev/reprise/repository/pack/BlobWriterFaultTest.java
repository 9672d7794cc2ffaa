package dev.reprise.repository.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.testing.TestStorage;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A blob writer on a failing storage")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BlobWriterFaultTest {
    /// Two threads, 25 blobs of 300 kB each, packs of 4 MiB: about 170 operations.
    private static List<byte[]> contents(int thread) {
        var random = new Random(thread);
        List<byte[]> contents = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            contents.add(PackFixture.randomBytes(random, 300_000));
        }
        return contents;
    }

    @Test
    void ends_the_run_with_that_failure_wherever_it_happens_and_keeps_finished_work()
            throws InterruptedException, ExecutionException {
        int operations = runFailingAt(Integer.MAX_VALUE);
        assertThat(operations).isGreaterThan(100);
        for (int k = 1; k <= operations; k *= 2) {
            runFailingAt(k);
        }
        for (int k = operations - 2; k <= operations; k++) {
            runFailingAt(k);
        }
    }

    /// @return how many operations there were
    private static int runFailingAt(int k) throws InterruptedException, ExecutionException {
        var repository = new PackFixture(2);
        ObjectId kept =
                repository.saveAll(BlobType.DATA, PackFixture.text("kept")).getFirst();
        var count = new AtomicInteger();
        repository.storage.hook((operation, type) -> {
            if (count.incrementAndGet() >= k) {
                throw TestStorage.failure(Kind.FULL, "no space left, operation " + k);
            }
        });
        List<RuntimeException> failures = run(repository);
        repository.storage.hook((operation, type) -> {});

        assertThat(failures)
                .as("failing at %d of %d", k, count.get())
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOf(StorageException.class)
                        .hasMessage("no space left, operation " + k));
        assertThat(failures.isEmpty()).as("failing at %d of %d", k, count.get()).isEqualTo(count.get() < k);
        assertThat(repository.read(BlobHandle.data(kept))).isEqualTo(PackFixture.text("kept"));
        repository
                .packs()
                .forEach(pack ->
                        assertThat(repository.check(pack.pack(), pack.blobs())).isEmpty());
        if (failures.isEmpty()) {
            assertThat(repository.loadIndex().size()).isEqualTo(51);
        } else {
            assertCanGoOn(repository);
        }
        return count.get();
    }

    private static List<RuntimeException> run(PackFixture repository) throws InterruptedException, ExecutionException {
        List<RuntimeException> failures = new ArrayList<>();
        try (BlobWriter writer = repository.writer();
                var pool = Executors.newFixedThreadPool(2)) {
            List<Callable<List<RuntimeException>>> tasks =
                    List.of(() -> save(writer, contents(1)), () -> save(writer, contents(2)));
            for (Future<List<RuntimeException>> one : pool.invokeAll(tasks)) {
                failures.addAll(one.get());
            }
            try {
                writer.finish();
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        return failures;
    }

    private static List<RuntimeException> save(BlobWriter writer, List<byte[]> contents) {
        try (BlobWriter.Session session = writer.session()) {
            for (byte[] content : contents) {
                session.save(BlobType.DATA, content, 0, content.length);
            }
            return List.of();
        } catch (RuntimeException e) {
            return List.of(e);
        }
    }

    /// A new run on the same repository stores what is missing; packs left behind without index do no harm.
    private static void assertCanGoOn(PackFixture repository) throws InterruptedException, ExecutionException {
        var again = new PackFixture(2, repository.storage);
        assertThat(run(again)).isEmpty();
        assertThat(again.loadIndex().size()).isEqualTo(51);
        byte[] last = contents(2).getLast();
        assertThat(again.read(BlobHandle.data(ObjectId.hash(last)))).isEqualTo(last);
    }

    @Test
    void refuses_everything_after_the_failure_with_the_same_failure() {
        var repository = new PackFixture(2);
        repository.storage.hook((operation, type) -> {
            if (type == ObjectType.PACK) {
                throw TestStorage.failure(Kind.DENIED, "not allowed to write");
            }
        });
        byte[] content = PackFixture.text("content");
        try (BlobWriter writer = repository.writer();
                BlobWriter.Session session = writer.session()) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> session.save(BlobType.DATA, content, 0, content.length))
                        .isInstanceOf(StorageException.class)
                        .hasMessage("not allowed to write");
            }
            assertThatThrownBy(writer::finish).hasMessage("not allowed to write");
        }
        assertThat(repository.index.contains(BlobHandle.data(ObjectId.hash(content))))
                .isFalse();
    }

    @Test
    void ends_when_its_thread_is_interrupted_while_all_uploads_hang() throws InterruptedException {
        var repository = new PackFixture(2);
        repository.storage.hook((operation, type) -> {
            if (operation == TestStorage.Operation.COMMIT) {
                hang();
            }
        });
        List<RuntimeException> failures = new ArrayList<>();
        Thread worker = Thread.ofPlatform().start(() -> {
            try (BlobWriter writer = repository.writer()) {
                failures.addAll(save(writer, contents(1)));
                writer.finish();
            } catch (RuntimeException e) {
                failures.add(e);
            }
        });
        while (worker.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        worker.interrupt();
        worker.join();

        assertThat(failures)
                .isNotEmpty()
                .allSatisfy(failure -> assertThat(failure).hasMessageContaining("interrupted while"));
        assertThat(repository.storage.count(ObjectType.PACK)).isZero();
    }

    private static void hang() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException _) {
            throw CancelledException.interrupted("storing");
        }
    }
}
