package dev.reprise.repository.key;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Secret;
import dev.reprise.repository.crypto.KeySet;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.model.ProcessIdentity;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/// The key files of an opened repository, for adding and removing passwords (repository format, section 10.4).
///
/// The master key never changes: each key file holds it sealed under one password. Safe for many threads.
public final class Keyring {
    private final KeyFiles files;
    private final Storage storage;
    private final KeySet master;
    private final ObjectId current;

    /// @param master  stays the caller's, who wipes it
    /// @param current the key file that opened the repository
    public Keyring(Storage storage, KeySet master, ObjectId current, SecureRandom random) {
        this.files = new KeyFiles(storage, random);
        this.storage = storage;
        this.master = master;
        this.current = current;
    }

    /// What a key file says in plain text of itself; programs other than restic may leave it out.
    ///
    /// @param current whether this key opened the repository
    public record Entry(ObjectId id, String username, String hostname, GoTime created, boolean current) {}

    /// The key file that opened the repository.
    public ObjectId current() {
        return current;
    }

    /// Every key, in the order of ids.
    ///
    /// @param damaged is given those that cannot be read, with the reason
    public List<Entry> list(BiConsumer<ObjectId, String> damaged) {
        List<Entry> entries = new ArrayList<>();
        for (ObjectId id : files.list()) {
            try {
                KeyFile file = files.read(id);
                entries.add(new Entry(id, file.username(), file.hostname(), file.created(), id.equals(current)));
            } catch (IllegalArgumentException e) {
                damaged.accept(id, String.valueOf(e.getMessage()));
            }
        }
        return entries;
    }

    /// Writes a key file for another password, then opens it again: a key that opens nothing would lock out whoever
    /// relies on it. One that fails is removed. Durable on return.
    ///
    /// @param password may be empty only if the caller knows that this is wanted
    /// @param creator  user and host recorded in the key
    public ObjectId add(Secret password, ScryptParameters costs, GoTime now, ProcessIdentity creator) {
        ObjectId id = files.write(master, password, costs, now, creator);
        boolean works = false;
        try {
            works = files.opens(id, password, master);
        } finally {
            if (!works) {
                storage.delete(ObjectKey.of(ObjectType.KEY, id));
            }
        }
        if (!works) {
            throw RepositoryException.refused(
                    "the new key " + id.shortHex() + " did not open the repository, so it was removed",
                    "test the memory and the disk of this machine");
        }
        return id;
    }

    /// Removes a key file other than the one in use: then at least one password is left that opens the repository.
    public void remove(ObjectId id) {
        if (id.equals(current)) {
            throw RepositoryException.refused(
                    "refusing to remove key currently used to access repository",
                    "open the repository with another password first");
        }
        storage.delete(ObjectKey.of(ObjectType.KEY, id));
    }

    /// Replaces the key in use by one with another password: the new one is written and proven before the old one
    /// goes.
    ///
    /// @return id of the new key
    public ObjectId replaceCurrent(Secret password, ScryptParameters costs, GoTime now, ProcessIdentity creator) {
        ObjectId id = add(password, costs, now, creator);
        storage.delete(ObjectKey.of(ObjectType.KEY, current));
        return id;
    }

    /// The one key whose id starts so.
    ///
    /// @throws RepositoryException if there is none, or more than one
    public ObjectId find(String prefix) {
        List<ObjectId> found =
                files.list().stream().filter(id -> id.hex().startsWith(prefix)).toList();
        if (found.size() != 1) {
            throw RepositoryException.refused(
                    found.isEmpty()
                            ? "no matching ID found for prefix \"" + prefix + "\""
                            : "multiple IDs with prefix \"" + prefix + "\" found",
                    "run \"reprise restic key list\" to see them");
        }
        return found.getFirst();
    }
}
