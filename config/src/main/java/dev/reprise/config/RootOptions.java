package dev.reprise.config;

import java.util.Map;

/// Keys of the whole file.
final class RootOptions {
    static final Option<String> HOST = Option.optional(
            "host", new ValueType.Text(), "Name of this machine in snapshots; by default its own", "app1");
    static final Option<Map<String, Values>> REPOSITORIES = Option.required(
            "repositories",
            ValueType.Named.of(RepositoryOptions.SECTION),
            "Where backups go",
            "{main: {location: /srv/backup, password: {file: /etc/reprise/password}}}");
    static final Option<Map<String, Values>> SOURCES = Option.withDefault(
            "sources",
            ValueType.Named.byKind(
                    SourceOptions.FILES, SourceOptions.POSTGRES, SourceOptions.REDIS, SourceOptions.BUCKET),
            Map.of(),
            "What is protected; not needed to restore",
            "{uploads: {kind: files, paths: [/srv/uploads]}}");
    static final Option<Map<String, Values>> JOBS = Option.withDefault(
            "jobs",
            ValueType.Named.of(JobOptions.SECTION),
            Map.of(),
            "What is captured together; not needed to restore",
            "{nightly: {sources: [uploads], repository: main}}");

    static final Option<Values> PRICES = Option.optional(
            "prices",
            new ValueType.Nested(PriceOptions.SECTION),
            "What places ask, for estimates of all repositories without prices of their own",
            PriceOptions.EXAMPLE);

    static final Section SECTION = Section.of(
            "configuration",
            "What is protected, where to, and what goes together",
            HOST,
            REPOSITORIES,
            SOURCES,
            JOBS,
            PRICES);

    private RootOptions() {}
}
