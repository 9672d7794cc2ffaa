package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.cli.CommandContext;
import dev.reprise.operations.prune.PruneOptions;
import dev.reprise.operations.prune.PrunePlan;
import dev.reprise.operations.prune.PrunePlanning;
import dev.reprise.operations.prune.Pruning;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.Compression;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "prune", description = "Remove data that no snapshot needs any more.")
final class PruneVerb implements Callable<Integer> {
    @Mixin
    private final ResticOptions global;

    @Mixin
    private final PruneFlags flags;

    @Option(
            names = {"-n", "--dry-run"},
            description = "Change nothing, print what would be done.")
    private boolean dryRun;

    @Option(
            names = "--unsafe-recover-no-free-space",
            paramLabel = "id",
            description = "UNSAFE: delete before writing, for a place without any room; the repository's id confirms"
                    + " it. Try \"--max-repack-size 0\" first.")
    private String recovered = "";

    PruneVerb(CommandContext context) {
        this.global = new ResticOptions(context);
        this.flags = new PruneFlags(global);
    }

    @Override
    public Integer call() {
        PruneOptions options = flags.options(!recovered.isEmpty());
        if (options.repackUncompressed() && global.writerOptions().compression() == Compression.OFF) {
            throw new FatalException("disabled compression and `--repack-uncompressed` are mutually exclusive");
        }
        if (global.noLock() && !dryRun) {
            throw new FatalException("--no-lock is only applicable in combination with --dry-run for prune command");
        }
        try (ResticRepository opened = global.open(RepositoryLock.Kind.EXCLUSIVE, dryRun)) {
            String id = opened.repository().config().id();
            if (!recovered.isEmpty() && !recovered.equals(id)) {
                throw new FatalException("must pass id '" + id + "' to --unsafe-recover-no-free-space");
            }
            prune(opened, global, options, dryRun, Set.of(), true);
        }
        return 0;
    }

    /// Also the end of `forget --prune`.
    ///
    /// @param leftOut snapshots to treat as if they were gone
    /// @param summary whether to print the summary with `--json`
    static void prune(
            ResticRepository opened,
            ResticOptions global,
            PruneOptions options,
            boolean dryRun,
            Set<ObjectId> leftOut,
            boolean summary) {
        if (options.repackUncompressed() && opened.repository().config().version() < 2) {
            throw new FatalException("compression requires at least repository format version 2");
        }
        var report = new PruneReport(global.output());
        var planning = new PrunePlanning(
                opened.repository(), options, report, global.context().clock());
        try (PrunePlan plan = planning.plan(leftOut)) {
            if (dryRun) {
                global.output().info("\nWould have made the following changes:");
            }
            report.print(plan.stats());
            report.printMarks(plan);
            if (global.json() && summary) {
                global.output().json(PruneReport.json(plan.stats()));
            }
            if (dryRun) {
                report.printPacks(plan);
            } else {
                new Pruning(
                                opened.repository(),
                                opened.held(),
                                global.writerOptions(),
                                report,
                                global.context().clock())
                        .run(plan);
                if (new KeptAfterwards(opened.repository()).isLikely()) {
                    global.output()
                            .info("the store only hides what was deleted: its bytes are freed when their retention is"
                                    + " over and a lifecycle rule removes versions that are not current");
                }
            }
        }
    }
}
