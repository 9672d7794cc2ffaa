package dev.reprise.cli.stack;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.base.PriceTable;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.GlobalOptions;
import dev.reprise.cli.MemoryFlag;
import dev.reprise.cli.Output;
import dev.reprise.cli.UsageException;
import dev.reprise.operations.cold.ColdPolicy;
import dev.reprise.operations.cold.Cost;
import dev.reprise.operations.cold.Forecast;
import dev.reprise.operations.cold.Forecast.ClassAmounts;
import dev.reprise.operations.cold.Forecast.ColdRepack;
import dev.reprise.operations.cold.Forecasting;
import dev.reprise.operations.cold.PackAmount;
import dev.reprise.operations.point.Points;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.prune.PruneListener;
import dev.reprise.operations.prune.PruneOptions;
import dev.reprise.operations.prune.PrunePlan;
import dev.reprise.operations.prune.PrunePlanning;
import dev.reprise.operations.retention.PointRetention;
import dev.reprise.operations.retention.Retention;
import dev.reprise.operations.retention.RetentionPolicy;
import dev.reprise.repository.Repository;
import dev.reprise.storage.ObjectType;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "prune",
        header = "Say what retention and a cold class would make of a repository, and what it costs.",
        description = {
            "With --what-if: applies each job's \"retention\" to its recovery points, makes the plan of a real prune, moves"
                    + " what \"cold\" would move, and shows objects and bytes by storage class and the costs by your price"
                    + " table (\"prices\"). A price that is missing is named, never guessed. Changes nothing and takes no"
                    + " lock.",
            "Without it this version removes nothing: use \"reprise restic forget --prune\" and \"reprise lifecycle\".",
            ""
        },
        exitCodeList = {
            " 0:the estimate was made",
            " 1:the repository is damaged, or changed meanwhile",
            "10:the repository does not exist",
            "12:the password is wrong"
        },
        footer = {"  reprise prune --what-if", "  reprise prune --what-if --keep-cold --json"})
public final class PruneCommand implements Callable<Integer> {
    @Mixin
    private final GlobalOptions global;

    private final CommandContext context;
    private final Stack.Factory stacks;

    @Option(names = "--what-if", description = "Only estimate. Required in this version.")
    private boolean whatIf;

    @Option(names = "--repository", paramLabel = "NAME", description = "Which repository. Default: the only one.")
    private String repository = "";

    @Option(names = "--keep-cold", description = "With packs of classes other than STANDARD never repacked.")
    private boolean keepCold;

    public PruneCommand(CommandContext context, Stack.Factory stacks) {
        this.global = new GlobalOptions(context);
        this.context = context;
        this.stacks = stacks;
    }

    /// What retention would remove.
    ///
    /// @param lines what each job's policy does, for people
    private record Removal(int points, int removed, Set<ObjectId> snapshots, List<String> lines) {}

    @Override
    public Integer call() {
        if (!whatIf) {
            throw new UsageException(
                    "this version applies no retention by itself",
                    "add --what-if for an estimate; \"reprise restic forget --prune\" removes");
        }
        Stack stack = stacks.of(global);
        String name = Select.repository(stack, repository);
        PriceTable prices = stack.prices(name);
        ColdPolicy cold = stack.cold(name);
        try (Repository opened = stack.open(name)) {
            Removal removal = removal(stack, name, opened);
            PruneOptions options =
                    PruneOptions.standard(MemoryFlag.temporary(context)).withColdKept(keepCold);
            try (PrunePlan plan = new PrunePlanning(opened, options, new Heard(global.output()), context.clock())
                    .plan(removal.snapshots())) {
                long packBytes = stack.writing(name).packSize().bytes();
                Forecast forecast =
                        new Forecasting(opened.storage(), prices, cold, packBytes, context.clock()).forecast(plan);
                show(removal, forecast, prices, cold != null);
                tell(removal, forecast, prices);
            }
        }
        return ExitStatus.OK.code();
    }

    private Removal removal(Stack stack, String name, Repository opened) {
        List<RecoveryPoint> all = new Points(opened)
                .list((id, reason) -> global.output()
                        .warning(
                                "point %s cannot be read and is taken to stay: %s"
                                        .formatted(id.shortHex(), reason.getMessage()),
                                "run \"reprise check\""));
        List<RecoveryPoint> removed = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (Stack.Job job : stack.jobs()) {
            RetentionPolicy policy = stack.retention(job);
            if (!job.repositories().contains(name)) {
                continue;
            }
            List<RecoveryPoint> ofJob =
                    all.stream().filter(point -> point.job().equals(job.name())).toList();
            if (policy == null) {
                lines.add("job %s keeps all of %d points: it has no retention".formatted(job.name(), ofJob.size()));
                continue;
            }
            var retention = new Retention(policy, context.clock(), context.zone());
            List<RecoveryPoint> gone = new PointRetention(retention, context.zone()).removed(ofJob);
            removed.addAll(gone);
            lines.add("job %s: %d of %d points would go (%s)".formatted(job.name(), gone.size(), ofJob.size(), policy));
        }
        return new Removal(all.size(), removed.size(), PointRetention.snapshots(all, removed), lines);
    }

