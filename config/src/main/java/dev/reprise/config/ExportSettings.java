package dev.reprise.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where a job's recovery points go as plain files.
///
/// @param to          directory or URL; may hold credentials
/// @param sources     names; empty for all of the job
/// @param keep        null keeps all
/// @param options     of its kind of place, by whole name
/// @param environment variables for this place alone
public record ExportSettings(
        SecretReference to,
        List<String> sources,
        @Nullable Retention keep,
        Map<String, String> options,
        Map<String, SecretReference> environment) {
    public ExportSettings {
        sources = List.copyOf(sources);
        options = Map.copyOf(options);
        environment = Map.copyOf(environment);
    }
}
