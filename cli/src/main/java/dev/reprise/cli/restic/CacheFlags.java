package dev.reprise.cli.restic;

import dev.reprise.cli.CachePlace;
import dev.reprise.cli.CommandContext;
import dev.reprise.repository.Repository;
import dev.reprise.repository.cache.CacheFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where caches lie, and whether there are any. A cache never fails a verb other than `cache`.
final class CacheFlags {
    @Option(
            names = "--cache-dir",
            paramLabel = "directory",
            description = "Where caches lie (default: $RESTIC_CACHE_DIR, else the user's cache directory).")
    private @Nullable String directory;

    @Option(names = "--no-cache", description = "Use no cache.")
    private boolean none;

    @Option(names = "--cleanup-cache", description = "Remove caches that were not used for 30 days.")
    private boolean cleanup;

    boolean none() {
        return none;
    }

    private String named(CommandContext context) {
        return directory != null ? directory : context.environment().getOrDefault("RESTIC_CACHE_DIR", "");
    }

    /// @return null if the environment tells no place
    @Nullable
    CacheFolders ours(CommandContext context) {
        return folders(context, CachePlace.ours(context, named(context)));
    }

    /// As above, for restic's own.
    @Nullable
    CacheFolders ofRestic(CommandContext context) {
        return folders(context, CachePlace.ofRestic(context, named(context)));
    }

    private static @Nullable CacheFolders folders(CommandContext context, @Nullable Path place) {
        return place == null ? null : new CacheFolders(place, context.clock());
    }

    /// Lets a repository keep its index and, if it lies behind a network, its metadata, and removes
    /// old caches if the user wants that.
    void apply(Repository repository, CommandContext context, ResticOutput output) {
        CacheFolders ours = ours(context);
        CacheFolders restics = ofRestic(context);
        if (none || ours == null || restics == null) {
            return;
        }
        repository.keepIndexIn(ours);
        repository.keepSnapshotsIn(ours);
        if (!repository.storage().location().startsWith("local:")) {
            repository.keepMetadataIn(ours);
        }
        if (cleanup) {
            removeOld(ours, output);
            removeOld(restics, output);
        }
    }

    private static void removeOld(CacheFolders folders, ResticOutput output) {
        try {
            List<CacheFolders.Folder> old = new ArrayList<>(folders.olderThan(CacheFolders.OLD));
            if (!old.isEmpty()) {
                output.info("removing %d old cache dirs from %s".formatted(old.size(), folders.root()));
            }
            for (CacheFolders.Folder folder : old) {
                CacheFolders.remove(folder);
            }
        } catch (IOException e) {
            output.warning("cannot remove old caches in %s: %s".formatted(folders.root(), e.getMessage()));
        }
    }
}
