package dev.reprise.cli;

import dev.reprise.base.RateTable;
import dev.reprise.base.Secret;
import dev.reprise.config.ConfigException;
import dev.reprise.config.ExportSettings;
import dev.reprise.config.RepositorySettings;
import dev.reprise.config.RepositorySettings.PlaceChoices;
import dev.reprise.config.RepriseConfig;
import dev.reprise.config.SecretReference;
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
        return storage(
                settings,
                (operation, pause, reason) -> retrying("repository " + settings.name(), operation, pause, reason));
    }

    /// As above.
    ///
    /// @param retries told of what is repeated; what it throws ends the operation
    public Storage storage(RepositorySettings settings, RetryListener retries) {
        return open(
                "repositories." + settings.name(),
                "repository " + settings.name(),
                settings.location(),
                settings.place(),
                retries);
    }

    /// Opens the place of a job's exports. The caller closes it.
    public Storage exports(String job, ExportSettings settings) {
        var choices = new PlaceChoices(
                null, RateTable.UNLIMITED, RateTable.UNLIMITED, settings.options(), settings.environment());
        String what = "the exports of job " + job;
        return open(
                "jobs." + job + ".export",
                what,
                settings.to(),
                choices,
                (operation, pause, reason) -> retrying(what, operation, pause, reason));
    }

    /// @param path of the section in the configuration
    /// @param what for people
    private Storage open(String path, String what, SecretReference place, PlaceChoices choices, RetryListener retries) {
        String location =
                absolute(secrets().resolve(place, "the location of " + what).reveal());
        var environment = new HashMap<>(context.environment());
        choices.environment().forEach((name, reference) -> {
            Secret value = secrets().resolve(reference, "the variable " + name + " of " + what);
            environment.put(name, value.reveal());
        });
        var settings = new PlaceSettings(
                environment,
                config.directory(),
                options(path, choices, location),
                Transport.DEFAULT,
                new RateLimits(choices.upload(), choices.download(), context.zone()),
                context.clock(),
                retries);
        return context.places().open(location, settings);
    }

    private Map<String, String> options(String path, PlaceChoices choices, String location) {
        var options = new HashMap<>(choices.options());
        Integer connections = choices.connections();
        if (connections != null) {
            options.put(scheme(location) + ".connections", connections.toString());
        }
        List<String> known =
                context.places().options().stream().map(PlaceOption::name).toList();
        for (String name : options.keySet()) {
            if (!known.contains(name)) {
                throw ConfigException.of(
                        path + " has the option " + name + ", which no kind of place takes",
                        "list those that are taken: reprise restic options");
            }
        }
        return options;
    }

    private static String scheme(String location) {
        int colon = location.indexOf(':');
        return colon < 0 || location.startsWith("/") ? "local" : location.substring(0, colon);
    }

    private void retrying(String what, String operation, Duration pause, StorageException reason) {
        long seconds = Math.max(1, pause.toSeconds());
        context.err()
                .println("%s: retrying in %d s (%s returned error: %s)"
                        .formatted(what, seconds, operation, reason.fact()));
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
            repository.tellRemarks(fact -> context.err().println("repository " + settings.name() + ": " + fact));
            Path cache = CachePlace.ours(context, context.environment().getOrDefault("RESTIC_CACHE_DIR", ""));
            if (cache != null) {
                var folders = new CacheFolders(cache, context.clock());
                repository.keepIndexIn(folders);
                repository.keepSnapshotsIn(folders);
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
