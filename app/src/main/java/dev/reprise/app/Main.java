package dev.reprise.app;

import dev.reprise.base.ExitStatus;
import dev.reprise.cli.Cli;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.CommandList;
import dev.reprise.cli.Configurations;
import dev.reprise.cli.doctor.DoctorCommand;
import dev.reprise.cli.restic.ResticCli;
import dev.reprise.cli.restic.ResticCommand;
import dev.reprise.cli.restic.ResticVerbs;
import dev.reprise.cli.stack.BackupCommand;
import dev.reprise.cli.stack.CheckCommand;
import dev.reprise.cli.stack.ExportCommand;
import dev.reprise.cli.stack.ExtendLocksCommand;
import dev.reprise.cli.stack.LifecycleCommand;
import dev.reprise.cli.stack.PointsCommand;
import dev.reprise.cli.stack.PruneCommand;
import dev.reprise.cli.stack.RestoreCommand;
import dev.reprise.cli.stack.Stack;
import dev.reprise.cli.stack.StatusCommand;
import dev.reprise.cli.stack.UnlockCommand;
import dev.reprise.demo.DemoCommand;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;

/// Where the process begins and ends.
final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        var interruption = Interruption.guard(Thread.currentThread());
        try {
            interruption.end(Training.requested() ? train() : run(context(), arguments));
        } catch (Error broken) { // a damaged installation, no memory: nobody else would end the waiting for the worker
            System.err.println("error: the program itself is broken or out of memory: " + broken);
            interruption.end(ExitStatus.FAILED.code());
        }
    }

    /// With all that a real command does before and after.
    private static int train() {
        Training.run(Main::run, context());
        return ExitStatus.OK.code();
    }

    /// `reprise restic …` is another program with a grammar of its own: its flags may stand before its verb.
    static int run(CommandContext context, String... arguments) {
        if (arguments.length > 0 && arguments[0].equals("restic")) {
            return new ResticCli(ResticVerbs.standard(), context)
                    .run(List.of(arguments).subList(1, arguments.length));
        }
        return new Cli(commands(), context).run(arguments);
    }

    /// Every command there is.
    static CommandList commands() {
        Stack.Factory stacks = global -> new WiredStack(Configurations.loadAndWarn(global), global.context());
        return CommandList.standard()
                .with("backup", context -> new BackupCommand(context, stacks))
                .with("points", context -> new PointsCommand(context, stacks))
                .with("status", context -> new StatusCommand(context, stacks))
                .with("restore", context -> new RestoreCommand(context, stacks))
                .with("check", context -> new CheckCommand(context, stacks))
                .with("export", context -> new ExportCommand(context, stacks))
                .with("doctor", context -> new DoctorCommand(context, stacks))
                .with("prune", context -> new PruneCommand(context, stacks))
                .with("lifecycle", context -> new LifecycleCommand(context, stacks))
                .with("unlock", context -> new UnlockCommand(context, stacks))
                .with("extend-locks", context -> new ExtendLocksCommand(context, stacks))
                .with("restic", ResticCommand::new)
                .with("demo", DemoCommand::new);
    }

    private static CommandContext context() {
        return new CommandContext(
                System.getenv(),
                Path.of("").toAbsolutePath(),
                System.in,
                System.out,
                System.err,
                terminals(),
                InstantSource.system(),
                ZoneId.systemDefault(),
                SecureRandom::new,
                WiredPlaces.all());
    }

    /// The launcher asks the shell which of 0, 1 and 2 are terminals; Java could only tell about two at once.
    private static CommandContext.Terminal terminals() {
        String streams = System.getProperty("reprise.terminals", "");
        return new CommandContext.Terminal(streams.contains("0"), streams.contains("1"), streams.contains("2"));
    }
}
