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
        output.info(plan);
        if (yes) {
            return;
        }
        if (output.json() || !context.terminal().in() || !context.terminal().err()) {
            throw new UsageException(
                    "this replaces data of " + name + " and nobody can be asked", "read the plan, then add --yes");
        }
        output.prompt("Type " + Printable.of(name) + " to go on: ");
        var reader = new BufferedReader(new InputStreamReader(context.in(), StandardCharsets.UTF_8));
        String answer = reader.readLine();
        if (answer == null || !answer.strip().equals(name)) {
            throw new UsageException("not confirmed, nothing was changed", "type " + name + " exactly, or add --yes");
        }
    }
}
