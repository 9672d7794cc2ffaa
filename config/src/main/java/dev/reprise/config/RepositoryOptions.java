package dev.reprise.config;

import dev.reprise.base.ByteSize;

/// Keys below `repositories.NAME`.
final class RepositoryOptions {
    static final Option<SecretReference> LOCATION = Option.required(
            "location",
            new ValueType.SecretText(true),
            "Directory or URL of the repository, in restic's syntax; a relative path starts at the directory of this"
                    + " file",
            "/srv/backup/repository");
    static final Option<SecretReference> PASSWORD = Option.required(
            "password",
            new ValueType.SecretText(false),
            "Where the password is; without it nobody can read the repository, so keep a copy elsewhere",
            "{file: /etc/reprise/password}");
    static final Option<CompressionMode> COMPRESSION = Option.withDefault(
            "compression",
            new ValueType.Choice<>(CompressionMode.class),
            CompressionMode.AUTO,
            "How hard new data is compressed; any mode reads what another wrote",
            "max");
    static final Option<ByteSize> PACK_SIZE = Option.withDefault(
            "pack-size",
            new ValueType.Size(ByteSize.ofMebibytes(4), ByteSize.ofMebibytes(128)),
            ByteSize.ofMebibytes(16),
            "Size at which a pack file is finished; larger packs mean fewer objects",
            "64MiB");

    static final Section SECTION =
            Section.of("repository", "An encrypted place for backups", LOCATION, PASSWORD, COMPRESSION, PACK_SIZE);

    private RepositoryOptions() {}
}
