package dev.reprise.cli.stack;

import dev.reprise.cli.UsageException;
import dev.reprise.operations.cold.ThawPlan;
import dev.reprise.storage.classes.StorageClasses.Thaw;
import dev.reprise.storage.classes.StorageClasses.Tier;
import java.util.Arrays;
import java.util.Optional;
import picocli.CommandLine.Option;

/// How a restore has archived packs brought back.
final class ThawFlags {
    private static final String TIERS = "standard, bulk or expedited";

    @Option(
            names = "--thaw",
            paramLabel = "TIER",
            description = "Have packs that lie in an archive class brought back first, and wait: standard, bulk or"
                    + " expedited. It costs money; --dry-run says how much.")
    private String tier = "";

    @Option(names = "--thaw-days", paramLabel = "DAYS", description = "How long they stay readable. Default: 7.")
    private int days = 7;

    @Option(
            names = "--no-wait",
            description = "Ask for archived packs and end with status 25 instead of waiting; run it again later.")
    private boolean noWait;

    boolean noWait() {
        return noWait;
    }

    /// @return empty if no tier was chosen
    Optional<Thaw> chosen() {
        return tier.isEmpty() ? Optional.empty() : Optional.of(of(tier));
    }

    /// @throws UsageException if there is no such tier, or the days are none
    Thaw of(String word) {
        if (days < 1 || days > 365) {
            throw new UsageException("--thaw-days is " + days, "give 1 to 365");
        }
        return Arrays.stream(Tier.values())
                .filter(known -> ThawPlan.word(known).equals(word))
                .findFirst()
                .map(known -> new Thaw(known, days))
                .orElseThrow(() -> new UsageException("there is no tier \"" + word + "\"", "use " + TIERS));
    }
}
