package dev.reprise.cli.stack;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.CoverageFlags;
import dev.reprise.cli.GlobalOptions;
import dev.reprise.cli.MemoryFlag;
import dev.reprise.cli.Output;
import dev.reprise.cli.Progress;
import dev.reprise.cli.UsageException;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.check.CheckListener.CheckEvent;
import dev.reprise.operations.check.CheckRequest;
import dev.reprise.operations.check.CheckResult;
import dev.reprise.operations.check.Coverage;
import dev.reprise.operations.check.EarlyPacks;
import dev.reprise.operations.check.PackSelection;
import dev.reprise.operations.check.PointCheck;
import dev.reprise.operations.check.ReadingLog;
import dev.reprise.operations.check.RepositoryCheck;
import dev.reprise.repository.Repository;
import dev.reprise.repository.lock.RepositoryLock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "check",
        header = "Examine a repository: is what the recovery points need there, and is it whole?",
        description = {
            "Checks index, packs, snapshots, trees and manifests. With --read-data every pack is read and every blob"
                    + " verified. Defects are named with the object they are in.",
            "With --immutability: tries with the credentials of the configuration to delete, overwrite and give up early"
                    + " an object made for it, and looks whether real objects are kept. It leaves that object of a few"
                    + " bytes behind.",
            "Changes nothing else. A backup may run at the same time.",
            ""
        },
        exitCodeList = {
            " 0:something was examined and all of it is whole",
            " 1:defects were found, or there was nothing to examine",
            "10:the repository does not exist; of several repositories 1 counts most, then the first failure",
            "11:the repository is locked",
            "12:the password is wrong",
            "25:packs lie in an archive class and could not be read; all else is whole",
            "26:--immutability: something was allowed, or real objects are not kept",
            "27:--immutability: this kind of place can keep nothing"
        },
        footer = {
            "  reprise check",
            "  reprise check --read-data",
            "  reprise check --read-data --max-age 30d --budget 20GiB",
            "  reprise check --immutability"
        })
public final class CheckCommand implements Callable<Integer> {
    @Mixin
    private final GlobalOptions global;

    private final Stack.Factory stacks;

    @Option(names = "--repository", paramLabel = "NAME", description = "Which repository. Default: every one.")
    private String repository = "";

    @Option(names = "--read-data", description = "Read and verify every pack.")
    private boolean readData;

    @Option(names = "--immutability", description = "Try to destroy, with these credentials, what must stay.")
    private boolean immutability;

    @Mixin
    private final CoverageFlags coverage = new CoverageFlags();

    @Mixin
    private final MemoryFlag memory = new MemoryFlag();

    @Option(
            names = "--lock-wait",
            paramLabel = "SECONDS",
            description = "Wait this long for a lock held by another program. Default: 0.")
    private int lockWaitSeconds;

    private volatile @Nullable Progress showing;

    public CheckCommand(CommandContext context, Stack.Factory stacks) {
        this.global = new GlobalOptions(context);
        this.stacks = stacks;
    }

    @Override
    public Integer call() {
        if (immutability) {
            return attack();
        }
        if (coverage.isGiven() && !readData) {
            throw new UsageException("--max-age and --budget need --read-data", "add --read-data");
        }
        CheckRequest.Memory limit = memory.limit(global.context());
        Stack stack = stacks.of(global);
        List<String> names =
                repository.isEmpty() ? stack.repositories() : List.of(Select.repository(stack, repository));
        if (names.size() == 1) {
            return check(stack, names.getFirst(), limit);
        }
        List<Integer> statuses = new ArrayList<>();
        for (String name : names) {
            global.output().result("repository " + name);
            try {
                statuses.add(check(stack, name, limit));
            } catch (CancelledException e) {
                throw e;
            } catch (RepriseException e) {
                statuses.add(e.exitStatus().code());
                global.output().warning("repository %s: %s".formatted(name, e.fact()), e.hint());
            }
        }
        int failed = ExitStatus.FAILED.code();
        return statuses.contains(failed)
                ? failed
                : statuses.stream().filter(status -> status != 0).findFirst().orElse(0);
    }

