package dev.reprise.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Option;

/// Asks before something is destroyed. A command takes it in as a picocli mixin, beside [GlobalOptions].
public final class Confirmation {
    private final CommandContext context;

    @Option(names = "--yes", description = "Do it without asking; needed where nobody can answer.")
    private boolean yes;

    public Confirmation(CommandContext context) {
        this.context = context;
    }

    /// Shows what would be done and returns only if it may be.
    ///
    /// @param plan what would be done, in lines for people
    /// @param name what the user must type: the thing that is replaced
    /// @throws UsageException if it was refused, or nobody can be asked
    public void require(Output output, String plan, String name) throws IOException {
        require(output, plan, "this replaces data of " + name, name);
    }

    /// As above.
    ///
    /// @param deed what would be done, in short: `this removes points`
    public void require(Output output, String plan, String deed, String name) throws IOException {
        output.info(plan);
        if (yes) {
            return;
        }
        if (!canAsk(output)) {
            throw new UsageException(deed + " and nobody can be asked", "read the plan, then add --yes");
        }
        if (!ask(output, "Type " + Printable.of(name) + " to go on: ").equals(name)) {
            throw new UsageException("not confirmed, nothing was changed", "type " + name + " exactly, or add --yes");
        }
    }

    /// Whether everything was agreed to beforehand.
    public boolean given() {
        return yes;
    }

    /// What the user types.
    ///
    /// @return empty if that is nothing, or nobody can be asked
    public String answer(Output output, String question) throws IOException {
        return canAsk(output) ? ask(output, question) : "";
    }

    private String ask(Output output, String question) throws IOException {
        output.prompt(question);
        var reader = new BufferedReader(new InputStreamReader(context.in(), StandardCharsets.UTF_8));
        String answer = reader.readLine();
        return answer == null ? "" : answer.strip();
    }

    private boolean canAsk(Output output) {
        return !output.json() && context.terminal().in() && context.terminal().err();
    }
}
