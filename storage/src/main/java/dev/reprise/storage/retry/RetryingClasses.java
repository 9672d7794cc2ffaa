package dev.reprise.storage.retry;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage.StoredObject;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.classes.StorageClasses;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Repeats what is asked of the classes of a place as [RetryingStorage] repeats the rest.
final class RetryingClasses implements StorageClasses {
    private final StorageClasses place;
    private final RetryingFiles.Repeating repeating;

    /// @param repeating runs an operation until it succeeds or fails for good
    RetryingClasses(StorageClasses place, RetryingFiles.Repeating repeating) {
        this.place = place;
        this.repeating = repeating;
    }

    @Override
    public void list(ObjectType type, Consumer<ClassedObject> consumer) {
        var passing = new Passing(consumer);
        repeating.repeat("List(" + type.folder() + ")", () -> {
            try {
                place.list(type, passing);
            } catch (StorageException e) {
                passing.told.rethrowOwn();
                throw e;
            }
            return true;
        });
    }

    /// Passes each object on once, with its class.
    private static final class Passing implements Consumer<ClassedObject> {
        private final ToldOnce told;
        private @Nullable ClassedObject present;

        Passing(Consumer<ClassedObject> consumer) {
            told = new ToldOnce(_ -> consumer.accept(Objects.requireNonNull(present)));
        }

        @Override
        public void accept(ClassedObject object) {
            present = object;
            told.accept(new StoredObject(object.key(), object.bytes()));
        }
    }

    @Override
    public boolean isArchive(String storageClass) {
        return place.isArchive(storageClass);
    }

    @Override
    public String classOfNew(boolean contents) {
        return place.classOfNew(contents);
    }

    @Override
    public @Nullable Thaw wantedThaw() {
        return place.wantedThaw();
    }

    @Override
    public ObjectState look(ObjectKey key) {
        return repeating.repeat("Stat(" + key + ")", () -> place.look(key));
    }

    @Override
    public void thaw(ObjectKey key, Thaw how) {
        repeating.repeat("Restore(" + key + ")", () -> {
            place.thaw(key, how);
            return true;
        });
    }

    @Override
    public Moved move(ObjectKey key, String storageClass, boolean acceptOldVersions) {
        return repeating.repeat(
                "Move(%s, %s)".formatted(key, storageClass), () -> place.move(key, storageClass, acceptOldVersions));
    }
}
