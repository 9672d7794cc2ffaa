package dev.reprise.cli.stack;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.GlobalOptions;
import dev.reprise.cli.UsageException;
import dev.reprise.operations.OperationException;
import dev.reprise.repository.Repository;
import dev.reprise.storage.immutability.Immutability;
import dev.reprise.storage.immutability.Promise;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "extend-locks",
        header = "Keep for longer what recovery points still need.",
        description = {
            "For repositories with s3.object-lock: a pack is kept for s3.retain-days from its upload, but newer points go"
                    + " on using it. Finds everything that snapshots need (packs, index, snapshots, manifests, keys,"
                    + " configuration) and has it kept for s3.retain-days from now on, if its time is more than half"
                    + " over. Deletes nothing, and shortens nothing.",
            "\"reprise backup\" does the same after a run, as often as a tenth of s3.retain-days; this is for repositories"
                    + " that get no backups any more, or with \"backup --no-extend-locks\". Broken off, it goes on where it"
                    + " was. Remembers until when each point is kept, for \"reprise points\" and \"reprise status\".",
            ""
        },
        exitCodeList = {
            " 0:all that is needed is kept for long enough",
            " 3:some objects could not be kept for longer, or some are missing or damaged; they are named",
            "10:the repository does not exist",
            "11:the repository is locked",
            "12:the password is wrong",
            "20:no repository asks for Object Lock, or the command line is wrong"
        },
        footer = {"  reprise extend-locks --dry-run", "  reprise extend-locks --json"})
public final class ExtendLocksCommand implements Callable<Integer> {
    @Mixin
    private final GlobalOptions global;

    private final CommandContext context;
    private final Stack.Factory stacks;

    @Option(names = "--repository", paramLabel = "NAME", description = "Default: every one with s3.object-lock.")
    private String repository = "";

    @Option(
            names = {"-n", "--dry-run"},
            description = "Say what would be kept for longer, and change nothing. --verbose names every object.")
    private boolean dryRun;

    @Option(
            names = "--margin",
            paramLabel = "PERCENT",
            description = "Extend what is kept for less than this share of s3.retain-days. Default: 50.")
    private int margin = LockKeeping.USUAL_MARGIN;

    @Option(
            names = "--lock-wait",
            paramLabel = "SECONDS",
            description = "Wait this long for a lock held by another program. Default: 0.")
    private int lockWaitSeconds;

    public ExtendLocksCommand(CommandContext context, Stack.Factory stacks) {
        this.global = new GlobalOptions(context);
        this.context = context;
        this.stacks = stacks;
    }

    @Override
    public Integer call() {
        if (margin < 1 || margin > 100) {
            throw new UsageException("--margin is %d".formatted(margin), "give a share from 1 to 100 percent");
        }
        Stack stack = stacks.of(global);
        List<String> names =
                repository.isEmpty() ? stack.repositories() : List.of(Select.repository(stack, repository));
        var keeping = new LockKeeping(context, global.output(), margin, dryRun);
        int extended = 0;
        ExitStatus worst = ExitStatus.OK;
        RepriseException first = null;
        for (String name : names) {
            try (Repository opened = stack.open(name)) {
                Immutability place = opened.storage().capability(Immutability.class);
                Promise promise = place == null ? null : place.promise();
                if (place != null && promise != null) {
                    extended++;
                    ExitStatus status = keeping.extend(
                            name, opened, place, promise, stack.workers(), Duration.ofSeconds(lockWaitSeconds));
                    worst = status == ExitStatus.OK ? worst : status;
                }
            } catch (CancelledException e) {
                throw e;
            } catch (RepriseException e) {
                if (names.size() == 1) {
                    throw e;
                }
                first = first == null ? e : first;
                global.output().warning("repository %s: %s".formatted(name, e.fact()), e.hint());
            }
        }
        if (first != null) {
            return extended == 0 ? first.exitStatus().code() : ExitStatus.INCOMPLETE.code();
        }
        if (extended == 0) {
            throw new OperationException(
                    ExitStatus.BAD_CONFIGURATION,
                    "no repository asks for its objects to be kept: " + String.join(", ", names),
                    "set the options s3.object-lock and s3.retain-days of a repository in a bucket with Object Lock",
                    null);
        }
        return worst.code();
    }
}
