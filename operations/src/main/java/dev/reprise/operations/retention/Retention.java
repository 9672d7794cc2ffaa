package dev.reprise.operations.retention;

import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Decides what a policy keeps of one group, exactly as restic does (repository format, section 10.1).
/// Immutable.
public final class Retention {
    /// restic's time of no snapshot at all.
    private static final OffsetDateTime NEVER = OffsetDateTime.of(1, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

    /// @param reasons in restic's words: `daily snapshot`, `oldest within 1y1m`; at least one
    public record Kept(StoredSnapshot snapshot, List<String> reasons) {}

    /// Both lists are newest first.
    public record Decision(List<Kept> keep, List<StoredSnapshot> remove) {}

    private final RetentionPolicy policy;
    private final InstantSource clock;
    private final ZoneId zone;

    /// @param clock snapshots after its time do not move the base of "within" rules
    /// @param zone  this machine's, by whose clock calendar units are subtracted
    public Retention(RetentionPolicy policy, InstantSource clock, ZoneId zone) {
        this.policy = policy;
        this.clock = clock;
        this.zone = zone;
    }

    /// @param group any order; of equal times the later one counts as newer
    public Decision decide(List<StoredSnapshot> group) {
        List<StoredSnapshot> sorted = new ArrayList<>(group.reversed());
        sorted.sort(Comparator.comparing(Retention::instant).reversed());
        var pass = new Pass(sorted.size(), newest(sorted));
        List<Kept> keep = new ArrayList<>();
        List<StoredSnapshot> remove = new ArrayList<>();
        for (int i = 0; i < sorted.size(); i++) {
            StoredSnapshot stored = sorted.get(i);
            List<String> reasons = pass.reasons(stored.snapshot(), i);
            if (reasons.isEmpty()) {
                remove.add(stored);
            } else {
                keep.add(new Kept(stored, reasons));
            }
        }
        return new Decision(keep, remove);
    }

    private static Instant instant(StoredSnapshot stored) {
        return stored.snapshot().time().toInstant();
    }

    private OffsetDateTime newest(List<StoredSnapshot> sorted) {
        Instant now = clock.instant();
        for (StoredSnapshot stored : sorted) {
            if (instant(stored).isBefore(now)) {
                return stored.snapshot().time();
            }
        }
        return NEVER;
    }

    /// restic takes the first tag that settles the question, so "no tags" need not be looked at with
    /// others.
    private static boolean hasTags(Snapshot snapshot, List<String> wanted) {
        for (String tag : wanted) {
            if (tag.isEmpty() && snapshot.tags().isEmpty()) {
                return true;
            }
            if (!snapshot.tags().contains(tag)) {
                return false;
            }
        }
        return true;
    }

    /// What a rule has kept so far.
    private static final class Rule {
        private final Interval interval;
        private int left;
        private long last = -1;

        /// @param left how many more it may keep; negative for any number
        Rule(Interval interval, int left) {
            this.interval = interval;
            this.left = left;
        }

        /// The oldest snapshot of a group is kept by every rule that has not run out: it makes the history
        /// longest.
        ///
        /// @return restic's reason, or null if the rule does not keep it
        @Nullable
        String keep(Snapshot snapshot, int position, boolean oldest) {
            long bucket = interval.bucket(snapshot.time(), position);
            boolean fresh = bucket != last;
            if (left == 0 || !(fresh || oldest)) {
                return null;
            }
            last = bucket;
            left -= left > 0 ? 1 : 0;
            return (fresh ? "" : "oldest ") + interval.word();
        }
    }

    /// One walk through a group, newest first.
    private final class Pass {
        private final int size;
        private final OffsetDateTime newest;
        private final List<Rule> counted = new ArrayList<>();
        private final List<Rule> spanned = new ArrayList<>();

        Pass(int size, OffsetDateTime newest) {
            this.size = size;
            this.newest = newest;
            for (Interval interval : Interval.values()) {
                counted.add(new Rule(interval, policy.count(interval)));
                spanned.add(new Rule(interval, RetentionPolicy.UNLIMITED));
            }
        }

        List<String> reasons(Snapshot snapshot, int position) {
            boolean oldest = position == size - 1;
            List<String> reasons = new ArrayList<>();
            for (List<String> tags : policy.tags()) {
                if (hasTags(snapshot, tags)) {
                    reasons.add("has tags " + RetentionPolicy.list(tags));
                }
            }
            if (isWithin(snapshot, policy.within())) {
                reasons.add("within " + policy.within());
            }
            for (Rule rule : counted) {
                String reason = rule.keep(snapshot, position, oldest);
                if (reason != null) {
                    reasons.add(reason + " snapshot");
                }
            }
            for (Rule rule : spanned) {
                RetentionSpan span = policy.within(rule.interval);
                boolean close = span != null && isWithin(snapshot, span);
                String reason = close ? rule.keep(snapshot, position, oldest) : null;
                if (reason != null) {
                    reasons.add(reason + " within " + span);
                }
            }
            return reasons;
        }

        private boolean isWithin(Snapshot snapshot, RetentionSpan span) {
            return !span.isNone() && snapshot.time().toInstant().isAfter(span.before(newest, zone));
        }
    }
}
