package dev.reprise.operations.check;

import dev.reprise.base.ObjectId;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How much of a repository has been read and found good, and how long ago.
///
/// @param packs        all packs
/// @param bytes        of those
/// @param coveredPacks packs that were read, within the age asked for if any
/// @param coveredBytes of those
/// @param neverRead    packs nobody remembers reading
/// @param oldest       time since the reading that is longest ago, of packs that were ever read; null for none
public record Coverage(
        long packs,
        long bytes,
        long coveredPacks,
        long coveredBytes,
        long neverRead,
        @Nullable Duration oldest) {
    /// @param sizes    bytes of every pack
    /// @param readings when packs were last read
    /// @param maxAge   readings before that do not count; null for any age
    static Coverage of(
            Map<ObjectId, Long> sizes, Map<ObjectId, Instant> readings, @Nullable Duration maxAge, Instant now) {
        long bytes = 0;
        long covered = 0;
        long coveredBytes = 0;
        long never = 0;
        Duration oldest = null;
        for (Map.Entry<ObjectId, Long> pack : sizes.entrySet()) {
            bytes += pack.getValue();
            Instant read = readings.get(pack.getKey());
            if (read == null) {
                never++;
                continue;
            }
            Duration age = Duration.between(read, now);
            if (maxAge == null || age.compareTo(maxAge) <= 0) {
                covered++;
                coveredBytes += pack.getValue();
            }
            oldest = oldest == null || age.compareTo(oldest) > 0 ? age : oldest;
        }
        return new Coverage(sizes.size(), bytes, covered, coveredBytes, never, oldest);
    }

    /// By bytes, 0 to 100. A repository without packs is covered.
    public double percent() {
        return bytes == 0 ? 100 : 100.0 * coveredBytes / bytes;
    }
}
