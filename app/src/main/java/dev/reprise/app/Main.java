package dev.reprise.app;

import dev.reprise.cli.Cli;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.CommandList;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.ZoneId;

/// Where the process begins and ends.
final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        if (Training.requested()) {
            Training.run(commands());
            return;
        }
        var interruption = Interruption.guard(Thread.currentThread());
        int status = new Cli(commands(), context()).run(arguments);
        interruption.end(status);
    }

    /// Every command there is.
    static CommandList commands() {
        return CommandList.standard();
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
                SecureRandom::new);
    }

    /// The launcher asks the shell which of 0, 1 and 2 are terminals; Java could only tell about two at once.
    private static CommandContext.Terminal terminals() {
        String streams = System.getProperty("reprise.terminals", "");
        return new CommandContext.Terminal(streams.contains("0"), streams.contains("1"), streams.contains("2"));
    }
}
