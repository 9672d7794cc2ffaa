package dev.reprise.repository.lock;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.GoJsonWriter;
import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.model.JsonMembers;
import dev.reprise.repository.model.ProcessIdentity;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.function.LongPredicate;

/// The content of one lock file (repository format, section 9).
///
/// @param time of the last refresh; its age is not the age of the process
record LockRecord(GoTime time, boolean exclusive, ProcessIdentity holder) {
    /// Older locks may be removed by anybody.
    static final Duration STALE_AFTER = Duration.ofMinutes(30);

    private static final DateTimeFormatter CREATED = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
    private static final String NO_TIME = "0001-01-01T00:00:00Z";

    byte[] json() {
        GoJsonWriter json = new GoJsonWriter();
        json.raw("{\"time\":").time(time);
        json.raw(",\"exclusive\":").raw(exclusive ? "true" : "false");
        json.raw(",\"hostname\":").string(holder.hostname());
        json.raw(",\"username\":").string(holder.username());
        json.raw(",\"pid\":").number(holder.pid());
        if (holder.uid() != 0) {
            json.raw(",\"uid\":").number(holder.uid());
        }
        if (holder.gid() != 0) {
            json.raw(",\"gid\":").number(holder.gid());
        }
        return json.raw('}').toByteArray();
    }

    /// @throws IllegalArgumentException saying what is wrong with it
    static LockRecord parse(byte[] json) {
        JsonMembers members = JsonMembers.parse(json);
        return new LockRecord(
                GoTime.parse(members.text("time", NO_TIME)),
                members.flag("exclusive"),
                new ProcessIdentity(
                        members.text("hostname", ""),
                        members.text("username", ""),
                        members.number("pid", 0),
                        members.number("uid", 0),
                        members.number("gid", 0)));
    }

    boolean conflictsWith(RepositoryLock.Kind wanted) {
        return exclusive || wanted == RepositoryLock.Kind.EXCLUSIVE;
    }

    /// Negative for a lock from the future.
    Duration age(Instant now) {
        return Duration.between(Instant.ofEpochSecond(time.epochSecond(), time.nano()), now);
    }

    /// @param alive whether a process of this host exists
    boolean isStale(Instant now, String hostname, LongPredicate alive) {
        boolean dead = holder.hostname().equals(hostname) && !alive.test(holder.pid());
        return age(now).compareTo(STALE_AFTER) > 0 || holder.pid() <= 0 || dead;
    }

    /// The lines restic prints of a lock in the way; the time is shown in the zone it was written in.
    String inResticsWords(ObjectId id, Instant now) {
        return "by PID %d on %s by %s (UID %d, GID %d)\nlock was created at %s (%s ago)\nstorage ID %s"
                .formatted(
                        holder.pid(),
                        holder.hostname(),
                        holder.username(),
                        holder.uid(),
                        holder.gid(),
                        CREATED.format(time.toOffsetDateTime()),
                        goWords(age(now)),
                        id.shortHex());
    }

    /// A duration as Go prints it, to the millisecond: `1h2m3.5s`.
    private static String goWords(Duration age) {
        Duration shown = age.isNegative() ? Duration.ZERO : age;
        BigDecimal seconds = BigDecimal.valueOf(shown.toSecondsPart() * 1_000L + shown.toMillisPart(), 3);
        String minutes = shown.toMinutes() == 0 ? "" : shown.toMinutesPart() + "m";
        String hours = shown.toHours() == 0 ? "" : shown.toHours() + "h";
        return hours + minutes + seconds.stripTrailingZeros().toPlainString() + "s";
    }

    String describeHolder() {
        return "host %s pid %d".formatted(holder.hostname(), holder.pid());
    }
}
