package dev.reprise.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where caches lie on this machine (repository format, section 10.5). Ours lie apart, so that restic's are not
/// disturbed: in a folder of our own, also below a directory the user names for both.
public final class CachePlace {
    private CachePlace() {}

    /// @param named what `--cache-dir` or `$RESTIC_CACHE_DIR` says; empty for neither
    /// @return null if the environment tells no place
    public static @Nullable Path ours(CommandContext context, String named) {
        if (!named.isEmpty()) {
            return context.resolve(named).resolve("reprise");
        }
        return inUsersCache(context, "reprise");
    }

    /// As above, for restic's own caches.
    public static @Nullable Path ofRestic(CommandContext context, String named) {
        return named.isEmpty() ? inUsersCache(context, "restic") : context.resolve(named);
    }

    private static @Nullable Path inUsersCache(CommandContext context, String folder) {
        String shared = context.environment().getOrDefault("XDG_CACHE_HOME", "");
        if (!shared.isEmpty()) {
            return context.resolve(shared).resolve(folder);
        }
        String home = context.environment().getOrDefault("HOME", "");
        return home.isEmpty() ? null : context.resolve(home).resolve(".cache").resolve(folder);
    }
}
