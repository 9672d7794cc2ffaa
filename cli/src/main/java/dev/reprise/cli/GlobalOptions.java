package dev.reprise.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options every command understands. A command takes them in as a picocli mixin.
public final class GlobalOptions {
    private final CommandContext context;
    private @Nullable Output output;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            order = 1000,
            description = "Configuration file. Default: $REPRISE_CONFIG, else reprise.yaml here.")
    private @Nullable String config;

    @Option(names = "--json", order = 1001, description = "Print one JSON object per line instead of text.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            order = 1002,
            description = "Print results, warnings and errors only.")
    private boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            order = 1003,
            description = "Print more detail.")
    private boolean verbose;

    public GlobalOptions(CommandContext context) {
        this.context = context;
    }

    /// Where this command prints. Call it only when the options have been parsed.
    public Output output() {
        Output made = output;
        if (made == null) {
            made = Output.of(context, json, quiet, verbose);
            output = made;
        }
        return made;
    }

    public boolean json() {
        return json;
    }

    public boolean verbose() {
        return verbose;
    }

    /// The configuration file to use, absolute; it may not exist.
    public Path configFile() {
        String fromEnvironment = context.environment().getOrDefault("REPRISE_CONFIG", "");
        String name = config != null ? config : fromEnvironment.isEmpty() ? "reprise.yaml" : fromEnvironment;
        return context.resolve(name);
    }

    /// Whether the file was named by the user, so that its absence is an error.
    public boolean configFileIsNamed() {
        return config != null
                || !context.environment().getOrDefault("REPRISE_CONFIG", "").isEmpty();
    }

    public CommandContext context() {
        return context;
    }
}
