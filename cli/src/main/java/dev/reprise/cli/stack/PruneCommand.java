package dev.reprise.cli.stack;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.Confirmation;
import dev.reprise.cli.GlobalOptions;
import dev.reprise.cli.MemoryFlag;
import dev.reprise.cli.UsageException;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.prune.PruneOptions;
import dev.reprise.repository.Repository;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "prune",
        header = "Remove the recovery points that retention lets go, and the data that only they needed.",
        description = {
            "Applies each job's \"retention\" to its points in each of its repositories, removes their snapshots, packs"
                    + " again what is needed of packs that are mostly waste, deletes what nothing needs any more, and last"
                    + " the points' manifests. Shows the points first and asks, unless --yes is given.",
            "The newest point that holds a source of the job always stays. Points of jobs without retention stay, and so"
                    + " do snapshots that belong to no point, such as those of \"reprise restic backup\".",
            "With --what-if: shows objects and bytes by storage class, now, after such a prune, and after \"cold\" has"
                    + " moved what is old, and the costs by your price table (\"prices\"). A price that is missing is named,"
                    + " never guessed.",
            ""
        },
        exitCodeList = {
            " 0:everything that retention lets go is gone, or would be",
            " 1:the repository is damaged, or changed meanwhile, or nothing may be deleted there",
            " 3:some snapshots or a repository could not be pruned; they are named",
            "10:the repository does not exist",
            "11:the repository is locked",
            "12:the password is wrong",
            "20:no job has retention, it was not confirmed, or the command line is wrong"
        },
        footer = {"  reprise prune --dry-run", "  reprise prune --yes --json", "  reprise prune --what-if --keep-cold"})
public final class PruneCommand implements Callable<Integer> {
    @Mixin
    private final GlobalOptions global;

    private final CommandContext context;
    private final Stack.Factory stacks;

    @Option(
            names = "--repository",
            paramLabel = "NAME",
            description = "Which repository. Default: those of every job with retention; with --what-if, all.")
    private String repository = "";

    @Option(
            names = {"-n", "--dry-run"},
            description = "Say what would be removed and change nothing; takes no lock.")
    private boolean dryRun;

    @Option(names = "--what-if", description = "Estimate amounts and costs and change nothing; takes no lock.")
    private boolean whatIf;

    @Option(
            names = "--keep-cold",
            description =
                    "Never repack packs of classes other than STANDARD; they stay until nothing in them is needed.")
    private boolean keepCold;

    @Option(
            names = "--lock-wait",
            paramLabel = "SECONDS",
            description = "Wait this long for a lock held by another program. Default: 0.")
    private int lockWaitSeconds;

    @Mixin
    private final Confirmation confirmation;

    public PruneCommand(CommandContext context, Stack.Factory stacks) {
        this.global = new GlobalOptions(context);
        this.confirmation = new Confirmation(context);
        this.context = context;
        this.stacks = stacks;
    }

    @Override
    public Integer call() throws IOException {
        if (whatIf && dryRun) {
            throw new UsageException(
                    "--what-if and --dry-run are both given", "each of them changes nothing: choose one");
        }
        Stack stack = stacks.of(global);
        List<String> names = names(stack);
        ExitStatus worst = ExitStatus.OK;
        RepriseException first = null;
        for (String name : names) {
            try (Repository opened = stack.open(name)) {
                ExitStatus status = prune(stack, name, opened);
                worst = status == ExitStatus.OK ? worst : status;
            } catch (CancelledException | UsageException e) {
                throw e;
            } catch (RepriseException e) {
                if (names.size() == 1) {
                    throw e;
                }
                first = first == null ? e : first;
                global.output().warning("repository %s was not pruned: %s".formatted(name, e.fact()), e.hint());
            }
        }
        return (first == null ? worst : ExitStatus.INCOMPLETE).code();
    }

    private List<String> names(Stack stack) {
        if (!repository.isEmpty()) {
            return List.of(Select.repository(stack, repository));
        }
        if (whatIf) {
            return stack.repositories();
        }
        List<String> names = stack.repositories().stream()
                .filter(name -> stack.jobs().stream()
                        .anyMatch(job -> job.repositories().contains(name)
                                && stack.policy(job).policy() != null))
                .toList();
        if (names.isEmpty()) {
            throw new OperationException(
                    ExitStatus.BAD_CONFIGURATION,
                    "no job has retention: every recovery point is kept",
                    "add \"retention: {keep-daily: 7, keep-weekly: 4, keep-monthly: 12}\" to a job",
                    null);
        }
        return names;
    }

    private ExitStatus prune(Stack stack, String name, Repository opened) throws IOException {
        PruneOptions options =
                PruneOptions.standard(MemoryFlag.temporary(context)).withColdKept(keepCold);
        var run = new RetentionRun(name, opened, stack, context, global.output(), options);
        if (whatIf) {
            run.estimate();
            return ExitStatus.OK;
        }
        return dryRun ? run.preview() : run.run(confirmation, Duration.ofSeconds(lockWaitSeconds));
    }
}
