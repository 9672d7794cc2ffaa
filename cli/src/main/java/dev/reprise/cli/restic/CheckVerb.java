package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.CoverageFlags;
import dev.reprise.cli.ImmutabilityReport;
import dev.reprise.cli.MemoryFlag;
import dev.reprise.operations.check.CheckListener.CheckEvent;
import dev.reprise.operations.check.CheckRequest;
import dev.reprise.operations.check.CheckResult;
import dev.reprise.operations.check.Coverage;
import dev.reprise.operations.check.EarlyPacks;
import dev.reprise.operations.check.PackSelection;
import dev.reprise.operations.check.ReadingLog;
import dev.reprise.operations.check.RepositoryCheck;
import dev.reprise.operations.immutability.ImmutabilityCheck;
import dev.reprise.operations.point.Points;
import dev.reprise.repository.Repository;
import dev.reprise.repository.model.GoJsonWriter;
import dev.reprise.repository.snapshot.SnapshotFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `check` (repository format, sections 10.3 and 11.2). It takes a shared lock: backups may go on beside it.
@Command(name = "check", description = "Look for errors in the repository.")
final class CheckVerb implements Callable<Integer> {
    @Mixin
    private final ResticOptions global;

    @Mixin
    private final SnapshotChoice choice;

    @Option(names = "--read-data", description = "Read and verify every pack.")
    private boolean readData;

    @Option(
            names = "--read-data-subset",
            paramLabel = "subset",
            description = "Read some packs: n/t for a group, x%% or a size such as 500M for a random part.")
    private String subset = "";

    @Option(
            names = "--immutability",
            description = "Try to destroy, with these credentials, what must stay; read no data.")
    private boolean immutability;

    @Mixin
    private final CoverageFlags coverage = new CoverageFlags();

    @Mixin
    private final MemoryFlag memory = new MemoryFlag();

    @Option(names = "--with-cache", description = "Accepted; the repository itself is read in any case.")
    @SuppressWarnings("UnusedVariable")
    private boolean withCache;

    @Option(names = "--check-unused", hidden = true)
    @SuppressWarnings("UnusedVariable")
    private boolean checkUnused;

    @Parameters(paramLabel = "snapshot", description = "Only these snapshots and the packs they need.")
    private List<String> arguments = new ArrayList<>();

    private volatile String phase = "snapshot files";
    private volatile boolean indexDamaged;
    private int damagedPoints;

    CheckVerb(CommandContext context) {
        this.global = new ResticOptions(context);
        this.choice = new SnapshotChoice(context);
    }

    @Override
    public Integer call() {
        PackSelection wanted = packs();
        if (immutability) {
            return attack();
        }
        CheckResult result = null;
        Coverage covered = null;
        int workers = Runtime.getRuntime().availableProcessors();
        var early = new EarlyPacks(workers);
        try (ResticRepository opened = open(early)) {
            var log = ReadingLog.load(
                    opened.repository(), global.context().clock().instant());
            PackSelection packs = coverage.isGiven() ? coverage.select(log) : wanted;
            var request =
                    new CheckRequest(choice.filter(), arguments, packs, true, workers, memory.limit(global.context()));
            var check = new RepositoryCheck(opened.repository(), this::report, early);
            result = check.run(request);
            new Points(opened.repository()).asWritten((_, reason) -> damagedPoint(reason));
            if (opened.lock() != null) {
                CoverageFlags.remember(log, check, global.output()::warning);
            }
            covered = coverage.isGiven() ? log.coverage(check.packSizes(), coverage.maxAge()) : null;
            if (isDamaged(result)) {
                advise(result);
            }
        } finally {
            summary(result, covered);
        }
        if (covered != null) {
            global.output().info(CoverageFlags.describe(covered));
        }
        conclude(result);
        return 0;
    }

    /// Takes no lock: it would stay where nothing can be deleted.
    private int attack() {
        if (readData || !subset.isEmpty() || !arguments.isEmpty()) {
            throw new FatalException("--immutability reads no data and takes no snapshots");
        }
        try (ResticRepository opened = global.openUnlocked()) {
            var random = global.context().random().get();
            var check =
                    new ImmutabilityCheck(opened.repository(), global.context().clock(), random);
            var report = new ImmutabilityReport("", check.run());
            if (global.json()) {
                global.output().result(report.json());
            } else {
                report.lines().forEach(global.output()::result);
                global.output().info(report.hint());
            }
            return report.exitStatus().code();
        }
    }

    private ResticRepository open(EarlyPacks early) {
        boolean everything = readData
                && !coverage.isGiven()
                && arguments.isEmpty()
                && choice.filter().equals(SnapshotFilter.ALL);
        return global.openToCheck(memory.isGiven(), everything ? early::read : Repository.EarlyUse.NONE);
    }

    private PackSelection packs() {
        if (readData && !subset.isEmpty()) {
            throw new FatalException("check flags --read-data and --read-data-subset cannot be used together");
        }
        if (coverage.isGiven() && !readData) {
            throw new FatalException("--max-age and --budget need --read-data");
        }
        if (!subset.isEmpty()) {
            return ReadDataSubset.parse(
                    subset, new Random(global.context().random().get().nextLong()));
        }
        return readData ? new PackSelection.All() : new PackSelection.None();
    }

    private void report(CheckEvent event) {
        ResticOutput output = global.output();
        switch (event) {
            case CheckEvent.Phase(String name, long of) -> {
                phase = name;
                output.info(phase(name, of));
            }
            case CheckEvent.Progress _ -> {}
            case CheckEvent.Defect(String fact) -> {
                indexDamaged |= phase.equals("index");
                error(fact);
            }
            case CheckEvent.Affected(String path, String snapshot) ->
                error("\"%s\" of snapshot %s cannot be restored whole".formatted(path, snapshot));
            case CheckEvent.Hint(String fact) -> output.detail(fact);
        }
    }

