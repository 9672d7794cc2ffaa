package dev.reprise.config;

import dev.reprise.base.ByteSize;
import dev.reprise.base.PriceTable;
import dev.reprise.base.RateTable;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A repository of the configuration.
///
/// @param location path or URL in restic's syntax; may hold credentials
/// @param packSize a pack is finished when its blobs reach this
/// @param place    how it is spoken to
/// @param cold     where old packs go; null if they stay
/// @param prices   what its place asks; null for the prices of the whole file
public record RepositorySettings(
        String name,
        SecretReference location,
        SecretReference password,
        CompressionMode compression,
        ByteSize packSize,
        PlaceChoices place,
        @Nullable Cold cold,
        @Nullable PriceTable prices) {

    static RepositorySettings of(String name, Values values) {
        return new RepositorySettings(
                name,
                values.get(RepositoryOptions.LOCATION),
                values.get(RepositoryOptions.PASSWORD),
                values.get(RepositoryOptions.COMPRESSION),
                values.get(RepositoryOptions.PACK_SIZE),
                new PlaceChoices(
                        values.find(RepositoryOptions.CONNECTIONS),
                        values.get(RepositoryOptions.UPLOAD),
                        values.get(RepositoryOptions.DOWNLOAD),
                        values.get(RepositoryOptions.OPTIONS),
                        values.get(RepositoryOptions.ENVIRONMENT)),
                cold(values.find(RepositoryOptions.COLD)),
                values.has(RepositoryOptions.PRICES)
                        ? PriceOptions.table(values.find(RepositoryOptions.PRICES))
                        : null);
    }

    private static @Nullable Cold cold(@Nullable Values values) {
        return values == null
                ? null
                : new Cold(values.get(RepositoryOptions.COLD_CLASS), values.get(RepositoryOptions.COLD_AFTER));
    }

    /// Where old packs with contents of files go.
    ///
    /// @param storageClass by its name at the place
    /// @param after        age from which on a pack is moved
    public record Cold(String storageClass, Duration after) {}

    /// How the place is spoken to.
    ///
    /// @param connections operations at a time; null for what its kind takes
    /// @param upload      how fast to send
    /// @param download    how fast to read
    /// @param options     of its kind, by whole name, such as `s3.region`
    /// @param environment variables for this place alone
    public record PlaceChoices(
            @Nullable Integer connections,
            RateTable upload,
            RateTable download,
            Map<String, String> options,
            Map<String, SecretReference> environment) {
        public PlaceChoices {
            options = Map.copyOf(options);
            environment = Map.copyOf(environment);
        }
    }
}
