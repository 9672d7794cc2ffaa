package dev.reprise.cli.restic;

import dev.reprise.cli.CommandContext;
import dev.reprise.cli.FishCompletion;
import dev.reprise.cli.ManPage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "generate", description = "Write manual pages and completions for shells, all for the name restic.")
final class GenerateVerb implements Callable<Integer> {
    @Mixin
    private final ResticOptions global;

    @Option(names = "--man", paramLabel = "directory", description = "Write manual pages into this directory.")
    private String man = "";

    @Option(names = "--bash-completion", paramLabel = "file", description = "For bash; - is standard output.")
    private String bash = "";

    @Option(names = "--zsh-completion", paramLabel = "file", description = "For zsh; - is standard output.")
    private String zsh = "";

    @Option(names = "--fish-completion", paramLabel = "file", description = "For fish; - is standard output.")
    private String fish = "";

    @Option(names = "--powershell-completion", paramLabel = "file", description = "For PowerShell; - as well.")
    private String powershell = "";

    @Parameters(hidden = true)
    private List<String> arguments = new ArrayList<>();

    GenerateVerb(CommandContext context) {
        this.global = new ResticOptions(context);
    }

    @Override
    public Integer call() throws IOException {
        if (!arguments.isEmpty()) {
            throw new FatalException("the generate command expects no arguments, only options - please see"
                    + " `restic help generate` for usage and flags");
        }
        if ((man + bash + zsh + fish + powershell).isEmpty()) {
            throw new FatalException("nothing to do, please specify at least one output file/dir");
        }
        CommandLine root = VerbTree.of(ResticVerbs.standard(), global.context());
        if (!man.isEmpty()) {
            global.output().info("writing man pages to directory " + man);
            pages(root.getCommandSpec(), Files.createDirectories(global.resolve(man)));
        }
        if (!(bash + zsh).isEmpty()) {
            String script = AutoComplete.bash("restic", root); // zsh reads it through its bashcompinit
            write("bash", bash, script);
            write("zsh", zsh, script);
        }
        write("fish", fish, fish.isEmpty() ? "" : FishCompletion.script(root.getCommandSpec()));
        write("powershell", powershell, powershell.isEmpty() ? "" : PowershellCompletion.script(root));
        return 0;
    }

    private static void pages(CommandSpec command, Path directory) throws IOException {
        Path file = directory.resolve(ManPage.name(command) + ".1");
        Files.writeString(file, new ManPage(command).text(), StandardCharsets.UTF_8);
        for (CommandLine below : command.subcommands().values()) {
            pages(below.getCommandSpec(), directory);
        }
    }

    private void write(String shell, String file, String script) throws IOException {
        if (file.equals("-")) {
            byte[] bytes = script.getBytes(StandardCharsets.UTF_8);
            global.output().raw().write(bytes, 0, bytes.length);
            global.output().raw().flush();
        } else if (!file.isEmpty()) {
            global.output().info("writing " + shell + " completion file to " + file);
            Files.writeString(global.resolve(file), script, StandardCharsets.UTF_8);
        }
    }
}