    private int check(Stack stack, String name, CheckRequest.@Nullable Memory limit) {
        Output output = global.output();
        var early = new EarlyPacks(stack.workers());
        Repository.EarlyUse meanwhile = readData && !coverage.isGiven() ? early::read : Repository.EarlyUse.NONE;
        try (Repository opened = stack.open(name);
                RepositoryLock _ = ReadLock.of(
                        limit == null
                                ? (kind, patience) -> opened.lockToReadIndex(kind, patience, meanwhile)
                                : opened::lock,
                        Duration.ofSeconds(lockWaitSeconds),
                        output)) {
            CheckResult result;
            PointCheck.Result points;
            var check = new RepositoryCheck(opened, this::report, early);
            var log = ReadingLog.load(opened, global.context().clock().instant());
            PackSelection packs = !readData
                    ? new PackSelection.None()
                    : coverage.isGiven() ? coverage.select(log) : new PackSelection.All();
            try (Progress progress = output.progress("checking")) {
                showing = progress;
                result = check.run(
                        CheckRequest.everything(packs, stack.workers()).within(limit));
                points = new PointCheck(opened, this::report).run();
            } finally {
                showing = null;
            }
            CoverageFlags.remember(log, check, fact -> output.warning(fact, ""));
            int status = conclude(name, result, points, log.coverage(check.packSizes(), coverage.maxAge()));
            if (result.unanswered() > 0) {
                output.result(
                        "the storage did not answer %d times: nothing is known of what was to be read; check again"
                                .formatted(result.unanswered()));
            }
            if (result.defects() > result.unanswered()) {
                output.result("\"reprise restic -r %s check%s\" prints the commands that mend it"
                        .formatted(opened.storage().location(), readData ? " --read-data" : ""));
            }
            return status;
        }
    }

    private int attack() {
        if (readData || coverage.isGiven()) {
            throw new UsageException("--immutability reads no data", "check the data in a command of its own");
        }
        Stack stack = stacks.of(global);
        List<String> names =
                repository.isEmpty() ? stack.repositories() : List.of(Select.repository(stack, repository));
        return new ImmutabilityRun(global, stack).of(names).code();
    }

    private void report(CheckEvent event) {
        Progress progress = showing;
        Output output = global.output();
        switch (event) {
            case CheckEvent.Phase(String name, long of) -> output.detail("checking %s (%d)".formatted(name, of));
            case CheckEvent.Progress(long done, long of, long bytes) -> {
                if (progress != null) {
                    progress.update(new Progress.State(done, of, bytes, 0, ""));
                }
            }
            case CheckEvent.Defect(String fact) -> {
                output.warning(fact, "");
                output.message("defect", fields -> fields.put("message", fact));
            }
            case CheckEvent.Affected(String path, String snapshot) -> {
                output.warning("\"%s\" of snapshot %s cannot be restored whole".formatted(path, snapshot), "");
                output.message("affected", fields -> fields.put("path", path).put("snapshot", snapshot));
            }
            case CheckEvent.Hint(String fact) -> output.info(fact);
        }
    }

    private int conclude(String name, CheckResult result, PointCheck.Result points, Coverage covered) {
        Output output = global.output();
        long defects = result.defects() + points.defects();
        boolean examined = result.snapshots() > 0 || points.points() > 0;
        output.message(
                "summary",
                fields -> fields.put("repository", name)
                        .put("defects", defects)
                        .put("points", points.points())
                        .put("snapshots_removed", points.removed())
                        .put("snapshots", result.snapshots())
                        .put("trees", result.trees())
                        .put("packs", result.packs())
                        .put("packs_read", result.packsRead())
                        .put("packs_archived", result.packsArchived())
                        .put("bytes_read", result.bytesRead())
                        .putAll(
                                "broken_packs",
                                result.brokenPacks().stream().map(ObjectId::hex).toList())
                        .putAll(
                                "affected_snapshots",
                                result.affectedSnapshots().stream()
                                        .map(ObjectId::hex)
                                        .toList())
                        .put("suggest_repair_index", result.needsIndexRepair())
                        .put("coverage_percent", covered.percent())
                        .put("packs_never_read", covered.neverRead()));
        output.info(CoverageFlags.describe(covered));
        String extent = "%d recovery points, %d snapshots, %d trees, %d packs%s"
                .formatted(
                        points.points(),
                        result.snapshots(),
                        result.trees(),
                        result.packs(),
                        readData ? ", %s read".formatted(Show.size(result.bytesRead())) : ", data not read");
        if (defects > 0) {
            output.result("%d %s in %s".formatted(defects, defects == 1 ? "defect" : "defects", extent));
            if (!result.affectedSnapshots().isEmpty()) {
                output.result("%d of %d snapshots cannot be restored whole"
                        .formatted(result.affectedSnapshots().size(), result.snapshots()));
            }
            return ExitStatus.FAILED.code();
        }
        if (!examined) {
            output.result("nothing was examined: the repository holds no snapshot; run \"reprise backup\" first");
            return ExitStatus.FAILED.code();
        }
        if (result.packsArchived() > 0) {
            throw new OperationException(
                    ExitStatus.ARCHIVED,
                    "no defects in %s, but %d packs lie in an archive class and were not read"
                            .formatted(extent, result.packsArchived()),
                    "read the others with --budget, which passes these over, or have them brought back",
                    null);
        }
        String removed =
                points.removed() == 0 ? "" : "; %d snapshots of older points are gone".formatted(points.removed());
        output.result("no defects in " + extent + removed);
        return ExitStatus.OK.code();
    }
}
