package dev.reprise.cli.stack;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.PriceTable;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.GlobalOptions;
import dev.reprise.cli.JsonFields;
import dev.reprise.cli.Output;
import dev.reprise.cli.Progress;
import dev.reprise.cli.UsageException;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.cold.ColdPolicy;
import dev.reprise.operations.cold.Cost;
import dev.reprise.operations.cold.LifecyclePlan;
import dev.reprise.operations.cold.LifecyclePlanning;
import dev.reprise.operations.cold.LifecycleRun;
import dev.reprise.operations.cold.PackAmount;
import dev.reprise.repository.Repository;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.classes.StorageClasses;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "lifecycle",
        header = "Move old data to a colder storage class.",
        description = {
            "Packs that hold nothing but contents of files and are older than \"cold.after\" of the repository go to"
                    + " \"cold.class\". Metadata stays where it is: snapshots, index, keys and packs with trees. The place"
                    + " copies each pack onto itself, no byte is downloaded; a run that was broken off is gone on with by"
                    + " the next.",
            "Packs that Object Lock keeps stay until their time is over. Where the bucket keeps old versions nothing is"
                    + " moved without --old-versions, for the old version of each pack would stay beside the new one.",
            ""
        },
        exitCodeList = {
            " 0:every pack that is old enough lies there",
            " 1:the place failed or refused, or keeps old versions; run it again to go on",
            "10:the repository does not exist",
            "11:the repository is locked",
            "12:the password is wrong",
            "20:no class is configured, or the place has none"
        },
        footer = {"  reprise lifecycle --dry-run", "  reprise lifecycle --limit 1000"})
public final class LifecycleCommand implements Callable<Integer> {
    @Mixin
    private final GlobalOptions global;

    private final CommandContext context;
    private final Stack.Factory stacks;

    @Option(
            names = "--repository",
            paramLabel = "NAME",
            description = "Which repository. Default: the only one with \"cold\".")
    private String repository = "";

    @Option(
            names = {"-n", "--dry-run"},
            description = "Say what would be moved and what it costs; change nothing.")
    private boolean dryRun;

    @Option(names = "--limit", paramLabel = "PACKS", description = "Move so many packs at most, the oldest first.")
    private long limit = Long.MAX_VALUE;

    @Option(
            names = "--old-versions",
            description = "Go on in a bucket that keeps old versions; a rule of the bucket should remove them.")
    private boolean oldVersions;

    public LifecycleCommand(CommandContext context, Stack.Factory stacks) {
        this.global = new GlobalOptions(context);
        this.context = context;
        this.stacks = stacks;
    }

    @Override
    public Integer call() {
        if (limit < 1) {
            throw new UsageException("--limit is " + limit, "give 1 or more");
        }
        Stack stack = stacks.of(global);
        List<String> cold = stack.repositories().stream()
                .filter(each -> stack.cold(each) != null)
                .toList();
        String name = repository.isEmpty() && cold.size() == 1 ? cold.getFirst() : Select.repository(stack, repository);
        ColdPolicy policy = policy(stack.cold(name), name);
        PriceTable prices = stack.prices(name);
        try (Repository opened = stack.open(name)) {
            StorageClasses classes = classes(opened);
            if (dryRun) {
                show(plan(opened, classes, policy, prices), prices);
                return ExitStatus.OK.code();
            }
            try (RepositoryLock lock = opened.lock(RepositoryLock.Kind.SHARED, Duration.ZERO)) {
                LifecyclePlan plan = plan(opened, classes, policy, prices);
                show(plan, prices);
                return move(plan, opened, classes, lock).code();
            }
        }
    }

    private static ColdPolicy policy(@Nullable ColdPolicy configured, String name) {
        if (configured == null) {
            throw new OperationException(
                    ExitStatus.BAD_CONFIGURATION,
                    "repositories.%s has no cold class".formatted(name),
                    "add \"cold: {class: GLACIER_IR, after: 30d}\" to it",
                    null);
        }
        return configured;
    }

