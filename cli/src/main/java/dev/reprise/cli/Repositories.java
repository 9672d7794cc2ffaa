package dev.reprise.cli;

import dev.reprise.base.Secret;
import dev.reprise.config.ConfigException;
import dev.reprise.config.RepositorySettings;
import dev.reprise.config.RepriseConfig;
import dev.reprise.config.Secrets;
import dev.reprise.repository.Repository;
import dev.reprise.repository.Repository.InitOptions;
import dev.reprise.repository.cache.CacheFolders;
import dev.reprise.repository.chunk.Polynomial;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.retry.RetryListener;
import dev.reprise.storage.url.PlaceKind.PlaceOption;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.url.PlaceSettings.RateLimits;
import dev.reprise.storage.url.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Opens the repositories of a configuration.
///
/// @param config  whose directory relative locations start at
/// @param context gives environment, clock and chance
public record Repositories(RepriseConfig config, CommandContext context) {
    /// The caller closes it, unless a repository took it over.
    public Storage storage(RepositorySettings settings) {
        return storage(settings, (operation, pause, reason) -> retrying(settings.name(), operation, pause, reason));
    }

    /// As above.
    ///
    /// @param retries told of what is repeated; what it throws ends the operation
    public Storage storage(RepositorySettings settings, RetryListener retries) {
        String what = "the location of repository " + settings.name();
        String location = absolute(secrets().resolve(settings.location(), what).reveal());
        return context.places().open(location, placeSettings(settings, location, retries));
    }

    private PlaceSettings placeSettings(RepositorySettings settings, String location, RetryListener retries) {
        var choices = settings.place();
        var environment = new HashMap<>(context.environment());
        choices.environment().forEach((name, reference) -> {
            String what = "the variable " + name + " of repository " + settings.name();
            environment.put(name, secrets().resolve(reference, what).reveal());
        });
        return new PlaceSettings(
                environment,
                config.directory(),
                options(settings, location),
                Transport.DEFAULT,
                new RateLimits(choices.upload(), choices.download(), context.zone()),
                context.clock(),
                retries);
    }

    private Map<String, String> options(RepositorySettings settings, String location) {
        var options = new HashMap<>(settings.place().options());
        Integer connections = settings.place().connections();
        if (connections != null) {
            options.put(scheme(location) + ".connections", connections.toString());
        }
        List<String> known =
                context.places().options().stream().map(PlaceOption::name).toList();
        for (String name : options.keySet()) {
            if (!known.contains(name)) {
                throw ConfigException.of(
                        "repositories." + settings.name() + " has the option " + name
                                + ", which no kind of place takes",
                        "list those that are taken: reprise restic options");
            }
        }
        return options;
    }

    private static String scheme(String location) {
        int colon = location.indexOf(':');
        return colon < 0 || location.startsWith("/") ? "local" : location.substring(0, colon);
    }

    private void retrying(String repository, String operation, Duration pause, StorageException reason) {
        long seconds = Math.max(1, pause.toSeconds());
        context.err()
                .println("repository %s: retrying in %d s (%s returned error: %s)"
                        .formatted(repository, seconds, operation, reason.fact()));
    }

    /// The caller closes it.
    ///
    /// @throws dev.reprise.base.RepriseException if there is none, the password is wrong, or it is
    /// damaged
    public Repository open(RepositorySettings settings) {
        return open(settings, storage(settings));
    }

    /// As above, at a place that was opened; the repository closes it.
    public Repository open(RepositorySettings settings, Storage place) {
        try (Secret password = password(settings)) {
            var repository = Repository.open(place, password, context.random().get(), context.clock());
            Path cache = CachePlace.ours(context, context.environment().getOrDefault("RESTIC_CACHE_DIR", ""));
            if (cache != null) {
                var folders = new CacheFolders(cache, context.clock());
                repository.keepIndexIn(folders);
                if (!repository.storage().location().startsWith("local:")) {
                    repository.keepMetadataIn(folders);
                }
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
