package dev.reprise.cli.restic;

import dev.reprise.base.ByteSize;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.Secret;
import dev.reprise.cli.CommandContext;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.Compression;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.storage.DiscardingStorage;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.retry.RetryListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The flags every verb takes, and the variables that stand for them (repository format, section
/// 11.3). A verb takes them in as a picocli mixin, and opens the repository through them.
public final class ResticOptions {
    private static final int FEWEST_MEBIBYTES = 4;
    private static final int MOST_MEBIBYTES = 128;

    private final CommandContext context;
    private @Nullable ResticOutput output;

    @Mixin
    private final TransportFlags transport;

    @Mixin
    private final CacheFlags cache = new CacheFlags();

    @Option(
            names = {"-r", "--repo"},
            paramLabel = "repository",
            description = "The repository (default: $RESTIC_REPOSITORY).")
    private @Nullable String repo;

    @Option(
            names = "--repository-file",
            paramLabel = "file",
            description = "Read the repository's location from a file (default: $RESTIC_REPOSITORY_FILE).")
    private @Nullable String repositoryFile;

    @Option(
            names = {"-p", "--password-file"},
            paramLabel = "file",
            description = "Read the password from a file (default: $RESTIC_PASSWORD_FILE).")
    private @Nullable String passwordFile;

    @Option(
            names = "--password-command",
            paramLabel = "command",
            description = "Take the password from a command's output (default: $RESTIC_PASSWORD_COMMAND).")
    private @Nullable String passwordCommand;

    @Option(names = "--insecure-no-password", description = "Use an empty password.")
    private boolean noPassword;

    @Option(names = "--key-hint", paramLabel = "key", description = "Try this key first (default: $RESTIC_KEY_HINT).")
    private @Nullable String keyHint;

    @Option(names = "--json", description = "Print JSON where the verb has it.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress, no remarks.")
    private boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            description = "Print more; twice for most.")
    private boolean[] verbose = {};

    @Option(names = "--no-lock", description = "Do not lock the repository; for verbs that only read.")
    private boolean noLock;

    @Option(
            names = "--retry-lock",
            paramLabel = "duration",
            description = "Try again this long while others hold the lock, as in 5m.")
    private String retryLock = "0s";

    @Option(
            names = "--compression",
            paramLabel = "mode",
            description = "auto, off, fastest, better or max (default: $RESTIC_COMPRESSION, else auto).")
    private @Nullable String compression;

    @Option(
            names = "--pack-size",
            paramLabel = "MiB",
            description = "Size of packs, 4 to 128 (default: $RESTIC_PACK_SIZE, else 16).")
    private @Nullable String packSize;

    ResticOptions(CommandContext context) {
        this.context = context;
        this.transport = new TransportFlags(context);
    }

    CommandContext context() {
        return context;
    }

    /// Where the verb prints. Call it only when the flags have been parsed.
    ResticOutput output() {
        ResticOutput made = output;
        if (made == null) {
            made = new ResticOutput(context, json, quiet ? 0 : 1 + Math.min(verbose.length, 2));
            output = made;
        }
        return made;
    }

    boolean json() {
        return json;
    }

    /// Refuses what contradicts itself, and bad variables, before anything is done.
    void validate() {
        if (quiet && verbose.length > 0) {
            throw new FatalException("--quiet and --verbose cannot be specified at the same time");
        }
        writerOptions();
        patience();
        transport.settings(RetryListener.NONE);
        FeatureFlags.check(context.environment().getOrDefault("RESTIC_FEATURES", ""))
                .forEach(output()::warning);
    }

    /// How new blobs are written.
    WriterOptions writerOptions() {
        return new WriterOptions(compressionMode(), ByteSize.ofMebibytes(packMebibytes()));
    }

    private Compression compressionMode() {
        String text = either(compression, "RESTIC_COMPRESSION", "auto");
        try {
            return Compression.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new FatalException(
                    "invalid compression mode \"" + text + "\", must be one of (auto|off|fastest|better|max)");
        }
    }

    private long packMebibytes() {
        String text = either(packSize, "RESTIC_PACK_SIZE", "16");
        long mebibytes;
        try {
            mebibytes = Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new FatalException("invalid pack size \"" + text + "\", must be a number of MiB");
        }
        long wanted = mebibytes == 0 ? 16 : mebibytes;
        if (wanted < FEWEST_MEBIBYTES || wanted > MOST_MEBIBYTES) {
            throw new FatalException("pack size %d MiB is outside of %d to %d MiB"
                    .formatted(mebibytes, FEWEST_MEBIBYTES, MOST_MEBIBYTES));
        }
        return wanted;
    }

    /// How long to wait for a lock.
    Duration patience() {
        return GoDuration.parse(retryLock);
    }

    /// A flag's value, else the variable's, else `fallback`.
    String either(@Nullable String flag, String variable, String fallback) {
        if (flag != null) {
            return flag;
        }
        String value = context.environment().getOrDefault(variable, "");
        return value.isEmpty() ? fallback : value;
    }

    /// The location as the user wrote it.
    String location() {
        String file = either(repositoryFile, "RESTIC_REPOSITORY_FILE", "");
        String direct = either(repo, "RESTIC_REPOSITORY", "");
        return RepositoryPlace.location(context, direct, file);
    }

    /// The caller closes it, unless a repository took it over.
    Storage storage() {
        return place(location());
    }

    /// Opens the place a location names. The caller closes it, unless a repository took it over.
    Storage place(String location) {
        return context.places().open(RepositoryPlace.resolved(context, location), transport.settings(this::retrying));
    }

    private void retrying(String operation, Duration pause, StorageException reason) {
        output().warning("%s returned error, retrying after %s: %s"
                .formatted(operation, GoDuration.text(pause), reason.fact()));
    }

    /// The caller closes it.
    Secret password() {
        return new PasswordSources(
                        context,
                        either(passwordFile, "RESTIC_PASSWORD_FILE", ""),
                        either(passwordCommand, "RESTIC_PASSWORD_COMMAND", ""),
                        "RESTIC_PASSWORD",
                        noPassword)
                .password("enter password for repository: ");
    }

    /// The start of the id of the key to try first; empty for none.
    private String hint() {
        return either(keyHint, "RESTIC_KEY_HINT", "");
    }

    /// Opens the repository without a lock. The caller closes it.
    Repository open() {
        return open(storage());
    }

    private Repository open(Storage storage) {
        boolean opened = false;
        try (Secret password = passwordOf(storage)) {
            Repository repository =
                    Repository.open(storage, password, hint(), context.random().get(), context.clock());
            opened = true;
            repository.tellRemarks(output()::warning);
            cache.apply(repository, context, output());
            return repository;
        } finally {
            if (!opened) {
                storage.close();
            }
        }
    }

    /// restic looks for contradictions to `--insecure-no-password` only where there is a
    /// repository.
    private Secret passwordOf(Storage storage) {
        if (noPassword) {
            Repository.requirePresent(storage);
        }
        return password();
    }

    /// Opens and locks the repository. A verb that only reads passes SHARED and gets no lock with
    /// `--no-lock`; verbs that write pass `mayOmit` false.
    ResticRepository open(RepositoryLock.Kind kind, boolean mayOmit) {
        return open(kind, mayOmit, Repository::lock);
    }

    /// As above, for verbs that will ask for the index.
    ResticRepository openBlobs(RepositoryLock.Kind kind, boolean mayOmit) {
        return open(kind, mayOmit, Repository::lockToLoadIndex);
    }

    /// As [#open], for verbs that will ask for snapshots.
    ResticRepository openSnapshots(RepositoryLock.Kind kind, boolean mayOmit) {
        return open(kind, mayOmit, Repository::lockToReadSnapshots);
    }

    private interface Locking {
        RepositoryLock lock(Repository repository, RepositoryLock.Kind kind, Duration patience);
    }

    private ResticRepository open(RepositoryLock.Kind kind, boolean mayOmit, Locking locking) {
        Repository repository = open();
        boolean locked = false;
        try {
            RepositoryLock lock = noLock && mayOmit ? null : lock(repository, kind, locking);
            locked = true;
            return new ResticRepository(repository, lock);
        } finally {
            if (!locked) {
                repository.close();
            }
        }
    }

    /// For verbs that lock nothing, as `--dry-run` of some that would write.
    ResticRepository openUnlocked() {
        return new ResticRepository(open(), null);
    }

    /// For verbs that only add: shared, and always locked. A dry run takes no lock and writes
    /// nowhere.
    ResticRepository openToAdd(boolean dryRun) {
        if (!dryRun) {
            return openBlobs(RepositoryLock.Kind.SHARED, false);
        }
        return new ResticRepository(open(new DiscardingStorage(storage())), RepositoryLock.notNeeded());
    }

    /// As above, with a lock that is announced and not held yet: whoever stores asks for it first.
    /// Those who want to wait for a lock hold it on return, since what was done before it was refused
    /// would be done again.
    ResticRepository announceToAdd(boolean dryRun) {
        return dryRun || !patience().isZero()
                ? openToAdd(dryRun)
                : open(RepositoryLock.Kind.SHARED, false, (repository, kind, _) -> announced(repository, kind));
    }

    /// For the verb that only reads here and has something else to do until the lock is held: it asks
    /// for it before it reads.
    ResticRepository announceToRead() {
        return patience().isZero()
                ? open(RepositoryLock.Kind.SHARED, true, (repository, kind, _) -> announced(repository, kind))
                : openToReadBlobs();
    }

    private RepositoryLock announced(Repository repository, RepositoryLock.Kind kind) {
        return new AnnouncedLock(repository.announceLock(kind), this::tellWaiting);
    }

    private void tellWaiting() {
        output().info("repo already locked, waiting up to %s for the lock".formatted(GoDuration.text(patience())));
    }

    private RepositoryLock lock(Repository repository, RepositoryLock.Kind kind, Locking locking) {
        try {
            return locking.lock(repository, kind, Duration.ZERO);
        } catch (RepositoryException e) {
            if (e.exitStatus() != ExitStatus.LOCKED) {
                throw e;
            }
            tellWaiting();
            if (patience().isZero()) {
                throw e;
            }
            return locking.lock(repository, kind, patience());
        }
    }

    /// For verbs that only read: shared, or no lock with `--no-lock`.
    ResticRepository openToRead() {
        return open(RepositoryLock.Kind.SHARED, true);
    }

    /// As above, for verbs that will ask for snapshots.
    ResticRepository openToReadSnapshots() {
        return openSnapshots(RepositoryLock.Kind.SHARED, true);
    }

    /// As above, for verbs that will ask for the index.
    ResticRepository openToReadBlobs() {
        return openBlobs(RepositoryLock.Kind.SHARED, true);
    }

    /// As above, for the verb that goes on reading while the lock becomes visible to others.
    ///
    /// @param early gets the repository too
    ResticRepository openToReadBlobs(FurtherReading early) {
        return open(
                RepositoryLock.Kind.SHARED,
                true,
                (repository, kind, patience) -> repository.lockToLoadIndex(
                        kind, patience, (snapshots, index) -> early.with(repository, snapshots, index)));
    }

    /// As [Repository.EarlyReading].
    interface FurtherReading {
        void with(Repository repository, List<StoredSnapshot> snapshots, BlobIndex index);
    }

    /// As above, for the verb that will read the index files themselves.
    ///
    /// @param piecewise whether it will not hold the index in memory: then nothing is read ahead
    /// @param early     what to do with the index as long as the lock is not held yet
    ResticRepository openToCheck(boolean piecewise, Repository.EarlyUse early) {
        return open(
                RepositoryLock.Kind.SHARED,
                true,
                piecewise
                        ? Repository::lock
                        : (repository, kind, patience) -> repository.lockToReadIndex(kind, patience, early));
    }

    CacheFlags cache() {
        return cache;
    }

    boolean noLock() {
        return noLock;
    }

    /// A path as typed, made absolute.
    Path resolve(String path) {
        return context.resolve(path);
    }
}
