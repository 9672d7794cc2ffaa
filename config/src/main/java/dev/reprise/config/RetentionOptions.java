package dev.reprise.config;

/// Keys below `jobs.NAME.retention`, and of an export's `keep`.
final class RetentionOptions {
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
    static final Section SECTION = Section.of(
            "retention",
            "Which recovery points are kept; a point stays if any rule keeps it",
            KEEP_LAST,
            KEEP_HOURLY,
            KEEP_DAILY,
            KEEP_WEEKLY,
            KEEP_MONTHLY,
            KEEP_YEARLY,
            KEEP_WITHIN);

    private RetentionOptions() {}

    private static Option<Retention.Keep> keep(String unit, String help, String example) {
        return Option.withDefault("keep-" + unit, KEEP, Retention.Keep.NONE, help, example);
    }

    static Retention settings(Values values) {
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
