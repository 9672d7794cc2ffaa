package dev.reprise.config;

import java.util.List;

/// Keys below `jobs.NAME.export`.
final class ExportOptions {
    static final Option<SecretReference> TO = Option.required(
            "to",
            new ValueType.SecretText(true),
            "Directory, or URL of a place of kind s3 or sftp, that gets a folder for each date; what lies there is not"
                    + " encrypted by Reprise",
            "/srv/exports");
    static final Option<List<String>> SOURCES = Option.withDefault(
            "sources",
            ValueType.TextList.atLeast(0),
            List.of(),
            "Sources of the job to export; empty means all",
            "[database]");
    static final Option<Values> KEEP = Option.optional(
            "keep",
            new ValueType.Nested(RetentionOptions.SECTION),
            "Which exports are kept, by dates; older ones are removed after each new one. Without it, all are kept",
            "{keep-daily: 14}");

    static final Section SECTION = Section.of(
            "export",
            "Plain files of each recovery point for people, in folders named by date",
            TO,
            SOURCES,
            KEEP,
            RepositoryOptions.OPTIONS,
            RepositoryOptions.ENVIRONMENT);

    private ExportOptions() {}

    static ExportSettings settings(Values values) {
        Values keep = values.find(KEEP);
        return new ExportSettings(
                values.get(TO),
                values.get(SOURCES),
                keep == null ? null : RetentionOptions.settings(keep),
                values.get(RepositoryOptions.OPTIONS),
                values.get(RepositoryOptions.ENVIRONMENT));
    }
}
