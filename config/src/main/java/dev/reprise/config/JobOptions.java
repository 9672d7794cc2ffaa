package dev.reprise.config;

import java.util.List;

/// Keys below `jobs.NAME`.
final class JobOptions {
    static final Option<List<String>> SOURCES = Option.required(
            "sources",
            ValueType.TextList.atLeast(1),
            "Names of the sources that are captured together into one recovery point",
            "[database, uploads]");
    static final Option<String> REPOSITORY = Option.optional(
            "repository", new ValueType.Text(), "Name of the repository that takes the recovery points", "main");
    static final Option<List<String>> REPOSITORIES = Option.optional(
            "repositories",
            ValueType.TextList.atLeast(1),
            "Names of the repositories that each take every recovery point: sources are read once for all of them",
            "[main, offsite]");
    static final Option<List<String>> TAGS = Option.withDefault(
            "tags", ValueType.TextList.atLeast(0), List.of(), "Tags put on every snapshot", "[production]");
    static final Option<String> HOST = Option.optional(
            "host",
            new ValueType.Text(),
            "Name of the machine in snapshots; by default the host above, or its own",
            "app1");

    static final Option<Values> RETENTION = Option.optional(
            "retention",
            new ValueType.Nested(RetentionOptions.SECTION),
            "Which recovery points are kept; without it, all of them. \"reprise prune\" removes the others",
            "{keep-daily: 7, keep-weekly: 4, keep-monthly: 12}");

    static final Option<Values> EXPORT = Option.optional(
            "export",
            new ValueType.Nested(ExportOptions.SECTION),
            "Plain files of each recovery point for people, written when the point is complete",
            "{to: /srv/exports, keep: {keep-daily: 14}}");

    static final Section SECTION = Section.of(
                    "job",
                    "Sources that are captured together into one recovery point",
                    SOURCES,
                    REPOSITORY,
                    REPOSITORIES,
                    TAGS,
                    HOST,
                    RETENTION,
                    EXPORT)
            .exactlyOneOf(REPOSITORY, REPOSITORIES);

    private JobOptions() {}

    static JobSettings settings(String name, Values values) {
        Values retention = values.find(RETENTION);
        Values export = values.find(EXPORT);
        return new JobSettings(
                name,
                values.get(SOURCES),
                repositories(values),
                values.get(TAGS),
                values.find(HOST),
                retention == null ? null : RetentionOptions.settings(retention),
                export == null ? null : ExportOptions.settings(export));
    }

    /// By either of its two keys.
    static List<String> repositories(Values values) {
        String single = values.find(REPOSITORY);
        return single != null ? List.of(single) : values.get(REPOSITORIES);
    }
}
