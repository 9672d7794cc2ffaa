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

    private static final ValueType.Keep KEEP = new ValueType.Keep();
    static final Option<Retention.Keep> KEEP_LAST = keep("last", "Newest points to keep, whatever their age", "3");
    static final Option<Retention.Keep> KEEP_HOURLY = keep("hourly", "Hours for which the newest point is kept", "24");
    static final Option<Retention.Keep> KEEP_DAILY = keep("daily", "Days for which the newest point is kept", "7");
    static final Option<Retention.Keep> KEEP_WEEKLY = keep("weekly", "Weeks for which the newest point is kept", "4");
    static final Option<Retention.Keep> KEEP_MONTHLY =
            keep("monthly", "Months for which the newest point is kept", "12");
    static final Option<Retention.Keep> KEEP_YEARLY =
            keep("yearly", "Years for which the newest point is kept", "unlimited");
    static final Option<Retention.Within> KEEP_WITHIN = Option.optional(
            "keep-within",
            new ValueType.CalendarSpan(),
            "Keep every point younger than this, counted back from the newest one",
            "30d");
    static final Section RETENTION_SECTION = Section.of(
            "retention",
            "Which recovery points are kept; a point stays if any rule keeps it",
            KEEP_LAST,
            KEEP_HOURLY,
            KEEP_DAILY,
            KEEP_WEEKLY,
            KEEP_MONTHLY,
            KEEP_YEARLY,
            KEEP_WITHIN);
    static final Option<Values> RETENTION = Option.optional(
            "retention",
            new ValueType.Nested(RETENTION_SECTION),
            "Which recovery points are kept; without it, all of them. Not applied yet: this version removes nothing",
            "{keep-daily: 7, keep-weekly: 4, keep-monthly: 12}");

    static final Section SECTION = Section.of(
                    "job",
                    "Sources that are captured together into one recovery point",
                    SOURCES,
                    REPOSITORY,
                    REPOSITORIES,
                    TAGS,
                    HOST,
                    RETENTION)
            .exactlyOneOf(REPOSITORY, REPOSITORIES);

    private JobOptions() {}

    private static Option<Retention.Keep> keep(String unit, String help, String example) {
        return Option.withDefault("keep-" + unit, KEEP, Retention.Keep.NONE, help, example);
    }

    static JobSettings settings(String name, Values values) {
        Values retention = values.find(RETENTION);
        return new JobSettings(
                name,
                values.get(SOURCES),
                repositories(values),
                values.get(TAGS),
                values.find(HOST),
                retention == null ? null : retention(retention));
    }

    /// By either of its two keys.
    static List<String> repositories(Values values) {
        String single = values.find(REPOSITORY);
        return single != null ? List.of(single) : values.get(REPOSITORIES);
    }

    static Retention retention(Values values) {
        return new Retention(
                values.get(KEEP_LAST),
                values.get(KEEP_HOURLY),
                values.get(KEEP_DAILY),
                values.get(KEEP_WEEKLY),
                values.get(KEEP_MONTHLY),
                values.get(KEEP_YEARLY),
                values.find(KEEP_WITHIN));
    }
}
