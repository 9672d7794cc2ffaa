package dev.reprise.storage.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.Storage.StoredObject;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/// What a place's own test says about it: how to open an empty one, and in what it differs from
/// others.
public abstract class PlaceUnderTest {
    /// The types whose objects are named by 64 hex digits.
    static final List<ObjectType> NAMED = Arrays.stream(ObjectType.values())
            .filter(type -> type != ObjectType.CONFIG)
            .toList();

    /// A handle on a place nothing was ever stored in and [Storage#create()] was not called for.
    /// The test calls that, and closes the handle; it asks once per test.
    protected abstract Storage open();

    /// Another handle on the same objects, as a second process would have it; the same one where
    /// there is no such thing.
    protected Storage secondHandle(Storage storage) {
        return storage;
    }

    /// Stores bytes that are no object, as an administrator or another program would.
    ///
    /// @param path below the repository's root, with `/`
    /// @return false if this place has no way for that
    protected boolean plant(String path, byte[] content) {
        return false;
    }

    /// Whether the place knows a repository's root that was never created from one without objects.
    /// A prefix in a bucket does not.
    protected boolean tellsMissingFromEmpty() {
        return true;
    }

    /// Whether `config` can be replaced; stock rest-server refuses.
    protected boolean replacesConfig() {
        return true;
    }

    /// Whether the place is made to fail now and then, so that readers may run again.
    protected boolean failsAtTimes() {
        return false;
    }

    /// How many objects the test of large listings stores: more than one page of every known
    /// server.
    protected int manyObjects() {
        return 1050;
    }

    /// Texts that must not occur in [Storage#location()]: passwords, keys, tokens.
    protected List<String> credentials() {
        return List.of();
    }

    /// An empty place that exists.
    final Storage created() {
        Storage storage = open();
        storage.create();
        return storage;
    }

    /// A key as a writer makes it: named by the content's hash.
    static ObjectKey keyFor(ObjectType type, byte[] content) {
        return type == ObjectType.CONFIG ? ObjectKey.CONFIG : ObjectKey.of(type, ObjectId.hash(content));
    }

    /// Random but the same in every run.
    static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static ObjectKey store(Storage storage, ObjectType type, byte[] content) {
        ObjectKey key = keyFor(type, content);
        storage.write(key, content);
        return key;
    }

    static List<StoredObject> listed(Storage storage, ObjectType type) {
        var found = new ArrayList<StoredObject>();
        storage.list(type, found::add);
        return found;
    }

    static Kind kindOf(Callable<?> action) {
        try {
            Object result = action.call();
            throw new AssertionError("should have failed, but gave " + result);
        } catch (StorageException e) {
            assertThat(e.fact()).as("fact").isNotBlank();
            return e.kind();
        } catch (Exception e) {
            throw new AssertionError("should have failed with a StorageException", e);
        }
    }

    /// Starts all at one moment and passes the first failure on.
    static void inParallel(int threads, Work work) throws Exception {
        var start = new CyclicBarrier(threads);
        try (var executor = Executors.newFixedThreadPool(threads)) {
            List<Future<Object>> running = IntStream.range(0, threads)
                    .mapToObj(i -> executor.submit((Callable<Object>) () -> {
                        start.await();
                        work.run(i);
                        return i;
                    }))
                    .toList();
            for (Future<Object> one : running) {
                one.get();
            }
        }
    }

    /// What one thread does.
    @FunctionalInterface
    interface Work {
        void run(int thread) throws Exception;
    }
}
