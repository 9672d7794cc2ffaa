package dev.reprise.config;

import dev.reprise.base.ByteSize;
import dev.reprise.base.RateTable;
import java.time.Duration;
import java.util.Map;

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

    static final Option<Integer> CONNECTIONS = Option.optional(
            "connections",
            new ValueType.Count(1, 1000),
            "Operations at a time; by default 5 for servers and 2 for directories",
            "10");
    static final Option<RateTable> UPLOAD = Option.withDefault(
            "upload",
            new ValueType.Rate(),
            RateTable.UNLIMITED,
            "How fast to send to a server, by this machine's time of day; headers are not counted",
            "08:00-18:00 512KiB/s, else unlimited");
    static final Option<RateTable> DOWNLOAD = Option.withDefault(
            "download",
            new ValueType.Rate(),
            RateTable.UNLIMITED,
            "How fast to read from a server, as upload",
            "10MiB/s");
    static final Option<Map<String, String>> OPTIONS = Option.withDefault(
            "options",
            Entries.OPTIONS,
            Map.of(),
            "Options of the kind of place, as -o of reprise restic takes them; its verb options lists all",
            "{s3.region: eu-central-1, s3.connections: 10}");
    static final Option<Map<String, SecretReference>> ENVIRONMENT = Option.withDefault(
            "environment",
            Entries.VARIABLES,
            Map.of(),
            "Variables for this repository's place alone, such as credentials; they win over those of the process",
            "{AWS_ACCESS_KEY_ID: AKIA123, AWS_SECRET_ACCESS_KEY: {file: /etc/reprise/s3-secret}}");

    static final Option<String> COLD_CLASS = Option.required(
            "class",
            new ValueType.Text(),
            "Storage class they go to, by its name at the place; GLACIER and DEEP_ARCHIVE have to be brought back before"
                    + " a restore",
            "GLACIER_IR");
    static final Option<Duration> COLD_AFTER = Option.withDefault(
            "after", new ValueType.Span(), Duration.ofDays(30), "Age from which on a pack is moved", "30d");
    static final Section COLD_SECTION = Section.of(
            "cold",
            "Where old packs with contents of files go, and never metadata; \"reprise lifecycle\" moves them",
            COLD_CLASS,
            COLD_AFTER);
    static final Option<Values> COLD = Option.optional(
            "cold",
            new ValueType.Nested(COLD_SECTION),
            "Storage class for packs of data that have become old",
            "{class: GLACIER_IR, after: 30d}");
    static final Option<Values> PRICES = Option.optional(
            "prices",
            new ValueType.Nested(PriceOptions.SECTION),
            "What this place asks; by default the prices of the whole file",
            PriceOptions.EXAMPLE);

    static final Section SECTION = Section.of(
            "repository",
            "An encrypted place for backups",
            LOCATION,
            PASSWORD,
            COMPRESSION,
            PACK_SIZE,
            CONNECTIONS,
            UPLOAD,
            DOWNLOAD,
            OPTIONS,
            ENVIRONMENT,
            COLD,
            PRICES);

    private RepositoryOptions() {}
}
