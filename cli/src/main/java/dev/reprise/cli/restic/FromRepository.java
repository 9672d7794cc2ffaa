package dev.reprise.cli.restic;

import dev.reprise.base.Secret;
import dev.reprise.cli.CommandContext;
import dev.reprise.repository.Repository;
import dev.reprise.storage.Storage;
import dev.reprise.storage.url.StorageUrl;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The repository something is copied from, by flags and `RESTIC_FROM_…` variables (repository format, section 11.3).
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

    FromRepository(CommandContext context) {
        this.context = context;
    }

    boolean isGiven() {
        return !location().isEmpty() || !locationFile().isEmpty();
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
    Repository open() {
        if (!isGiven()) {
            throw new FatalException(
                    "Please specify a source repository location (--from-repo or --from-repository-file)");
        }
        if (!location().isEmpty() && !locationFile().isEmpty()) {
            throw new FatalException("Options --from-repo and --from-repository-file are mutually exclusive, please"
                    + " specify only one");
        }
        String location = RepositoryPlace.location(context, location(), locationFile());
        Storage storage = StorageUrl.open(RepositoryPlace.resolved(context, location));
        boolean opened = false;
        try (Secret password = password()) {
            Repository repository = Repository.open(
                    storage,
                    password,
                    either(keyHint, "RESTIC_FROM_KEY_HINT"),
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
        return new PasswordSources(
                        context,
                        either(passwordFile, "RESTIC_FROM_PASSWORD_FILE"),
                        either(passwordCommand, "RESTIC_FROM_PASSWORD_COMMAND"),
                        "RESTIC_FROM_PASSWORD",
                        noPassword)
                .password("enter password for source repository: ");
    }
}
