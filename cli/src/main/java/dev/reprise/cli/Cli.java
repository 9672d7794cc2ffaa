package dev.reprise.cli;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// The frame: finds the command, builds only that one, runs it, and turns how it ends into an exit status.
public final class Cli {
    private final CommandList commands;
    private final CommandContext context;

    public Cli(CommandList commands, CommandContext context) {
        this.commands = commands;
        this.context = context;
    }

    /// Runs one command line. Never throws: a bug prints its stack trace and gives status 1.
    ///
    /// @return the process's exit status
    public int run(String... arguments) {
        int status = carryOut(arguments);
        // A stream remembers that a write failed and says nothing: a full disk must not look like success.
        if (context.out().checkError() && status == ExitStatus.OK.code()) {
            output(arguments)
                    .error(
                            ExitStatus.FAILED.code(),
                            "the output could not be written",
                            "look at where it goes: is it full or closed?");
            return ExitStatus.FAILED.code();
        }
        return status;
    }

    private int carryOut(String... arguments) {
        try {
            return dispatch(Invocation.of(commands, List.of(arguments)));
        } catch (RepriseException e) {
            output(arguments).error(e);
            return e.exitStatus().code();
        } catch (InterruptedException e) {
            var cancelled = CancelledException.interrupted("running the command");
            output(arguments).error(cancelled);
            return cancelled.exitStatus().code();
        } catch (IOException e) {
            output(arguments).error(ExitStatus.FAILED.code(), describe(e), "");
            return ExitStatus.FAILED.code();
        } catch (OutOfMemoryError e) {
            long mebibytes = Runtime.getRuntime().maxMemory() >> 20;
            output(arguments)
                    .error(
                            ExitStatus.FAILED.code(),
                            "out of memory, the limit is " + mebibytes + " MiB",
                            "set REPRISE_MAX_HEAP to more, for example REPRISE_MAX_HEAP=2g");
            return ExitStatus.FAILED.code();
        } catch (Throwable bug) {
            bug.printStackTrace(context.err());
            output(arguments)
                    .error(
                            ExitStatus.FAILED.code(),
                            "internal error: " + bug,
                            "this is a bug: report the lines above together with \"reprise version\"");
            return ExitStatus.FAILED.code();
        }
    }

    private int dispatch(Invocation invocation) throws Exception {
        return switch (invocation) {
            case Invocation.Help help -> help(help.path());
            case Invocation.Run run -> execute(run);
        };
    }

    private int execute(Invocation.Run run) throws Exception {
        CommandLine root =
                CommandTree.build(run.entry().seesAll() ? commands.entries() : List.of(run.entry()), context);
        ParseResult leaf = parse(root, run.arguments());
        if (leaf.isUsageHelpRequested()) {
            return usage(leaf.commandSpec().commandLine());
        }
        Object command = leaf.commandSpec().userObject();
        if (command instanceof Callable<?> callable && callable.call() instanceof Integer status) {
            return status;
        }
        throw new IllegalStateException(leaf.commandSpec().qualifiedName() + " returned no exit status");
    }

    private static ParseResult parse(CommandLine root, List<String> arguments) {
        try {
            ParseResult result = root.parseArgs(arguments.toArray(String[]::new));
            while (result.hasSubcommand()) {
                result = result.subcommand();
            }
            return result;
        } catch (ParameterException e) {
            String name = e.getCommandLine().getCommandSpec().qualifiedName();
            throw new UsageException(sentence(e.getMessage()), "run \"" + name + " --help\" to see what is allowed", e);
        }
    }

    /// picocli's messages are sentences; ours begin in lower case.
    private static String sentence(@Nullable String message) {
        if (message == null || message.isEmpty()) {
            return "the command line is wrong";
        }
        String line = message.lines().findFirst().orElse(message);
        String lower = line.substring(0, 1).toLowerCase(Locale.ROOT) + line.substring(1);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    private int help(List<String> path) {
        CommandLine line = CommandTree.build(commands.entries(), context);
        for (String name : path) {
            CommandLine below = line.getSubcommands().get(name);
            if (below == null) {
                throw Invocation.unknown(
                        name, new ArrayList<>(line.getSubcommands().keySet()));
            }
            line = below;
        }
        return usage(line);
    }

    private int usage(CommandLine line) {
        line.setUsageHelpWidth(Math.clamp(Terminal.of(context).columns(), 60, 100));
        context.out().print(line.getUsageMessage(CommandLine.Help.Ansi.OFF));
        context.out().flush();
        return ExitStatus.OK.code();
    }

    private Output output(String[] arguments) {
        return Output.of(context, Arrays.asList(arguments).contains("--json"), false, false);
    }

    private static String describe(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "there is no file " + missing.getFile();
            case FileSystemException file when file.getReason() != null -> file.getFile() + ": " + file.getReason();
            case FileSystemException file -> "cannot use " + file.getFile();
            default -> String.valueOf(e.getMessage());
        };
    }
}
