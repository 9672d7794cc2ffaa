package dev.reprise.cli.restic;

import dev.reprise.base.CancelledException;
import dev.reprise.base.RepriseException;
import dev.reprise.base.Secret;
import dev.reprise.cli.CommandContext;
import dev.reprise.config.SecretReference;
import dev.reprise.config.Secrets;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/// Where a password comes from (repository format, section 2.1): command before file before variable before the
/// terminal.
///
/// @param file     empty when not given, as is `command`
/// @param variable name of the variable that may hold it; empty for none
/// @param none     whether the user wants an empty password
record PasswordSources(CommandContext context, String file, String command, String variable, boolean none) {
    private static final String OWN = "RESTIC_PASSWORD";

    /// The caller closes it.
    ///
    /// @param prompt asked on the terminal when nothing else is given
    Secret password(String prompt) {
        if (none) {
            return empty();
        }
        if (!file.isEmpty() && !command.isEmpty()) {
            throw unresolved("Password file and command are mutually exclusive options");
        }
        var secrets = new Secrets(context.environment());
        if (!command.isEmpty()) {
            return resolved(secrets, new SecretReference.Command(command));
        }
        if (!file.isEmpty()) {
            return resolved(secrets, new SecretReference.File(context.resolve(file)));
        }
        String value = variable.isEmpty() ? "" : context.environment().getOrDefault(variable, "");
        return value.isEmpty() ? ask(prompt) : Secret.of(value);
    }

    /// For the repository itself restic says what it was doing, for the other one of a copy it does not.
    private FatalException unresolved(String why) {
        return new FatalException(variable.equals(OWN) ? "Resolving password failed: Fatal: " + why : why);
    }

    private Secret resolved(Secrets secrets, SecretReference reference) {
        try {
            return secrets.resolve(reference, "the password");
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            throw unresolved(e.fact() + (e.hint().isEmpty() ? "" : "\n" + e.hint()));
        }
    }

    private Secret empty() {
        String value = variable.isEmpty() ? "" : context.environment().getOrDefault(variable, "");
        if (!file.isEmpty() || !command.isEmpty() || !value.isEmpty()) {
            throw new FatalException("--insecure-no-password must not be specified together with providing a password"
                    + " via a cli option or environment variable");
        }
        return Secret.of("");
    }

    /// A password to be: from the file, else asked for, twice on a terminal. The caller closes it.
    Secret newPassword() {
        if (none && !file.isEmpty()) {
            throw new FatalException("only either --new-password-file or --new-insecure-no-password may be specified");
        }
        if (none || !file.isEmpty()) {
            return password("");
        }
        Secret first = ask("enter new password: ");
        if (context.terminal().in()) {
            try (Secret second = ask("enter password again: ")) {
                if (!second.equals(first)) {
                    first.close();
                    throw new FatalException("passwords do not match");
                }
            }
        }
        return first;
    }

    /// From the terminal without echo, else a line of standard input.
    private Secret ask(String prompt) {
        Console console = context.terminal().in() ? System.console() : null;
        String typed;
        if (console != null) {
            char[] characters = console.readPassword("%s", prompt);
            typed = characters == null ? "" : new String(characters);
        } else {
            typed = line();
        }
        if (typed.isEmpty()) {
            throw new FatalException("an empty password is not allowed by default. Pass the flag"
                    + " `--insecure-no-password` to restic to disable this check");
        }
        return Secret.of(typed);
    }

    private String line() {
        try {
            String line = new BufferedReader(new InputStreamReader(context.in(), StandardCharsets.UTF_8)).readLine();
            return line == null ? "" : line;
        } catch (IOException e) {
            throw new FatalException("unable to read the password from standard input: " + e.getMessage());
        }
    }
}
