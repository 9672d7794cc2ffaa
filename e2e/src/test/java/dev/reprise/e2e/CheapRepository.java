package dev.reprise.e2e;

import dev.reprise.base.Secret;
import dev.reprise.repository.Repository;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.model.ProcessIdentity;
import dev.reprise.storage.local.LocalStorage;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;

/// A repository whose key costs nothing to derive: each command here is a process that derives it.
final class CheapRepository {
    private static final ScryptParameters COSTS = new ScryptParameters(2, 8, 1);

    private CheapRepository() {}

    static void create(Path repository, String password) {
        Repository.init(
                        new LocalStorage(repository),
                        Secret.of(password),
                        new Repository.InitOptions(2, null, COSTS),
                        new SecureRandom(),
                        InstantSource.system())
                .close();
    }

    /// Gives the password of a repository that was initialised as ever such a key in place of the costly one.
    static void cheapen(Path repository, String password) {
        try (Repository opened = Repository.open(
                new LocalStorage(repository), Secret.of(password), new SecureRandom(), InstantSource.system())) {
            var creator = new ProcessIdentity("host", "root", 1, 0, 0);
            opened.keyring().replaceCurrent(Secret.of(password), COSTS, GoTime.parse("2026-01-15T10:00:00Z"), creator);
        }
    }
}
