package dev.reprise.cli.stack;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.base.PriceTable;
import dev.reprise.cli.Confirmation;
import dev.reprise.cli.Output;
import dev.reprise.cli.Progress;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.cold.Cost;
import dev.reprise.operations.cold.PackAmount;
import dev.reprise.operations.cold.ThawPlan;
import dev.reprise.operations.cold.ThawPlanning;
import dev.reprise.operations.cold.Thawing;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.storage.Storage;
import dev.reprise.storage.Waiting;
import dev.reprise.storage.classes.StorageClasses.Thaw;
import dev.reprise.storage.classes.StorageClasses.Tier;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Sees to it that what a restore reads can be read: says what has to be brought back from an
/// archive, how long it takes and what it costs, asks, has it brought back and waits.
final class ArchivedPacks {
    /// The slowest archive takes two days.
    private static final Duration PATIENCE = Duration.ofDays(5);

    private final Storage storage;
    private final BlobIndex index;
    private final PriceTable prices;
    private final Output output;
    private final ThawFlags flags;
    private final Confirmation confirmation;

    ArchivedPacks(
            Storage storage,
            BlobIndex index,
            PriceTable prices,
            Output output,
            ThawFlags flags,
            Confirmation confirmation) {
        this.storage = storage;
        this.index = index;
        this.prices = prices;
        this.output = output;
        this.flags = flags;
        this.confirmation = confirmation;
    }

    /// Returns when every pack can be read; a dry run only tells what would have to be done.
    ///
    /// @param roughly packs that may be needed, quickly told
    /// @param exactly packs that are needed; asked for only if some of the others cannot be read
    /// @throws OperationException with status ARCHIVED if nobody agreed, or nobody is to wait;
    /// nothing was restored
    void require(Supplier<Set<ObjectId>> roughly, Supplier<Set<ObjectId>> exactly, boolean dryRun) throws IOException {
        ThawPlan plan = new ThawPlanning(storage).plan(roughly, exactly, index.size());
        if (plan.isEmpty()) {
            return;
        }
        show(plan);
        if (!dryRun) {
            bringBack(plan);
        }
    }

    private void bringBack(ThawPlan plan) throws IOException {
        Thaw how = consent(plan);
        new Thawing(storage, Waiting.REAL, (_, _) -> {}).ask(plan, how);
        output.message(
                "thaw_requested",
                fields -> fields.put("packs", plan.toAsk().size()).put("tier", ThawPlan.word(how.tier())));
        if (flags.noWait()) {
            throw new OperationException(
                    ExitStatus.ARCHIVED,
                    "%d packs are on their way back from the archive; nothing was restored yet"
                            .formatted(plan.frozen().size()),
                    "run the same command again later",
                    null);
        }
        try (Progress progress = output.progress("waiting for the archive")) {
            new Thawing(storage, Waiting.REAL, (packs, of) -> progress.update(new Progress.State(packs, of, 0, 0, "")))
                    .await(plan, how, PATIENCE);
        }
    }

    /// What was asked for before was agreed to before.
    private Thaw consent(ThawPlan plan) throws IOException {
        Thaw standard = flags.of(ThawPlan.word(Tier.STANDARD));
        if (plan.toAsk().isEmpty()) {
            return flags.chosen().orElse(standard);
        }
        if (flags.chosen().isPresent()) {
            return flags.chosen().get();
        }
        if (confirmation.given()) {
            return standard;
        }
        String answer = confirmation.answer(output, "Type standard, bulk or expedited to have them brought back: ");
        if (answer.isEmpty()) {
            throw new OperationException(
                    ExitStatus.ARCHIVED,
                    "%d packs (%s) that this restore needs lie in an archive class; nothing was changed"
                            .formatted(plan.frozen().size(), Show.size(plan.bytes())),
                    "add --thaw standard, --thaw bulk or --thaw expedited to have them brought back",
                    null);
        }
        return flags.of(answer);
    }

    private void show(ThawPlan plan) {
        plan.classes().forEach((name, amount) -> {
            PackAmount frozen = plan.frozenByClass().get(name);
            output.info("%s: %d packs, %s are needed%s"
                    .formatted(name, amount.packs(), Show.size(amount.bytes()), frozen(frozen)));
        });
        int asked = plan.frozen().size() - plan.toAsk().size();
        if (asked > 0) {
            output.info("%d of them are on their way already".formatted(asked));
        }
        if (!plan.toAsk().isEmpty()) {
            for (Tier tier : Tier.values()) {
                output.info("  --thaw %s: %s, %s"
                        .formatted(
                                ThawPlan.word(tier),
                                hours(plan, tier),
                                Estimate.text(plan.cost(prices, tier), prices)));
            }
            if (!prices.asOf().isEmpty()) {
                output.info("  prices as of " + prices.asOf());
            }
        }
        tell(plan, asked);
    }

    private static String frozen(@Nullable PackAmount frozen) {
        return frozen == null
                ? ""
                : ", of which %d packs, %s have to be brought back from the archive"
                        .formatted(frozen.packs(), Show.size(frozen.bytes()));
    }

    private void tell(ThawPlan plan, int asked) {
        List<Tier> tiers = Arrays.asList(Tier.values());
        output.message(
                "thaw_plan",
                fields -> fields.put("packs", plan.frozen().size())
                        .put("bytes", plan.bytes())
                        .put("packs_on_their_way", asked)
                        .put("currency", prices.currency())
                        .put("prices_as_of", prices.asOf())
                        .putObjects("classes", plan.classes().entrySet(), (json, entry) -> {
                            PackAmount frozen = plan.frozenByClass().getOrDefault(entry.getKey(), PackAmount.NONE);
                            json.put("class", entry.getKey())
                                    .put("packs", entry.getValue().packs())
                                    .put("bytes", entry.getValue().bytes())
                                    .put("archived_packs", frozen.packs())
                                    .put("archived_bytes", frozen.bytes());
                        })
                        .putObjects("tiers", tiers, (json, tier) -> {
                            Cost cost = plan.cost(prices, tier);
                            json.put("tier", ThawPlan.word(tier))
                                    .put(
                                            "hours",
                                            plan.hours(prices, tier)
                                                    .map(hours -> hours.toPlainString())
                                                    .orElse(null))
                                    .put("cost", cost.rounded())
                                    .putAll("unknown_prices", cost.missingKeys());
                        }));
    }

    private String hours(ThawPlan plan, Tier tier) {
        return plan.hours(prices, tier)
                .map(hours -> "up to " + hours.toPlainString() + " h")
                .orElse("for how long is unknown");
    }
}
