package dev.reprise.repository.crypto;

/// Costs of one scrypt derivation (RFC 7914). Key files come from outside, so the costs are bounded here: the limits
/// are far above what any known program writes, and low enough that a forged file cannot exhaust the machine.
///
/// @param n rounds; a power of two above 1
/// @param r block size in units of 128 bytes
/// @param p independent lanes
public record ScryptParameters(int n, int r, int p) {
    /// 32 MiB per lane and about a fifth of a second of one core, more than OWASP asks for (three lanes of this size).
    /// An
    /// even number of lanes keeps both of two cores busy to the end.
    public static final ScryptParameters DEFAULT = new ScryptParameters(32_768, 8, 4);

    /// 1 GiB per lane.
    static final long MAX_LANE_BYTES = 1L << 30;
    /// All lanes' input together: 32 MiB.
    static final long MAX_INPUT_BYTES = 1L << 25;
    /// About five minutes of one core; restic calibrates to less than 2^22.
    public static final long MAX_WORK = 1L << 30;

    /// @throws IllegalArgumentException if the combination is not legal, or costs too much; names the values
    public ScryptParameters {
        if (n < 2 || Integer.bitCount(n) != 1 || r < 1 || p < 1) {
            throw new IllegalArgumentException("scrypt cannot run with N=%d r=%d p=%d".formatted(n, r, p));
        }
        // In this order nothing overflows: the first test keeps n * r below 2^24.
        boolean tooMuch = (long) n * r > MAX_LANE_BYTES / 128
                || (long) r * p > MAX_INPUT_BYTES / 128
                || (long) n * r * p > MAX_WORK;
        if (tooMuch) {
            throw new IllegalArgumentException(
                    "scrypt with N=%d r=%d p=%d needs more than 1 GiB of memory or five minutes".formatted(n, r, p));
        }
    }

    /// Time it takes, in units of about 0.3 µs of one core.
    public long work() {
        return (long) n * r * p;
    }

    /// Memory of one lane.
    long laneBytes() {
        return 128L * n * r;
    }
}
