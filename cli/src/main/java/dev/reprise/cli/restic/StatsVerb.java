package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.cli.CommandContext;
import dev.reprise.operations.stats.Counting;
import dev.reprise.operations.stats.SnapshotCount;
import dev.reprise.operations.stats.Statistics;
import dev.reprise.repository.model.GoJsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "stats", description = "Add up what snapshots hold or cost.")
final class StatsVerb implements Callable<Integer> {
    @Mixin
    private final ResticOptions global;

    @Mixin
    private final SnapshotChoice choice;

    @Option(
            names = "--mode",
            paramLabel = "mode",
            description = "restore-size (default), files-by-contents, blobs-per-file or raw-data.")
    private String mode = Counting.RESTORE_SIZE.word();

    @Parameters(paramLabel = "snapshotID", description = "Only these (default: all).")
    private List<String> ids = new ArrayList<>();

    StatsVerb(CommandContext context) {
        this.global = new ResticOptions(context);
        this.choice = new SnapshotChoice(context);
    }

    @Override
    public Integer call() {
        Counting counting = Counting.of(mode)
                .orElseThrow(() -> new FatalException(
                        "unknown counting mode: " + mode + " (use the -h flag to get a list of supported modes)"));
        ResticOutput output = global.output();
        Statistics statistics;
        try (ResticRepository opened = global.openToReadBlobs()) {
            if (!global.json()) {
                output.result("scanning...");
            }
            List<ObjectId> roots =
                    SnapshotArgument.findAll(opened.snapshots(output), choice.filter(), ids, output).stream()
                            .map(stored -> stored.snapshot().tree())
                            .toList();
            int workers = opened.repository().readers(Runtime.getRuntime().availableProcessors());
            statistics = SnapshotCount.run(opened.repository(), opened.index(), roots, counting, workers);
        }
        if (global.json()) {
            output.json(json(statistics));
        } else {
            text(statistics);
        }
        return 0;
    }

    private static GoJsonWriter json(Statistics statistics) {
        var json = new GoJsonWriter().raw("{\"total_size\":").unsigned(statistics.bytes());
        number(json, "total_uncompressed_size", statistics.uncompressedBytes());
        fraction(json, "compression_ratio", statistics.compressionRatio());
        fraction(json, "compression_progress", statistics.compressionProgress());
        fraction(json, "compression_space_saving", statistics.spaceSaving());
        number(json, "total_file_count", statistics.files());
        number(json, "total_blob_count", statistics.blobs());
        return json.raw(",\"snapshots_count\":").number(statistics.snapshots()).raw('}');
    }

    private static void number(GoJsonWriter json, String name, long value) {
        if (value != 0) {
            json.raw(",\"" + name + "\":").unsigned(value);
        }
    }

    private static void fraction(GoJsonWriter json, String name, double value) {
        if (value != 0) {
            json.raw(",\"" + name + "\":").raw(GoText.number(value));
        }
    }

    private void text(Statistics statistics) {
        ResticOutput output = global.output();
        output.result("Stats in " + mode + " mode:");
        output.result("     Snapshots processed:  " + statistics.snapshots());
        if (statistics.blobs() > 0) {
            output.result("        Total Blob Count:  " + statistics.blobs());
        }
        if (statistics.files() > 0) {
            output.result("        Total File Count:  " + statistics.files());
        }
        if (statistics.uncompressedBytes() > 0) {
            output.result(" Total Uncompressed Size:  " + GoText.bytes(statistics.uncompressedBytes()));
        }
        output.result("              Total Size:  " + GoText.bytes(statistics.bytes()));
        percentage("    Compression Progress:  %.2f%%", statistics.compressionProgress());
        percentage("       Compression Ratio:  %.2fx", statistics.compressionRatio());
        percentage("Compression Space Saving:  %.2f%%", statistics.spaceSaving());
    }

    private void percentage(String format, double value) {
        if (value > 0) {
            global.output().result(String.format(Locale.ROOT, format, value));
        }
    }
}
