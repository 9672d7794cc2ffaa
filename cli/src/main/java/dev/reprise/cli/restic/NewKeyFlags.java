package dev.reprise.cli.restic;

import dev.reprise.base.Secret;
import dev.reprise.cli.CommandContext;
import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.model.ProcessIdentity;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What a new key is made of.
final class NewKeyFlags {
    private final CommandContext context;

    @Option(names = "--new-password-file", paramLabel = "file", description = "Read the new password from a file.")
    private @Nullable String passwordFile;

    @Option(names = "--new-insecure-no-password", description = "Add an empty password.")
    private boolean noPassword;

    @Option(names = "--user", paramLabel = "user", description = "User name recorded in the key.")
    private String user = "";

    @Option(names = "--host", paramLabel = "host", description = "Host name recorded in the key.")
    private String host = "";

    NewKeyFlags(CommandContext context) {
        this.context = context;
    }

    /// The caller closes it.
    Secret password() {
        return new PasswordSources(context, passwordFile == null ? "" : passwordFile, "", "", noPassword).newPassword();
    }

    /// This process, under other names if the user wants so.
    ProcessIdentity creator() {
        ProcessIdentity self = ProcessIdentity.current();
        return new ProcessIdentity(
                host.isEmpty() ? self.hostname() : host,
                user.isEmpty() ? self.username() : user,
                self.pid(),
                self.uid(),
                self.gid());
    }

    GoTime now() {
        return GoTime.at(context.clock().instant(), context.zone());
    }
}