    private void show(Removal removal, Forecast forecast, PriceTable prices, boolean moves) {
        Output output = global.output();
        removal.lines().forEach(output::result);
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("class", "now", "after prune", moves ? "after lifecycle" : ""));
        for (ClassAmounts amounts : forecast.classes()) {
            rows.add(row(
                    amounts.storageClass(),
                    shown(amounts.now()),
                    shown(amounts.pruned()),
                    moves ? shown(amounts.moved()) : ""));
        }
        Show.table(rows).forEach(output::result);
        output.result("a month now:      " + Estimate.text(forecast.monthNow(), prices));
        output.result("after the prune:  " + Estimate.text(forecast.monthPruned(), prices));
        if (moves) {
            output.result("after lifecycle:  " + Estimate.text(forecast.monthMoved(), prices));
        }
        forecast.once().stream()
                .filter(once -> once.count() > 0)
                .forEach(once -> output.result(
                        "once, %s: %d, %s".formatted(once.what(), once.count(), Estimate.text(once.cost(), prices))));
        cold(forecast.coldRepack(), prices);
        output.result(
                prices.asOf().isEmpty()
                        ? "no prices are configured: add \"prices\" (reprise config schema, docs/guide/cold-data.md)"
                        : "prices as of %s; listing and transfer are not counted".formatted(prices.asOf()));
    }

    private static List<String> row(String... cells) {
        return List.of(cells);
    }

    private static String shown(PackAmount amount) {
        return amount.packs() == 0 ? "–" : "%d objects, %s".formatted(amount.packs(), Show.size(amount.bytes()));
    }

    private void cold(ColdRepack repack, PriceTable prices) {
        if (repack.packs() == 0) {
            return;
        }
        Cost saved = repack.monthSaved();
        String pays;
        if (!repack.once().isKnown() || !saved.isKnown()) {
            pays = "whether it pays is unknown";
        } else if (saved.amount().signum() <= 0) {
            pays = "it never pays: use --keep-cold";
        } else {
            pays = "it pays after %s months"
                    .formatted(repack.once()
                            .amount()
                            .divide(saved.amount(), 1, RoundingMode.CEILING)
                            .toPlainString());
        }
        global.output()
                .result("of this, repacking %d packs of cold classes costs %s and saves %s a month: %s"
                        .formatted(
                                repack.packs(),
                                Estimate.text(repack.once(), prices),
                                Estimate.text(saved, prices),
                                pays));
    }

    private void tell(Removal removal, Forecast forecast, PriceTable prices) {
        global.output().message("what_if", fields -> {
            fields.put("points", removal.points())
                    .put("points_removed", removal.removed())
                    .put("snapshots_removed", removal.snapshots().size())
                    .put("currency", prices.currency())
                    .put("prices_as_of", prices.asOf())
                    .putObjects(
                            "classes",
                            forecast.classes(),
                            (json, amounts) -> json.put("class", amounts.storageClass())
                                    .put("objects_now", amounts.now().packs())
                                    .put("bytes_now", amounts.now().bytes())
                                    .put("objects_after_prune", amounts.pruned().packs())
                                    .put("bytes_after_prune", amounts.pruned().bytes())
                                    .put(
                                            "objects_after_lifecycle",
                                            amounts.moved().packs())
                                    .put(
                                            "bytes_after_lifecycle",
                                            amounts.moved().bytes()));
            Estimate.put(fields, "month_now", forecast.monthNow());
            Estimate.put(fields, "month_after_prune", forecast.monthPruned());
            Estimate.put(fields, "month_after_lifecycle", forecast.monthMoved());
            fields.putObjects("once", forecast.once(), (json, once) -> {
                json.put("what", once.key()).put("count", once.count());
                Estimate.put(json, "cost", once.cost());
            });
            fields.putObject("cold_repack", json -> {
                json.put("packs", forecast.coldRepack().packs());
                Estimate.put(json, "once", forecast.coldRepack().once());
                Estimate.put(json, "month_saved", forecast.coldRepack().monthSaved());
            });
        });
    }

    private record Heard(Output output) implements PruneListener {
        @Override
        public void phase(String text) {
            output.detail(text);
        }

        @Override
        public void warning(String text) {
            output.warning(text, "");
        }

        @Override
        public void removed(ObjectType type, ObjectId id) {
            throw new IllegalStateException("an estimate removed " + id.hex());
        }
    }
}
