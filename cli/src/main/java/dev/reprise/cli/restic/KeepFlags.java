package dev.reprise.cli.restic;

import dev.reprise.operations.retention.Interval;
import dev.reprise.operations.retention.RetentionPolicy;
import dev.reprise.operations.retention.RetentionSpan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/// The flags that make up a policy (repository format, section 10.1).
final class KeepFlags {
    @Option(
            names = {"-l", "--keep-last"},
            paramLabel = "n",
            description = "Keep the last n snapshots; \"unlimited\" keeps all, here and below.")
    private String last = "0";

    @Option(
            names = {"-H", "--keep-hourly"},
            paramLabel = "n",
            description = "Keep the last snapshot of each of n hours.")
    private String hourly = "0";

    @Option(
            names = {"-d", "--keep-daily"},
            paramLabel = "n",
            description = "Keep the last snapshot of each of n days.")
    private String daily = "0";

    @Option(
            names = {"-w", "--keep-weekly"},
            paramLabel = "n",
            description = "Keep the last snapshot of each of n weeks.")
    private String weekly = "0";

    @Option(
            names = {"-m", "--keep-monthly"},
            paramLabel = "n",
            description = "Keep the last snapshot of each of n months.")
    private String monthly = "0";

    @Option(
            names = {"-y", "--keep-yearly"},
            paramLabel = "n",
            description = "Keep the last snapshot of each of n years.")
    private String yearly = "0";

    @Option(
            names = "--keep-within",
            paramLabel = "duration",
            description = "Keep snapshots this close to the newest, as in 1y5m7d2h.")
    private String within = "";

    @Option(names = "--keep-within-hourly", paramLabel = "duration", description = "Likewise, one of each hour.")
    private String withinHourly = "";

    @Option(names = "--keep-within-daily", paramLabel = "duration", description = "Likewise, one of each day.")
    private String withinDaily = "";

    @Option(names = "--keep-within-weekly", paramLabel = "duration", description = "Likewise, one of each week.")
    private String withinWeekly = "";

    @Option(names = "--keep-within-monthly", paramLabel = "duration", description = "Likewise, one of each month.")
    private String withinMonthly = "";

    @Option(names = "--keep-within-yearly", paramLabel = "duration", description = "Likewise, one of each year.")
    private String withinYearly = "";

    @Option(
            names = "--keep-tag",
            paramLabel = "tag[,tag…]",
            description = "Keep snapshots with all these tags; repeatable.")
    private List<String> tags = new ArrayList<>();

    /// @throws FatalException in restic's words if a value makes no sense
    RetentionPolicy policy() {
        Map<Interval, Integer> counts = new EnumMap<>(Interval.class);
        counts.put(Interval.LAST, count(last, "-l, --keep-last"));
        counts.put(Interval.HOURLY, count(hourly, "-H, --keep-hourly"));
        counts.put(Interval.DAILY, count(daily, "-d, --keep-daily"));
        counts.put(Interval.WEEKLY, count(weekly, "-w, --keep-weekly"));
        counts.put(Interval.MONTHLY, count(monthly, "-m, --keep-monthly"));
        counts.put(Interval.YEARLY, count(yearly, "-y, --keep-yearly"));
        Map<Interval, RetentionSpan> withins = new EnumMap<>(Interval.class);
        withins.put(Interval.HOURLY, span(withinHourly, "--keep-within-hourly"));
        withins.put(Interval.DAILY, span(withinDaily, "--keep-within-daily"));
        withins.put(Interval.WEEKLY, span(withinWeekly, "--keep-within-weekly"));
        withins.put(Interval.MONTHLY, span(withinMonthly, "--keep-within-monthly"));
        withins.put(Interval.YEARLY, span(withinYearly, "--keep-within-yearly"));
        return new RetentionPolicy(
                counts,
                span(within, "--keep-within"),
                withins,
                tags.stream().map(KeepFlags::tagList).toList());
    }

    private static List<String> tagList(String option) {
        return Arrays.stream(option.split(",", -1)).map(String::strip).toList();
    }

    private static int count(String text, String flag) {
        if (text.equals("unlimited")) {
            return RetentionPolicy.UNLIMITED;
        }
        long count;
        try {
            count = Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw invalid(text, flag, "not a number");
        }
        if (count < 0) {
            throw invalid(text, flag, "negative values not allowed, use 'unlimited' instead");
        }
        return (int) Math.min(count, Integer.MAX_VALUE);
    }

    private static RetentionSpan span(String text, String flag) {
        try {
            return RetentionSpan.parse(text);
        } catch (IllegalArgumentException e) {
            throw invalid(text, flag, String.valueOf(e.getMessage()));
        }
    }

    private static FatalException invalid(String text, String flag, String reason) {
        return new FatalException("invalid argument \"%s\" for \"%s\" flag: %s".formatted(text, flag, reason));
    }
}
