package dev.reprise.compat;

import dev.reprise.base.Secret;
import dev.reprise.repository.Repository;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.model.ProcessIdentity;
import dev.reprise.storage.Storage;
import dev.reprise.storage.local.LocalStorage;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;

/// A repository whose key costs nothing to derive: restic's own takes half a second of every command.
public final class CheapRepository {
    static final ScryptParameters COSTS = new ScryptParameters(2, 8, 1);

    private CheapRepository() {}

    public static void create(Path repository, String password) {
        create(repository, password, 2);
    }

    /// @param version of the repository format, 1 or 2
    public static void create(Path repository, String password, int version) {
        create(new LocalStorage(repository), password, version);
    }

    /// @param place closed here
    static void create(Storage place, String password, int version) {
        Repository.init(
                        place,
                        Secret.of(password),
                        new Repository.InitOptions(version, null, COSTS),
                        new SecureRandom(),
                        InstantSource.system())
                .close();
    }

    /// Opens a repository that another program made and gives its password a key that costs nothing in place of the
    /// costly one.
    static void cheapen(Path repository, String password) {
        var random = new SecureRandom();
        try (Repository opened =
                Repository.open(new LocalStorage(repository), Secret.of(password), random, InstantSource.system())) {
            var creator = new ProcessIdentity("host", "root", 1, 0, 0);
            opened.keyring().replaceCurrent(Secret.of(password), COSTS, GoTime.parse("2026-01-15T10:00:00Z"), creator);
        }
    }
}
