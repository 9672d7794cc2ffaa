package dev.reprise.cli;

import dev.reprise.base.Secret;
import dev.reprise.config.RepositorySettings;
import dev.reprise.config.RepriseConfig;
import dev.reprise.config.Secrets;
import dev.reprise.repository.Repository;
import dev.reprise.repository.Repository.InitOptions;
import dev.reprise.repository.cache.CacheFolders;
import dev.reprise.repository.chunk.Polynomial;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.Storage;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Opens the repositories of a configuration.
///
/// @param config  whose directory relative locations start at
/// @param context gives environment, clock and chance
public record Repositories(RepriseConfig config, CommandContext context) {
    /// The caller closes it, unless a repository took it over.
    public Storage storage(RepositorySettings settings) {
        String what = "the location of repository " + settings.name();
        String location = absolute(secrets().resolve(settings.location(), what).reveal());
        return context.places().open(location, context.placeSettings());
    }

    /// The caller closes it.
    ///
    /// @throws dev.reprise.base.RepriseException if there is none, the password is wrong, or it is damaged
    public Repository open(RepositorySettings settings) {
        try (Secret password = password(settings)) {
            var repository = Repository.open(
                    storage(settings), password, context.random().get(), context.clock());
            Path cache = CachePlace.ours(context, context.environment().getOrDefault("RESTIC_CACHE_DIR", ""));
            if (cache != null) {
                repository.keepIndexIn(new CacheFolders(cache, context.clock()));
            }
            return repository;
        }
    }

    /// Whether a repository is there. Looks, and changes nothing.
    public boolean exists(RepositorySettings settings) {
        try (Storage storage = storage(settings)) {
            return storage.size(ObjectKey.CONFIG) >= 0;
        }
    }

    /// For people, without credentials.
    public String location(RepositorySettings settings) {
        try (Storage storage = storage(settings)) {
            return storage.location();
        }
    }

    /// Creates it. The caller closes it.
    ///
    /// @param polynomial how files are cut; null draws one at random
    public Repository create(RepositorySettings settings, @Nullable Polynomial polynomial) {
        try (Secret password = password(settings)) {
            Storage storage = storage(settings);
            storage.create(); // an absent directory is otherwise taken for a disk that is not mounted
            return Repository.init(
                    storage,
                    password,
                    new InitOptions(InitOptions.DEFAULT.version(), polynomial),
                    context.random().get(),
                    context.clock());
        }
    }

    Secret password(RepositorySettings settings) {
        return secrets().resolve(settings.password(), "the password of repository " + settings.name());
    }

    private Secrets secrets() {
        return new Secrets(context.environment());
    }

    /// Makes a relative directory absolute; leaves URLs to the storage.
    private String absolute(String location) {
        String path = location.startsWith("local:") ? location.substring("local:".length()) : location;
        boolean url = path.indexOf(':') >= 0 && !location.startsWith("local:");
        if (path.isEmpty() || path.startsWith("/") || (url && !path.startsWith("."))) {
            return location;
        }
        return "local:" + config.directory().resolve(path).normalize();
    }
}
