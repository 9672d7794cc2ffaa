package dev.reprise.cli.restic;

import dev.reprise.base.Secret;
import dev.reprise.cli.CommandContext;
import dev.reprise.repository.Repository;
import dev.reprise.storage.Storage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The repository something is copied from, by flags and `RESTIC_FROM_…` variables (repository format, section 11.3).
/// restic's older flags and variables (`--repo2`, `RESTIC_REPOSITORY2` and so on) name the one that is copied *to*, and
/// the usual ones then the source.
final class FromRepository {
    private final CommandContext context;

    @Option(
            names = "--from-repo",
            paramLabel = "repository",
            description = "The source (default: $RESTIC_FROM_REPOSITORY).")
    private @Nullable String repo;

    @Option(
            names = "--from-repository-file",
            paramLabel = "file",
            description = "Read the source's location from a file (default: $RESTIC_FROM_REPOSITORY_FILE).")
    private @Nullable String repositoryFile;

    @Option(
            names = "--from-password-file",
            paramLabel = "file",
            description = "Read the source's password from a file (default: $RESTIC_FROM_PASSWORD_FILE).")
    private @Nullable String passwordFile;

    @Option(
            names = "--from-password-command",
            paramLabel = "command",
            description = "Take the source's password from a command (default: $RESTIC_FROM_PASSWORD_COMMAND).")
    private @Nullable String passwordCommand;

    @Option(
            names = "--from-key-hint",
            paramLabel = "key",
            description = "Try this key of the source first (default: $RESTIC_FROM_KEY_HINT).")
    private @Nullable String keyHint;

    @Option(names = "--from-insecure-no-password", description = "The source's password is empty.")
    private boolean noPassword;

    @Option(names = "--repo2", hidden = true, description = "Deprecated: the destination.")
    private @Nullable String repo2;

    @Option(names = "--repository-file2", hidden = true, description = "Deprecated: holds the destination's location.")
    private @Nullable String repositoryFile2;

    @Option(names = "--password-file2", hidden = true, description = "Deprecated: the destination's password.")
    private @Nullable String passwordFile2;

    @Option(names = "--password-command2", hidden = true, description = "Deprecated: prints that password.")
    private @Nullable String passwordCommand2;

    @Option(names = "--key-hint2", hidden = true, description = "Deprecated: try this key of the destination first.")
    private @Nullable String keyHint2;

    FromRepository(CommandContext context) {
        this.context = context;
    }

    /// Whether the older flags are used, so that this is not the source but the destination of a copy.
    boolean isDestination() {
        return hasOld() && !hasNew();
    }

    private boolean hasNew() {
        boolean keys = !either(keyHint, "RESTIC_FROM_KEY_HINT").isEmpty() || noPassword;
        return !location().isEmpty()
                || !locationFile().isEmpty()
                || !newFile().isEmpty()
                || !newCommand().isEmpty()
                || keys;
    }

    private boolean hasOld() {
        return !oldLocation().isEmpty()
                || !oldLocationFile().isEmpty()
                || !oldFile().isEmpty()
                || !oldCommand().isEmpty()
                || !oldKeyHint().isEmpty();
    }

    private String oldLocation() {
        return either(repo2, "RESTIC_REPOSITORY2");
    }

    private String oldLocationFile() {
        return either(repositoryFile2, "RESTIC_REPOSITORY_FILE2");
    }

    private String oldFile() {
        return either(passwordFile2, "RESTIC_PASSWORD_FILE2");
    }

    private String oldCommand() {
        return either(passwordCommand2, "RESTIC_PASSWORD_COMMAND2");
    }

    private String oldKeyHint() {
        return either(keyHint2, "RESTIC_KEY_HINT2");
    }

    private String newFile() {
        return either(passwordFile, "RESTIC_FROM_PASSWORD_FILE");
    }

    private String newCommand() {
        return either(passwordCommand, "RESTIC_FROM_PASSWORD_COMMAND");
    }

    boolean isGiven() {
        return !location().isEmpty()
                || !locationFile().isEmpty()
                || !oldLocation().isEmpty()
                || !oldLocationFile().isEmpty();
    }

    private String location() {
        return either(repo, "RESTIC_FROM_REPOSITORY");
    }

    private String locationFile() {
        return either(repositoryFile, "RESTIC_FROM_REPOSITORY_FILE");
    }

    private String either(@Nullable String flag, String variable) {
        return flag != null ? flag : context.environment().getOrDefault(variable, "");
    }

    /// Opens it without a lock. The caller closes it.
    ///
    /// @param global says how places are spoken to
    Repository open(ResticOptions global) {
        if (!isGiven()) {
            throw new FatalException(
                    "Please specify a source repository location (--from-repo or --from-repository-file)");
        }
        if (hasNew() && hasOld()) {
            throw new FatalException(
                    "Option groups repo2 and from-repo are mutually exclusive, please specify only one");
        }
        boolean old = isDestination();
        String direct = old ? oldLocation() : location();
        String file = old ? oldLocationFile() : locationFile();
        if (!direct.isEmpty() && !file.isEmpty()) {
            throw new FatalException("Options %s are mutually exclusive, please specify only one"
                    .formatted(old ? "--repo2 and --repository-file2" : "--from-repo and --from-repository-file"));
        }
        String location = RepositoryPlace.location(context, direct, file);
        return open(global.place(location), old);
    }

    private Repository open(Storage storage, boolean old) {
        boolean opened = false;
        try (Secret password = old ? oldPassword() : password()) {
            Repository repository = Repository.open(
                    storage,
                    password,
                    old ? oldKeyHint() : either(keyHint, "RESTIC_FROM_KEY_HINT"),
                    context.random().get(),
                    context.clock());
            opened = true;
            return repository;
        } finally {
            if (!opened) {
                storage.close();
            }
        }
    }

    private Secret password() {
        return new PasswordSources(context, newFile(), newCommand(), "RESTIC_FROM_PASSWORD", noPassword)
                .password("enter password for source repository: ");
    }

    private Secret oldPassword() {
        return new PasswordSources(context, oldFile(), oldCommand(), "RESTIC_PASSWORD2", false)
                .password("enter password for destination repository: ");
    }
}
