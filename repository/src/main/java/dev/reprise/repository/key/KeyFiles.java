package dev.reprise.repository.key;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Secret;
import dev.reprise.repository.crypto.KeySet;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.model.ObjectName;
import dev.reprise.repository.model.ProcessIdentity;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The key files of one repository. Safe for many threads.
public final class KeyFiles {
    /// As many as restic tries: each costs half a second.
    static final int MAX_TRIED = 20;
    /// Real key files are under 1 KiB.
    private static final int MAX_BYTES = 1 << 20;

    private final Storage storage;
    private final SecureRandom random;

    public KeyFiles(Storage storage, SecureRandom random) {
        this.storage = storage;
        this.random = random;
    }

    /// @param id     of the key file that opened
    /// @param master the caller closes it
    public record OpenedKey(ObjectId id, KeySet master) {}

    public List<ObjectId> list() {
        List<ObjectId> ids = new ArrayList<>();
        storage.list(
                ObjectType.KEY, object -> ids.add(ObjectId.parse(object.key().name())));
        ids.sort(null);
        return ids;
    }

    /// Tries the password on each key file. A damaged file is passed over as long as another one opens: one bad file
    /// must not lock everybody out.
    ///
    /// @throws RepositoryException wrong password (exit status 12), or damaged, naming every damaged key
    public OpenedKey open(Secret password) {
        return open(password, "");
    }

    /// As above, trying the files whose name starts with `hint` first; empty for no hint.
    ///
    /// Of the others the cheap ones are tried first, and all together for five minutes at most: a file planted by
    /// somebody else must not keep a right password waiting.
    public OpenedKey open(Secret password, String hint) {
        SequencedMap<ObjectId, String> damaged = new TreeMap<>();
        long work = 0;
        int tried = 0;
        byte[] typed = password.bytes();
        try {
            for (Map.Entry<ObjectId, KeyFile> candidate : candidates(hint, damaged)) {
                ObjectId id = candidate.getKey();
                KeyFile file = candidate.getValue();
                work += file.costs().work();
                if (tried > 0 && work > ScryptParameters.MAX_WORK) {
                    damaged.put(id, "trying it would take too long: " + file.costs());
                    continue;
                }
                tried++;
                KeySet master = openOrNote(id, file, typed, damaged);
                if (master != null) {
                    return new OpenedKey(id, master);
                }
            }
        } finally {
            Arrays.fill(typed, (byte) 0);
        }
        throw notOpened(damaged, tried);
    }

    private List<Map.Entry<ObjectId, KeyFile>> candidates(String hint, SequencedMap<ObjectId, String> damaged) {
        List<Map.Entry<ObjectId, KeyFile>> candidates = new ArrayList<>();
        for (ObjectId id : hintedFirst(hint)) {
            KeyFile file = candidates.size() < MAX_TRIED ? readOrNote(id, damaged) : null;
            if (file != null) {
                candidates.add(Map.entry(id, file));
            }
        }
        candidates.sort(Comparator.comparing((Map.Entry<ObjectId, KeyFile> candidate) ->
                        hint.isEmpty() || !candidate.getKey().hex().startsWith(hint))
                .thenComparingLong(candidate -> candidate.getValue().costs().work()));
        return candidates;
    }

    private List<ObjectId> hintedFirst(String hint) {
        List<ObjectId> ids = list();
        if (!hint.isEmpty()) {
            ids.sort(Comparator.comparing((ObjectId id) -> !id.hex().startsWith(hint))
                    .thenComparing(Comparator.naturalOrder()));
        }
        return ids;
    }

    private @Nullable KeyFile readOrNote(ObjectId id, SequencedMap<ObjectId, String> damaged) {
        try {
            return read(id);
        } catch (IllegalArgumentException e) {
            damaged.put(id, String.valueOf(e.getMessage()));
        } catch (StorageException e) {
            if (e.kind() != StorageException.Kind.NOT_FOUND) { // removed since it was listed
                throw e;
            }
        }
        return null;
    }

    /// @throws IllegalArgumentException saying what is wrong with the file
    KeyFile read(ObjectId id) {
        byte[] bytes = storage.read(ObjectKey.of(ObjectType.KEY, id), 0, -1, body -> body.readNBytes(MAX_BYTES + 1));
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("it is larger than " + MAX_BYTES + " bytes");
        }
        if (bytes.length > 0 && !ObjectId.hash(bytes).equals(id)) {
            throw new IllegalArgumentException("its " + bytes.length + " bytes do not hash to its name");
        }
        return KeyFile.parse(bytes);
    }

    private @Nullable KeySet openOrNote(
            ObjectId id, KeyFile file, byte[] password, SequencedMap<ObjectId, String> damaged) {
        try {
            return file.open(password, random);
        } catch (IllegalArgumentException e) {
            damaged.put(id, String.valueOf(e.getMessage()));
            return null;
        } catch (OutOfMemoryError e) { // thrown before anything was computed; another key may cost less
            damaged.put(id, "it needs more memory than there is: " + file.costs());
            return null;
        }
    }

    private RepositoryException notOpened(SequencedMap<ObjectId, String> damaged, int tried) {
        if (damaged.isEmpty()) {
            return tried == 0
                    ? RepositoryException.unopenable("repository " + storage.location(), "it has no key", null)
                    : RepositoryException.wrongPassword(storage.location(), tried);
        }
        List<String> reasons = new ArrayList<>();
        damaged.forEach((id, reason) -> reasons.add(ObjectName.of(ObjectType.KEY, id) + ": " + reason));
        return RepositoryException.unopenable(
                "repository " + storage.location(),
                String.join("; ", reasons) + "; the password opens no other key",
                null);
    }

    /// Adds a key file for the master key; durable on return.
    ///
    /// @throws RepositoryException if the password is empty
    public ObjectId create(
            KeySet master, Secret password, ScryptParameters costs, GoTime created, ProcessIdentity creator) {
        if (password.isEmpty()) {
            throw RepositoryException.refused("an empty password protects nothing", "set a password");
        }
        return write(master, password, costs, created, creator);
    }

    /// As above, also with an empty password.
    ObjectId write(KeySet master, Secret password, ScryptParameters costs, GoTime created, ProcessIdentity creator) {
        byte[] typed = password.bytes();
        try {
            byte[] file = KeyFile.create(master, typed, costs, created, creator, random);
            ObjectId id = ObjectId.hash(file);
            storage.write(ObjectKey.of(ObjectType.KEY, id), file);
            return id;
        } finally {
            Arrays.fill(typed, (byte) 0);
        }
    }

    /// The master key as it stands inside a key file. A secret.
    public static byte[] masterJson(KeySet master) {
        return KeyFile.masterJson(master);
    }

    /// Whether the key file, as it is stored now, gives this master key for this password.
    boolean opens(ObjectId id, Secret password, KeySet master) {
        byte[] typed = password.bytes();
        try (KeySet opened = read(id).open(typed, random)) {
            return opened != null
                    && MessageDigest.isEqual(opened.encrypt(), master.encrypt())
                    && MessageDigest.isEqual(opened.macK(), master.macK())
                    && MessageDigest.isEqual(opened.macR(), master.macR());
        } catch (IllegalArgumentException e) {
            return false;
        } finally {
            Arrays.fill(typed, (byte) 0);
        }
    }
}
