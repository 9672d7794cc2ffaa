package dev.reprise.cli.restic;

import dev.reprise.base.ByteSize;
import dev.reprise.cli.MemoryFlag;
import dev.reprise.operations.prune.PruneOptions;
import dev.reprise.operations.prune.PruneOptions.MaxUnused;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How far a prune goes: the flags that prune and forget share (repository format, section 11.3).
final class PruneFlags {
    private final ResticOptions global;

    @Option(
            names = "--max-unused",
            paramLabel = "limit",
            description = "Tolerate this much unused data: 5%%, a size as in 200M, or unlimited.")
    private String maxUnused = "5%";

    @Option(
            names = "--max-repack-size",
            paramLabel = "size",
            description = "Stop repacking before this much has been repacked; 0 repacks nothing.")
    private String maxRepackSize = "";

    @Option(names = "--repack-cacheable-only", description = "Repack only packs that hold metadata.")
    private boolean cacheableOnly;

    @Option(names = "--repack-small", description = "Accepted; small packs are repacked anyway.")
    @SuppressWarnings("UnusedVariable") // only to be accepted
    private boolean repackSmall;

    @Option(names = "--repack-uncompressed", description = "Repack all data that is not compressed.")
    private boolean repackUncompressed;

    @Option(names = "--repack-smaller-than", paramLabel = "size", description = "Packs below this are small.")
    private String smallerThan = "";

    @Option(
            names = "--keep-delete",
            paramLabel = "duration",
            description = "Delete nothing at once: mark what nobody needs, and delete what was marked this long ago, as"
                    + " in 23h. For places where rustic writes too, which takes no locks.")
    private @Nullable String keepDelete;

    @Option(
            names = "--keep-cold",
            description =
                    "Repack no pack of a storage class other than STANDARD. Those in an archive class are left as they"
                            + " are in any case, and named.")
    private boolean keepCold;

    @Option(
            names = "--memory",
            paramLabel = "size",
            description = "Hold this much of the index in memory, the rest in temporary files (default: 128M).")
    private @Nullable String memory;

    PruneFlags(ResticOptions global) {
        this.global = global;
    }

    /// @param recoverSpace see [PruneOptions]
    /// @throws FatalException in restic's words if a flag's value makes no sense
    PruneOptions options(boolean recoverSpace) {
        if (recoverSpace && keepDelete != null) {
            throw new FatalException("--keep-delete and --unsafe-recover-no-free-space are mutually exclusive");
        }
        return new PruneOptions(
                tolerated(),
                maxRepackSize.isEmpty() ? Long.MAX_VALUE : bytes(maxRepackSize, ""),
                smallerThan.isEmpty() ? 0 : smallBytes(),
                cacheableOnly,
                repackUncompressed,
                recoverSpace,
                keepDelete != null,
                keepDelete == null ? PruneOptions.DEFAULT_MARK_AGE : GoDuration.parse(keepDelete),
                keepCold,
                memory == null ? PruneOptions.DEFAULT_MEMORY : new ByteSize(bytes(memory, "")),
                MemoryFlag.temporary(global.context()));
    }

    private MaxUnused tolerated() {
        String text = maxUnused.strip();
        if (text.isEmpty()) {
            throw new FatalException("invalid value for --max-unused: \"" + maxUnused + "\"");
        }
        if (text.equals("unlimited")) {
            return new MaxUnused.Unlimited();
        }
        if (text.endsWith("%")) {
            return new MaxUnused.Percent(percent(text.substring(0, text.length() - 1)));
        }
        return new MaxUnused.Bytes(bytes(text, "invalid number of bytes \"%s\" for --max-unused: "));
    }

    private double percent(String number) {
        double percent;
        try {
            percent = Double.parseDouble(number);
        } catch (NumberFormatException e) {
            throw new FatalException("invalid percentage \"" + maxUnused + "\" passed for --max-unused: no number");
        }
        if (percent < 0) {
            throw new FatalException("percentage for --max-unused must be positive");
        }
        if (!(percent < 100)) {
            throw new FatalException("percentage for --max-unused must be below 100%");
        }
        return percent;
    }

    private long smallBytes() {
        long bytes = bytes(smallerThan, "invalid number of bytes \"%s\" for --repack-smaller-than: ");
        if (bytes <= 0) {
            throw new FatalException("--repack-smaller-than must be larger than zero");
        }
        if (bytes > global.writerOptions().packSize().bytes()) {
            throw new FatalException("repack-smaller-than exceeds repository packsize");
        }
        return bytes;
    }

    /// A whole number with an optional unit, a power of 1024.
    ///
    /// @param complaint what to say before the reason; `%s` is the text
    private static long bytes(String text, String complaint) {
        int unit = text.isEmpty()
                ? -1
                : "bkmgt".indexOf(text.substring(text.length() - 1).toLowerCase(Locale.ROOT));
        String number = unit < 0 ? text : text.substring(0, text.length() - 1);
        try {
            long count = Long.parseLong(number);
            if (count >= 0) {
                return Math.multiplyExact(count, 1L << (10 * Math.max(unit, 0)));
            }
        } catch (NumberFormatException | ArithmeticException e) {
            // Said below.
        }
        throw new FatalException(complaint.formatted(text) + "\"" + text + "\" is not a size like 512, 16M or 1G");
    }
}
