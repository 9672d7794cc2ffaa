package dev.reprise.cli.stack;

import dev.reprise.base.ExitStatus;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.Confirmation;
import dev.reprise.cli.GlobalOptions;
import dev.reprise.repository.Repository;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "unlock",
        header = "Remove locks that nobody holds any more.",
        description = {
            "A program that dies leaves its lock behind. Removes locks of processes of this host that have ended, and"
                    + " locks that were not refreshed for 30 minutes. Others stay, unless you ask for all.",
            ""
        },
        exitCodeList = {
            " 0:stale locks are gone; there may be others",
            "10:the repository does not exist",
            "12:the password is wrong"
        },
        footer = {"  reprise unlock", "  reprise unlock --remove-all"})
public final class UnlockCommand implements Callable<Integer> {
    @Mixin
    private final GlobalOptions global;

    private final Stack.Factory stacks;

    @Option(names = "--repository", paramLabel = "NAME", description = "Default: the only one.")
    private String repository = "";

    @Option(
            names = "--remove-all",
            description = "Remove every lock, also of programs at work. They notice and stop; asks first.")
    private boolean all;

    @Mixin
    private final Confirmation confirmation;

    public UnlockCommand(CommandContext context, Stack.Factory stacks) {
        this.global = new GlobalOptions(context);
        this.confirmation = new Confirmation(context);
        this.stacks = stacks;
    }

    @Override
    public Integer call() throws IOException {
        Stack stack = stacks.of(global);
        String name = Select.repository(stack, repository);
        if (all) {
            confirmation.require(
                    global.output(),
                    "every lock of repository " + name + " is removed",
                    "this removes every lock of repository " + name,
                    name);
        }
        try (Repository opened = stack.open(name)) {
            int removed = opened.locks().removeStale(all);
            global.output().result("%d locks removed".formatted(removed));
            global.output().message("unlocked", fields -> fields.put("removed", removed));
        }
        return ExitStatus.OK.code();
    }
}
