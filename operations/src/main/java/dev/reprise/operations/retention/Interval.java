package dev.reprise.operations.retention;

import java.time.OffsetDateTime;
import java.time.temporal.IsoFields;
import java.util.Locale;

/// The spans of time of which a policy keeps one snapshot each. The wall clock is that of the offset stored
/// in the snapshot, so two snapshots of the same instant may lie in different days.
public enum Interval {
    /// Not a span: every snapshot is one of its own.
    LAST,
    HOURLY,
    DAILY,
    WEEKLY,
    MONTHLY,
    YEARLY;

    /// As in restic's reasons and flags.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Equal for snapshots of the same span; never negative.
    ///
    /// @param position of the snapshot in its group, newest first
    long bucket(OffsetDateTime time, int position) {
        return switch (this) {
            case LAST -> position;
            case HOURLY -> DAILY.bucket(time, position) * 100 + time.getHour();
            case DAILY -> MONTHLY.bucket(time, position) * 100 + time.getDayOfMonth();
            case WEEKLY -> time.get(IsoFields.WEEK_BASED_YEAR) * 100L + time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
            case MONTHLY -> time.getYear() * 100L + time.getMonthValue();
            case YEARLY -> time.getYear();
        };
    }
}
