package dev.reprise.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A job of the configuration: which sources go together into which repository.
///
/// @param sources    names of sources, at least one, in the order of capture
/// @param repository name of the repository
/// @param tags       put on every snapshot
/// @param host       name of the machine in snapshots; null for this machine's
/// @param retention  null keeps everything
public record JobSettings(
        String name,
        List<String> sources,
        String repository,
        List<String> tags,
        @Nullable String host,
        @Nullable Retention retention) {}
