package dev.reprise.cli;

import dev.reprise.base.ExitStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "man",
        hidden = true,
        header = "Write the manual pages of all commands into a directory.",
        description = {"Made from the same text as --help. Used when packages are made."},
        exitCodeList = {" 0:written", " 1:the directory cannot be written"},
        footer = {"  reprise man target/man"})
final class ManCommand implements Callable<Integer> {
    private final CommandContext context;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(paramLabel = "DIRECTORY", description = "Where the pages go; created if absent.")
    @SuppressWarnings("NullAway.Init") // picocli requires it
    private String directory;

    ManCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        Path target = context.resolve(directory);
        Files.createDirectories(target);
        write(spec.root(), target);
        return ExitStatus.OK.code();
    }

    private static void write(CommandSpec command, Path target) throws IOException {
        String page = new ManPage(command).text();
        Files.writeString(target.resolve(ManPage.name(command) + ".1"), page, StandardCharsets.UTF_8);
        for (var below : command.subcommands().values()) {
            if (!below.getCommandSpec().usageMessage().hidden()) {
                write(below.getCommandSpec(), target);
            }
        }
    }
}
