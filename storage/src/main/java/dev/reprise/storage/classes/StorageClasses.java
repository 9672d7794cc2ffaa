package dev.reprise.storage.classes;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A place that keeps objects in classes, by S3's names for them: `STANDARD`, `GLACIER`. Safe for
/// use by many threads. Every method throws
/// [StorageException][dev.reprise.storage.StorageException] as the place's other operations do.
///
/// Asked of a storage by [capability][dev.reprise.storage.Storage#capability].
public interface StorageClasses {
    /// What an object is in when its place does not say.
    String STANDARD = "STANDARD";

    /// As [list][dev.reprise.storage.Storage#list], with the class and the age of each object.
    void list(ObjectType type, Consumer<ClassedObject> consumer);

    /// Whether what lies in a class has to be brought back before it can be read.
    boolean isArchive(String storageClass);

    /// The class in which new objects are stored; [#STANDARD] if the place decides.
    ///
    /// @param contents whether it is a pack with nothing but contents of files
    String classOfNew(boolean contents);

    /// What the options of the place say about bringing objects back.
    ///
    /// @return null unless they ask for it
    @Nullable
    Thaw wantedThaw();

    /// Asks the place about one object.
    ///
    /// @throws dev.reprise.storage.StorageException `NOT_FOUND` if there is no such object
    ObjectState look(ObjectKey key);

    /// Asks for an archived object to be brought back, and does not wait for it. Harmless if it
    /// was asked for before, and prolongs the stay of one that is back already.
    ///
    /// @throws dev.reprise.storage.StorageException if the place refuses, as some tiers are for
    /// some classes
    void thaw(ObjectKey key, Thaw how);

    /// Puts an object into another class: its place writes it anew from itself, no byte comes
    /// here. The object stays readable under its name, whole, all the time. Repeating it is
    /// harmless.
    ///
    /// Nothing is done to an object whose present version is kept against deletion, and nothing
    /// in a bucket that keeps old versions unless that is accepted: the old version would stay
    /// and be paid for beside the new one.
    ///
    /// @param acceptOldVersions whether old versions may stay behind
    /// @throws dev.reprise.storage.StorageException `OTHER` if the place said yes and a look
    /// finds it elsewhere
    Moved move(ObjectKey key, String storageClass, boolean acceptOldVersions);

    /// An object as a listing tells of it.
    ///
    /// @param bytes    its size
    /// @param modified when it was written, or moved by a copy; a move by the place's own rules
    ///                 does not show
    record ClassedObject(ObjectKey key, long bytes, String storageClass, Instant modified) {}

    /// @param bytes         its size
    /// @param readableUntil how long an object that was brought back stays; null if it does not
    ///                      end or is not told
    record ObjectState(
            long bytes,
            String storageClass,
            Access access,
            @Nullable Instant readableUntil) {}

    /// Whether an object can be read now.
    enum Access {
        /// It lies in no archive.
        READABLE,
        /// It has to be asked for first.
        FROZEN,
        /// It was asked for and is on its way.
        THAWING,
        /// It is back for a time.
        THAWED
    }

    /// How objects are brought back.
    ///
    /// @param tier how fast; what is fast costs more
    /// @param days for which they stay, at least 1
    record Thaw(Tier tier, int days) {
        public Thaw {
            if (days < 1) {
                throw new IllegalArgumentException("brought back for " + days + " days");
            }
        }
    }

    /// Speeds at which archives give back.
    enum Tier {
        STANDARD("Standard"),
        BULK("Bulk"),
        EXPEDITED("Expedited");

        private final String word;

        Tier(String word) {
            this.word = word;
        }

        /// As S3 writes it.
        public String word() {
            return word;
        }
    }

    /// What became of an object that was to be moved.
    enum Moved {
        DONE,
        /// It was in that class before.
        ALREADY,
        /// There is no such object any more.
        GONE,
        /// It is kept against deletion, so its old version would stay.
        KEPT,
        /// The bucket keeps old versions, and that was not accepted.
        VERSIONED
    }
}
