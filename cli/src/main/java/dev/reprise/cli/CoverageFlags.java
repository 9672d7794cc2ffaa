package dev.reprise.cli;

import dev.reprise.base.ByteSize;
import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.check.Coverage;
import dev.reprise.operations.check.PackSelection;
import dev.reprise.operations.check.ReadingLog;
import dev.reprise.operations.check.RepositoryCheck;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Flags that spread reading a whole repository over many checks, and how what they reach is shown.
public final class CoverageFlags {
    private static final Pattern AGE = Pattern.compile("(\\d{1,9})([smhdw])");

    @Option(
            names = "--max-age",
            paramLabel = "AGE",
            description = "With --read-data: only packs that were not read for so long, as in 30d.")
    private String age = "";

    @Option(
            names = "--budget",
            paramLabel = "SIZE",
            description = "With --read-data: so many bytes at most, packs that were not read for longest first.")
    private String budget = "";

    public boolean isGiven() {
        return !age.isEmpty() || !budget.isEmpty();
    }

    /// @return null for any age
    /// @throws RepriseException if it is none
    public @Nullable Duration maxAge() {
        return age.isEmpty() ? null : age(age);
    }

    /// @param text a number and its unit, as in `30d`
    /// @throws RepriseException if it is none
    public static Duration age(String text) {
        Matcher matcher = AGE.matcher(text);
        if (!matcher.matches()) {
            throw new OperationException(
                    ExitStatus.FAILED, "\"%s\" is no age".formatted(text), "write it like 12h, 30d or 4w", null);
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            default -> Duration.ofDays(7 * number);
        };
    }

    /// Which packs to read, the one not read for longest first.
    public PackSelection select(ReadingLog log) {
        return log.oldest(maxAge(), budget.isEmpty() ? Long.MAX_VALUE : bytes());
    }

    private long bytes() {
        try {
            return ByteSize.parse(budget).bytes();
        } catch (IllegalArgumentException e) {
            throw new OperationException(
                    ExitStatus.FAILED, String.valueOf(e.getMessage()), "write it like 500MiB or 20GiB", e);
        }
    }

    /// Stores what was read. A repository that cannot be written is checked all the same.
    public static void remember(ReadingLog log, RepositoryCheck check, Consumer<String> warning) {
        if (check.goodPacks().isEmpty()) {
            return;
        }
        try {
            log.save(check.goodPacks(), check.packSizes().keySet());
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            warning.accept("which packs were read could not be remembered: " + e.fact());
        }
    }

    /// One line for people.
    public static String describe(Coverage coverage) {
        Duration oldest = coverage.oldest();
        String age = coverage.neverRead() > 0
                ? "%d packs were never read".formatted(coverage.neverRead())
                : oldest == null
                        ? "there are no packs"
                        : "the oldest reading is %d days ago".formatted(oldest.toDays());
        return String.format(
                Locale.ROOT,
                "coverage: %.1f%% of the data was read and found good (%d of %d packs); %s",
                coverage.percent(),
                coverage.coveredPacks(),
                coverage.packs(),
                age);
    }

    /// Members of a JSON object, each with a comma in front.
    public static String members(Coverage coverage) {
        Duration oldest = coverage.oldest();
        return String.format(
                Locale.ROOT,
                ",\"coverage_percent\":%.2f,\"coverage_packs\":%d,\"packs_never_read\":%d,"
                        + "\"oldest_reading_age_seconds\":%s",
                coverage.percent(),
                coverage.coveredPacks(),
                coverage.neverRead(),
                oldest == null ? "null" : oldest.toSeconds());
    }
}
