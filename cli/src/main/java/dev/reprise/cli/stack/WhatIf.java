package dev.reprise.cli.stack;

import dev.reprise.base.PriceTable;
import dev.reprise.cli.Output;
import dev.reprise.operations.cold.ColdPolicy;
import dev.reprise.operations.cold.Cost;
import dev.reprise.operations.cold.Forecast;
import dev.reprise.operations.cold.Forecast.ClassAmounts;
import dev.reprise.operations.cold.Forecast.ColdRepack;
import dev.reprise.operations.cold.Forecasting;
import dev.reprise.operations.cold.PackAmount;
import dev.reprise.operations.prune.PrunePlan;
import dev.reprise.operations.retention.RemovalPlan;
import dev.reprise.repository.Repository;
import java.math.RoundingMode;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// Says what a prune, and then the cold class, would make of a repository, and what it costs.
final class WhatIf {
    private final String repository;
    private final Stack stack;
    private final InstantSource clock;
    private final Output output;

    WhatIf(String repository, Stack stack, InstantSource clock, Output output) {
        this.repository = repository;
        this.stack = stack;
        this.clock = clock;
        this.output = output;
    }

    /// @param plan of the data, with the snapshots of `removal` left out
    void show(Repository opened, RemovalPlan removal, PrunePlan plan) {
        PriceTable prices = stack.prices(repository);
        ColdPolicy cold = stack.cold(repository);
        long packBytes = stack.writing(repository).packSize().bytes();
        Forecast forecast = new Forecasting(opened.storage(), prices, cold, packBytes, clock).forecast(plan);
        show(forecast, prices, cold != null);
        tell(removal, forecast, prices);
    }

    private void show(Forecast forecast, PriceTable prices, boolean moves) {
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
        output.result("of this, repacking %d packs of cold classes costs %s and saves %s a month: %s"
                .formatted(repack.packs(), Estimate.text(repack.once(), prices), Estimate.text(saved, prices), pays));
    }

    private void tell(RemovalPlan removal, Forecast forecast, PriceTable prices) {
        output.message("what_if", fields -> {
            fields.put("repository", repository)
                    .put("points", removal.points())
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
}