    /// Restic does not know recovery points, and finds nothing wrong then.
    private void damagedPoint(RuntimeException reason) {
        damagedPoints++;
        error(reason.getMessage() + "; its snapshots can still be restored one by one");
    }

    private static String phase(String name, long of) {
        return switch (name) {
            case "index" -> "load indexes";
            case "packs" -> "check all packs";
            case "snapshots" -> "check snapshots, trees and blobs";
            default -> "read the data of %d packs".formatted(of);
        };
    }

    /// In restic's words, which scripts look for: what is wrong with packs and trees begins with their name.
    private void error(String text) {
        say(text.startsWith("pack ") || text.startsWith("error for tree ") ? text : "error: " + text);
    }

    private void say(String text) {
        if (global.json()) {
            global.output()
                    .jsonError(new GoJsonWriter()
                            .raw("{\"message_type\":\"error\",\"message\":")
                            .string(text + "\n")
                            .raw('}'));
        } else {
            global.output().warning(text);
        }
    }

    /// @param result null when there was no check: the repository could not be opened or locked
    private void summary(@Nullable CheckResult result, @Nullable Coverage covered) {
        if (!global.json()) {
            return;
        }
        GoJsonWriter json = new GoJsonWriter().raw("{\"message_type\":\"summary\",\"num_errors\":");
        json.number(result == null ? 1 : result.defects() + damagedPoints).raw(",\"broken_packs\":");
        List<ObjectId> broken = result == null ? List.of() : repairable(result);
        json.raw(
                broken.isEmpty()
                        ? "null"
                        : broken.stream()
                                .map(pack -> "\"" + pack.hex() + "\"")
                                .collect(Collectors.joining(",", "[", "]")));
        json.raw(",\"suggest_repair_index\":").raw(String.valueOf(indexDamaged));
        json.raw(",\"suggest_prune\":").raw(String.valueOf(result != null && result.needsPrune()));
        if (covered != null) {
            json.raw(CoverageFlags.members(covered));
        }
        global.output().json(json.raw('}'));
    }

    /// Packs of which `repair packs` can save something: it refuses those that are not there.
    private static List<ObjectId> repairable(CheckResult result) {
        return result.brokenPacks().stream()
                .filter(pack -> !result.missingPacks().contains(pack))
                .toList();
    }

    private boolean isDamaged(CheckResult result) {
        return result.defects() + damagedPoints > 0;
    }

    private void conclude(CheckResult result) {
        if (isDamaged(result)) {
            throw new FatalException("repository contains errors");
        }
        if (result.packsArchived() > 0) {
            throw new FatalException(
                    ("%d packs lie in an archive class and were not read; nothing else is wrong. Read a"
                                    + " share with --read-data-subset, which passes them over, or have them brought back")
                            .formatted(result.packsArchived()));
        }
        if (result.needsPrune()) {
            global.output()
                    .info("additional files were found in the repo, which likely contain duplicate data.\n"
                            + "This is non-critical, you can run `restic prune` to correct this.");
        }
        global.output().info("no errors were found");
    }

    /// Which verbs mend what was found, in this order.
    private void advise(CheckResult result) {
        if (indexDamaged) {
            say("\nThe repository index is damaged and must be repaired. You must run `restic repair index'"
                    + " to correct this.\n");
            say("restic repair index");
            say("\nThen run check again: what else is damaged can only be seen with a whole index.\n");
        } else {
            adviseOnPacks(result);
        }
        if (result.unanswered() > 0) {
            say("\nThe storage did not answer %d times: nothing is known of what was to be read. Run check again."
                    .formatted(result.unanswered()));
        }
        for (ObjectId key : result.damagedKeys()) {
            say("\nPut back a copy of keys/%s; if there is none, remove it, and its password is lost:\n"
                    .formatted(key.hex()));
            say("restic key remove " + key.hex());
        }
        if (damagedPoints > 0) {
            say("\nA damaged point is mended by a copy of its file below reprise/points; without one, remove"
                    + " the file.");
        }
        if (!result.affectedSnapshots().isEmpty()) {
            say("snapshots that cannot be restored whole: " + words(result.affectedSnapshots(), true));
        }
    }

    private void adviseOnPacks(CheckResult result) {
        List<ObjectId> broken = repairable(result);
        boolean lossy =
                result.affectedSnapshots().size() > result.damagedSnapshots().size();
        // What no index names may lie in packs no index names: only then is it lost.
        boolean index = result.needsIndexRepair() || !result.missingPacks().isEmpty() || (lossy && result.needsPrune());
        if (!broken.isEmpty()) {
            say("\nThe repository contains damaged pack files. These damaged files must be removed to repair"
                    + " the repository. This can be done using the following commands:\n");
        } else if (index || lossy || !result.damagedSnapshots().isEmpty()) {
            say("\nThe repository is damaged and must be repaired using the following commands:\n");
        }
        if (index) {
            say("restic repair index");
        }
        if (!broken.isEmpty()) {
            say("restic repair packs " + words(broken, false));
        }
        if (!result.damagedSnapshots().isEmpty()) {
            say("restic recover");
            say("restic repair snapshots --forget " + words(result.damagedSnapshots(), false));
        }
        if (!broken.isEmpty() || lossy) {
            say("restic repair snapshots --forget\n");
        }
        if (result.lostTrees()) {
            say("What lay below lost directories may then be found with: restic recover\n");
        }
    }

    private static String words(List<ObjectId> ids, boolean shortened) {
        return ids.stream().map(id -> shortened ? id.shortHex() : id.hex()).collect(Collectors.joining(" "));
    }
}
