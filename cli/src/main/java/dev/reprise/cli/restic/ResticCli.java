package dev.reprise.cli.restic;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import dev.reprise.cli.CommandContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// The frame of `reprise restic`: finds the verb, builds only that one, runs it, and ends as restic would.
public final class ResticCli {
    private final ResticVerbs verbs;
    private final CommandContext context;

    public ResticCli(ResticVerbs verbs, CommandContext context) {
        this.verbs = verbs;
        this.context = context;
    }

    /// Runs one command line. Never throws.
    ///
    /// @param arguments what follows the word `restic`
    /// @return the process's exit status (repository format, section 11.1)
    public int run(List<String> arguments) {
        var output = new ResticOutput(context, arguments.contains("--json"), 1);
        try {
            int status = dispatch(ResticLine.of(verbs, arguments));
            if (context.out().checkError() && status == 0) {
                throw new FatalException("the output could not be written");
            }
            return status;
        } catch (CommandLineException e) {
            context.err().println(e.fact());
            return e.exitStatus().code();
        } catch (RepriseException e) {
            int status = ExitWords.status(e);
            output.exitError(status, ExitWords.message(e));
            return status;
        } catch (InterruptedException e) {
            return cancelled(output);
        } catch (IOException e) {
            output.exitError(1, "Fatal: " + ExitWords.describe(e));
            return 1;
        } catch (OutOfMemoryError e) {
            output.exitError(
                    1,
                    "Fatal: out of memory, the limit is %d MiB; set REPRISE_MAX_HEAP to more"
                            .formatted(Runtime.getRuntime().maxMemory() >> 20));
            return 1;
        } catch (Throwable bug) {
            bug.printStackTrace(context.err());
            output.exitError(1, "Fatal: internal error: " + bug);
            return 1;
        }
    }

    private static int cancelled(ResticOutput output) {
        var cancelled = CancelledException.interrupted("running the command");
        output.exitError(ExitStatus.CANCELLED.code(), ExitWords.message(cancelled));
        return ExitStatus.CANCELLED.code();
    }

    private int dispatch(ResticLine line) throws Exception {
        return switch (line) {
            case ResticLine.Overview _ -> overview();
            case ResticLine.Group(String word) -> overview(word);
            case ResticLine.Run run -> execute(run);
        };
    }

    private int execute(ResticLine.Run run) throws Exception {
        ResticVerbs.Factory factory = Objects.requireNonNull(verbs.find(run.verb()));
        Callable<Integer> verb = factory.apply(context);
        CommandLine line = laidOut(new CommandLine(verb), run.verb());
        ParseResult parsed = parse(line, run.arguments());
        DeprecatedFlags.remarks(run.arguments(), line.getCommandSpec())
                .forEach(new ResticOutput(context, false, 1)::warning);
        if (parsed.isUsageHelpRequested()) {
            context.out().print(line.getUsageMessage(CommandLine.Help.Ansi.OFF));
            context.out().flush();
            return 0;
        }
        line.getMixins().values().forEach(mixin -> {
            if (mixin instanceof ResticOptions options) {
                options.validate();
            }
        });
        return verb.call();
    }

    static CommandLine laidOut(CommandLine line, String verb) {
        CommandSpec spec = line.getCommandSpec();
        spec.name("restic " + verb);
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help and exit.")
                .build());
        spec.usageMessage().sortOptions(false).optionListHeading("%nFlags:%n").descriptionHeading("%n");
        // Go's flag parser takes whatever follows as the value, also when it looks like a flag.
        // A path may begin with @: it is no file of arguments.
        return line.setAllowOptionsAsOptionParameters(true)
                .setOverwrittenOptionsAllowed(true)
                .setExpandAtFiles(false);
    }

    private static ParseResult parse(CommandLine line, List<String> arguments) {
        try {
            return line.parseArgs(arguments.toArray(String[]::new));
        } catch (UnmatchedArgumentException e) {
            throw unmatched(e.getUnmatched().getFirst(), line.getCommandName());
        } catch (MissingParameterException e) {
            String flag = e.getMissing().getFirst() instanceof OptionSpec option ? option.longestName() : "";
            throw new CommandLineException(
                    flag.isEmpty() ? String.valueOf(e.getMessage()) : "flag needs an argument: " + flag);
        } catch (ParameterException e) {
            String value = e.getValue();
            throw new CommandLineException(
                    e.getArgSpec() instanceof OptionSpec option && value != null
                            ? "invalid argument \"%s\" for \"%s\" flag: %s"
                                    .formatted(value, String.join(", ", option.names()), e.getMessage())
                            : String.valueOf(e.getMessage()));
        }
    }

    private static RepriseException unmatched(String word, String command) {
        if (word.startsWith("--")) {
            return new CommandLineException("unknown flag: " + word.split("=", 2)[0]);
        }
        if (word.startsWith("-") && word.length() > 1) {
            return new CommandLineException("unknown shorthand flag: '%c' in %s".formatted(word.charAt(1), word));
        }
        return new FatalException("unknown argument \"%s\" for \"%s\"".formatted(word, command));
    }

    private int overview() {
        var text = new ArrayList<String>();
        text.add("The repository toolbox: restic's verbs, flags, variables, messages and exit statuses.");
        text.add("");
        text.add("Usage:\n  restic [flags] [command]");
        text.add("");
        text.add("Available Commands:");
        VerbTree.of(verbs, context)
                .getSubcommands()
                .forEach((name, line) -> text.add("  %-13s %s".formatted(name, title(line))));
        text.add("  help          Print this, or the flags of one command.");
        text.add("");
        text.add("Use \"restic [command] --help\" for more information about a command.");
        text.forEach(context.out()::println);
        context.out().flush();
        return 0;
    }

    private int overview(String group) {
        CommandLine line = Objects.requireNonNull(
                VerbTree.of(verbs, context).getSubcommands().get(group));
        var text = new ArrayList<String>();
        text.add("Usage:\n  restic %s [command]".formatted(group));
        text.add("");
        text.add("Available Commands:");
        line.getSubcommands().forEach((name, below) -> text.add("  %-13s %s".formatted(name, title(below))));
        text.add("");
        text.add("Use \"restic %s [command] --help\" for more information about a command.".formatted(group));
        text.forEach(context.out()::println);
        context.out().flush();
        return 0;
    }

    private static String title(CommandLine line) {
        return String.join(" ", line.getCommandSpec().usageMessage().description());
    }
}
