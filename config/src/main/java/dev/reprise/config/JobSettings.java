package dev.reprise.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A job of the configuration: which sources go together into which repositories.
///
/// @param sources    names of sources, at least one, in the order of capture
/// @param repositories names of the repositories that take each point, at least one, none twice
/// @param tags       put on every snapshot
/// @param host       name of the machine in snapshots; null for this machine's
/// @param retention  null keeps everything
/// @param export     null writes no plain files
public record JobSettings(
        String name,
        List<String> sources,
        List<String> repositories,
        List<String> tags,
        @Nullable String host,
        @Nullable Retention retention,
        @Nullable ExportSettings export) {}