    static StorageClasses classes(Repository opened) {
        StorageClasses classes = opened.storage().capability(StorageClasses.class);
        if (classes == null) {
            throw new OperationException(
                    ExitStatus.BAD_CONFIGURATION,
                    "the place %s has no storage classes that Reprise knows"
                            .formatted(opened.storage().location()),
                    "leave \"cold\" out there",
                    null);
        }
        return classes;
    }

    private LifecyclePlan plan(Repository opened, StorageClasses classes, ColdPolicy policy, PriceTable prices) {
        return new LifecyclePlanning(opened, classes, policy, prices, context.clock()).plan(limit);
    }

    private ExitStatus move(LifecyclePlan plan, Repository opened, StorageClasses classes, RepositoryLock lock) {
        Output output = global.output();
        LifecycleRun.Result result;
        try (Progress progress = output.progress("moving")) {
            var run = new LifecycleRun(
                    opened.storage(),
                    classes,
                    lock,
                    (packs, bytes) -> progress.update(
                            new Progress.State(packs, plan.moves().size(), bytes, plan.bytes(), "")));
            result = run.run(plan, oldVersions);
        }
        output.message(
                "moved",
                fields -> fields.put("packs", result.moved())
                        .put("bytes", result.bytes())
                        .put("already", result.already())
                        .put("kept_by_lock", result.kept())
                        .put("gone", result.gone()));
        output.result("%d packs, %s moved to %s"
                .formatted(
                        result.moved(), Show.size(result.bytes()), plan.policy().storageClass()));
        if (result.kept() > 0) {
            output.result("%d packs stay where they are: Object Lock keeps them".formatted(result.kept()));
        }
        return ExitStatus.OK;
    }

    private void show(LifecyclePlan plan, PriceTable prices) {
        Output output = global.output();
        String to = plan.policy().storageClass();
        long days = plan.policy().after().toDays();
        Cost once = plan.once(prices);
        Cost before = plan.monthBefore(prices);
        Cost after = plan.monthAfter(prices);
        output.result("%s: %d packs, %s older than %d days"
                .formatted(to, plan.moves().size(), Show.size(plan.bytes()), days));
        line(plan.later(), "of these later, because of --limit");
        line(plan.moved(), "lie there, or in an archive, already");
        line(plan.young(), "are younger");
        line(plan.bound(), "have to stay longer in their class, or would be paid for twice");
        line(plan.other(), "are as old and hold metadata, or are named by no index: they stay");
        if (!plan.moves().isEmpty()) {
            output.result("moving costs %s once; a month %s instead of %s"
                    .formatted(
                            Estimate.text(once, prices), Estimate.text(after, prices), Estimate.text(before, prices)));
        }
        if (dryRun) {
            plan.moves().forEach(this::tell);
        }
        output.message("lifecycle_plan", fields -> {
            fields.put("class", to)
                    .put("after_days", days)
                    .put("dry_run", dryRun)
                    .put("packs", plan.moves().size())
                    .put("bytes", plan.bytes());
            amount(fields, "later", plan.later());
            amount(fields, "already", plan.moved());
            amount(fields, "young", plan.young());
            amount(fields, "bound", plan.bound());
            amount(fields, "other", plan.other());
            fields.put("currency", prices.currency()).put("prices_as_of", prices.asOf());
            Estimate.put(fields, "once", once);
            Estimate.put(fields, "month_before", before);
            Estimate.put(fields, "month_after", after);
        });
    }

    private void tell(LifecyclePlan.PackMove move) {
        String path = ObjectKey.of(ObjectType.PACK, move.pack()).path();
        global.output().detail("%s, %s, from %s".formatted(path, Show.size(move.bytes()), move.from()));
        global.output()
                .message(
                        "move",
                        fields -> fields.put("path", path)
                                .put("bytes", move.bytes())
                                .put("from", move.from()));
    }

    private void line(PackAmount amount, String what) {
        if (amount.packs() > 0) {
            global.output().info("%d packs, %s %s".formatted(amount.packs(), Show.size(amount.bytes()), what));
        }
    }

    private static void amount(JsonFields fields, String name, PackAmount amount) {
        fields.putObject(name, json -> json.put("packs", amount.packs()).put("bytes", amount.bytes()));
    }
}
