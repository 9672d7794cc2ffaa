package dev.reprise.operations.cold;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.Waiting;
import dev.reprise.storage.classes.StorageClasses;
import dev.reprise.storage.memory.MemoryStorage;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A fake: objects in classes, of which those in `GLACIER` come back some hours after they were
/// asked for, and time that passes when somebody waits. Packs have no content.
final class FrozenPlace implements StorageClasses, Waiting {
    private final Map<ObjectId, String> packs = new TreeMap<>();
    private final Map<ObjectId, Long> asked = new TreeMap<>();
    private final Duration delay;
    private long nanos;
    final List<Duration> pauses = new ArrayList<>();
    int looks;
    int listings;
    int requests;

    FrozenPlace(Duration delay) {
        this.delay = delay;
    }

    ObjectId add(int number, String storageClass) {
        ObjectId pack = new ObjectId(number, 0, 0, 1);
        packs.put(pack, storageClass);
        return pack;
    }

    /// As if somebody had asked before.
    void askedLongAgo(ObjectId pack) {
        asked.put(pack, nanos);
    }

    /// As if nobody had, or it had gone back.
    void forget(ObjectId pack) {
        asked.remove(pack);
    }

    Storage storage() {
        Storage memory = new MemoryStorage();
        return (Storage) Proxy.newProxyInstance(
                Storage.class.getClassLoader(),
                new Class<?>[] {Storage.class},
                (_, method, arguments) -> method.getName().equals("capability")
                        ? (arguments[0] == StorageClasses.class ? this : null)
                        : method.invoke(memory, arguments));
    }

    @Override
    public synchronized void list(ObjectType type, Consumer<ClassedObject> consumer) {
        listings++;
        packs.forEach((pack, storageClass) -> consumer.accept(
                new ClassedObject(ObjectKey.of(ObjectType.PACK, pack), 1 << 20, storageClass, Instant.EPOCH)));
    }

    @Override
    public boolean isArchive(String storageClass) {
        return storageClass.equals("GLACIER");
    }

    @Override
    public String classOfNew(boolean contents) {
        return STANDARD;
    }

    @Override
    public @Nullable Thaw wantedThaw() {
        return null;
    }

    @Override
    public synchronized ObjectState look(ObjectKey key) {
        looks++;
        ObjectId pack = ObjectId.parse(key.name());
        String storageClass = packs.get(pack);
        if (storageClass == null) {
            throw new dev.reprise.storage.StorageException(
                    dev.reprise.storage.StorageException.Kind.NOT_FOUND, "no " + key, "", null);
        }
        return new ObjectState(1 << 20, storageClass, access(pack, storageClass), null);
    }

    private Access access(ObjectId pack, String storageClass) {
        Long since = asked.get(pack);
        if (!isArchive(storageClass)) {
            return Access.READABLE;
        }
        if (since == null) {
            return Access.FROZEN;
        }
        return nanos - since >= delay.toNanos() ? Access.THAWED : Access.THAWING;
    }

    @Override
    public synchronized void thaw(ObjectKey key, Thaw how) {
        requests++;
        asked.putIfAbsent(ObjectId.parse(key.name()), nanos);
    }

    @Override
    public Moved move(ObjectKey key, String storageClass, boolean acceptOldVersions) {
        throw new AssertionError("a restore moves nothing");
    }

    @Override
    public synchronized long nanos() {
        return nanos;
    }

    @Override
    public synchronized void pause(Duration duration) {
        pauses.add(duration);
        nanos += duration.toNanos();
    }
}
