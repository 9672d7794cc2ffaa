package dev.reprise.config;

import dev.reprise.base.ByteSize;

/// A repository of the configuration.
///
/// @param location path or URL in restic's syntax; may hold credentials
/// @param packSize a pack is finished when its blobs reach this
public record RepositorySettings(
        String name,
        SecretReference location,
        SecretReference password,
        CompressionMode compression,
        ByteSize packSize) {

    static RepositorySettings of(String name, Values values) {
        return new RepositorySettings(
                name,
                values.get(RepositoryOptions.LOCATION),
                values.get(RepositoryOptions.PASSWORD),
                values.get(RepositoryOptions.COMPRESSION),
                values.get(RepositoryOptions.PACK_SIZE));
    }
}
