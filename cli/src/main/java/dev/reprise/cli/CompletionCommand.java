package dev.reprise.cli;

import dev.reprise.base.ExitStatus;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "completion",
        header = "Print a script that completes commands and options in a shell.",
        description = {"Prints only; where the script goes is shown below."},
        exitCodeList = {" 0:printed", "20:there is no such shell"},
        footer = {
            "  reprise completion bash > /etc/bash_completion.d/reprise",
            "  source <(reprise completion zsh)",
            "  reprise completion fish > ~/.config/fish/completions/reprise.fish"
        })
final class CompletionCommand implements Callable<Integer> {
    enum Shell {
        bash,
        zsh,
        fish
    }

    private final CommandContext context;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "One of bash, zsh, fish.")
    @SuppressWarnings("NullAway.Init") // picocli requires it
    private Shell shell;

    CompletionCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        CommandSpec root = spec.root();
        String script = switch (shell) {
            case bash, zsh -> AutoComplete.bash("reprise", root.commandLine());
            case fish -> FishCompletion.script(root);
        };
        context.out().print(script);
        context.out().flush();
        return ExitStatus.OK.code();
    }
}
