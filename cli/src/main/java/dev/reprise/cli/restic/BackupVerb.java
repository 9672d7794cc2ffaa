package dev.reprise.cli.restic;

import dev.reprise.base.RawName;
import dev.reprise.cli.BuildInfo;
import dev.reprise.cli.CommandContext;
import dev.reprise.operations.backup.BackupRequest;
import dev.reprise.operations.backup.BackupSnapshots;
import dev.reprise.operations.backup.Checkpoints;
import dev.reprise.operations.backup.FilesRequest;
import dev.reprise.operations.backup.ParentChoice;
import dev.reprise.operations.backup.PartialSnapshots;
import dev.reprise.operations.backup.SnapshotBackup;
import dev.reprise.operations.backup.TargetPath;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.ProcessIdentity;
import dev.reprise.repository.snapshot.SnapshotFilter;
import dev.reprise.repository.snapshot.SnapshotGroup.Criterion;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.sources.files.FileTree;
import dev.reprise.sources.pipe.CommandStream;
import dev.reprise.sources.pipe.PumpedStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "backup", description = "Save files and directories as a new snapshot.")
final class BackupVerb implements Callable<Integer> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
    private static final int MOST_WORKERS = 16;
    private static final int INCOMPLETE = 3;

    @Mixin
    private final ResticOptions global;

    @Mixin
    private final BackupExcludes excludes;

    @Mixin
    private final BackupTargets targets;

    @Option(names = "--stdin", description = "Save what comes from standard input.")
    private boolean stdin;

    @Option(names = "--stdin-filename", paramLabel = "path", description = "What the saved stream is called.")
    private String stdinPath = "stdin";

    @Option(
            names = "--stdin-from-command",
            description = "Take the arguments as a command and save what it prints, if it ends with status 0.")
    private boolean fromCommand;

    @Option(names = "--tag", paramLabel = "tag[,tag…]", description = "Tags of the new snapshot; repeatable.")
    private List<String> tags = new ArrayList<>();

    @Option(
            names = {"-H", "--host", "--hostname"},
            paramLabel = "host",
            description = "Host of the new snapshot (default: $RESTIC_HOST, else this one).")
    private String host = "";

    @Option(names = "--time", paramLabel = "time", description = "Time of the new snapshot: 2012-11-01 22:08:41.")
    private String time = "";

    @Option(names = "--parent", paramLabel = "snapshot", description = "Compare with this snapshot.")
    private String parent = "";

    @Option(
            names = {"-f", "--force"},
            description = "Compare with no snapshot: read every file.")
    private boolean force;

    @Option(
            names = {"-g", "--group-by"},
            paramLabel = "host,paths,tags",
            description = "What a snapshot to compare with must share (default: host,paths).")
    private String groupBy = "host,paths";

    @Option(names = "--skip-if-unchanged", description = "Make no snapshot if nothing changed.")
    private boolean skipIfUnchanged;

    @Option(
            names = {"-n", "--dry-run"},
            description = "Write nothing, show what would be done.")
    private boolean dryRun;

    @Option(
            names = {"-x", "--one-file-system"},
            description = "Stay on the file systems of the paths given.")
    private boolean oneFileSystem;

    @Option(names = "--with-atime", description = "Save access times.")
    private boolean withAtime;

    @Option(names = "--ignore-ctime", description = "A new change time does not mean that a file changed.")
    private boolean ignoreCtime;

    @Option(names = "--ignore-inode", description = "Nor does a new inode; implies --ignore-ctime.")
    private boolean ignoreInode;

    @Option(names = "--no-scan", description = "Do not look ahead for how much there is to do.")
    private boolean noScan;

    @Option(
            names = "--read-concurrency",
            paramLabel = "n",
            description = "Threads that read, hash and compress (default: $RESTIC_READ_CONCURRENCY, else one for each"
                    + " processor).")
    private @Nullable String readConcurrency;

    @Parameters(paramLabel = "path", arity = "0..*", description = "Files and directories; or a command, see above.")
    private List<String> arguments = new ArrayList<>();

    BackupVerb(CommandContext context) {
        this.global = new ResticOptions(context);
        this.excludes = new BackupExcludes(context);
        this.targets = new BackupTargets(context);
    }

    @Override
    public Integer call() {
        refuseContradictions();
        CommandContext context = global.context();
        FileTree files = FileTree.local();
        Set<Criterion> criteria = GroupBy.parse(groupBy);
        int workers = workers();
        String name = stdin || fromCommand ? streamPath() : "";
        var found = name.isEmpty()
                ? targets.find(arguments, files, global.output()::warning)
                : new BackupTargets.Found(List.of(), 0);
        Instant start = context.clock().instant();
        Instant snapshotTime = snapshotTime(start);
        global.output().detail("open repository");
        try (ResticRepository repository = global.announceToAdd(dryRun);
                var report = new BackupReport(printer(), global.output(), interval(), !noScan)) {
            var choice = new ParentChoice(snapshotHost(), absolute(found.all()), tags(), criteria, snapshotTime);
            StoredSnapshot compared = stdin ? null : parent(choice, repository);
            global.output().detail("load index files");
            BlobIndex index = repository.index();
            BackupRequest.Source source = name.isEmpty()
                    ? new BackupRequest.Files(filesRequest(found.all(), workers))
                    : new BackupRequest.Stream(name, this::openStream, workers);
            global.output()
                    .detail(
                            name.isEmpty()
                                    ? "start backup on " + found.all()
                                    : "read data from stdin\nstart backup on [/" + name + "]");
            var backup = new SnapshotBackup(
                    repository.repository(),
                    index,
                    repository.held(),
                    global.writerOptions(),
                    maker(),
                    files,
                    context.clock(),
                    report,
                    checkpointEvery());
            var request = new BackupRequest(source, start, snapshotTime, excludes.recorded(), tags(), skipIfUnchanged);
            SnapshotBackup.Outcome outcome = backup.run(request, compared, begun(repository, index, found.all()));
            report.summary(outcome, start, dryRun);
            return status(outcome.saved().unreadable() + found.skipped());
        }
    }

    private int status(long unreadable) {
        if (unreadable == 0) {
            return 0;
        }
        global.output().exitError(INCOMPLETE, "Warning: at least one source file could not be read");
        return INCOMPLETE;
    }

    private void refuseContradictions() {
        if (!stdin && !fromCommand) {
            return;
        }
        if (!targets.flagGiven().isEmpty()) {
            throw new FatalException("--stdin and %s cannot be used together".formatted(targets.flagGiven()));
        }
        if (!fromCommand && !arguments.isEmpty()) {
            throw new FatalException("--stdin was specified and files/dirs were listed as arguments");
        }
        if (fromCommand && arguments.isEmpty()) {
            throw new FatalException("no command was specified as argument");
        }
    }

    /// Without the leading slash.
    private String streamPath() {
        String path =
                TargetPath.absolute(RawName.of("/"), RawName.of(stdinPath)).toString();
        if (path.equals("/")) {
            throw new FatalException("failed to backup from stdin: invalid filename specified");
        }
        return path.substring(1);
    }

    private InputStream openStream() throws IOException {
        CommandContext context = global.context();
        if (!fromCommand) {
            return PumpedStream.of(context.in());
        }
        String program = arguments.getFirst();
        try {
            return CommandStream.start(
                    arguments,
                    context.workingDirectory(),
                    context.environment(),
                    line -> global.output().warning("subprocess %s: %s".formatted(program, line)));
        } catch (IOException e) {
            throw new FatalException("failed to start command: %s: %s".formatted(program, e.getMessage()));
        }
    }

    private FilesRequest filesRequest(List<RawName> paths, int workers) {
        return new FilesRequest(
                paths,
                RawName.of(global.context().workingDirectory().toString()),
                null,
                excludes.lists(),
                excludes.ifPresent(),
                excludes.caches(),
                excludes.largerThan(),
                oneFileSystem,
                withAtime,
                ignoreCtime,
                ignoreInode,
                workers);
    }

    private List<String> absolute(List<RawName> paths) {
        RawName here = RawName.of(global.context().workingDirectory().toString());
        return paths.stream()
                .map(path -> TargetPath.absolute(here, path).toString())
                .toList();
    }

    private @Nullable StoredSnapshot parent(ParentChoice choice, ResticRepository repository) {
        StoredSnapshot found = null;
        if (!force) {
            List<StoredSnapshot> snapshots = repository.snapshots(global.output());
            found = parent.isEmpty() ? choice.newest(snapshots) : named(choice, snapshots);
        }
        global.output()
                .info(
                        found == null
                                ? "no parent snapshot found, will read all files"
                                : "using parent snapshot " + found.id().shortHex());
        return found;
    }

    /// What backups of these paths that were broken off had finished.
    private List<StoredSnapshot> begun(ResticRepository repository, BlobIndex index, List<RawName> paths) {
        if (force || paths.isEmpty()) {
            return List.of();
        }
        List<StoredSnapshot> begun =
                new PartialSnapshots(repository.repository()).of(snapshotHost(), absolute(paths), index);
        if (!begun.isEmpty()) {
            global.output()
                    .info("going on from the backup that was broken off at "
                            + GoText.localTime(
                                    begun.getLast().snapshot().time().toEpochSecond(),
                                    global.context().zone()));
        }
        return begun;
    }

    private Duration checkpointEvery() {
        String text = global.context().environment().getOrDefault("REPRISE_CHECKPOINT_INTERVAL", "");
        return text.isEmpty() ? Checkpoints.EVERY : GoDuration.parse(text);
    }

    private StoredSnapshot named(ParentChoice choice, List<StoredSnapshot> snapshots) {
        SnapshotArgument argument = SnapshotArgument.parse(parent);
        if (!argument.isLatest()) {
            return argument.byPrefix(snapshots);
        }
        StoredSnapshot newest = choice.newest(snapshots);
        if (newest == null) {
            throw new FatalException("snapshot filter (%s): no snapshot found".formatted(choice));
        }
        return newest;
    }

    private List<String> tags() {
        return tags.stream()
                .flatMap(list -> SnapshotFilter.tagList(list).stream())
                .filter(tag -> !tag.isEmpty())
                .toList();
    }

    private String snapshotHost() {
        String wanted = host.isEmpty() ? global.context().environment().getOrDefault("RESTIC_HOST", "") : host;
        return wanted.isEmpty() ? ProcessIdentity.current().hostname() : wanted;
    }

    private BackupSnapshots maker() {
        var self = ProcessIdentity.current();
        return new BackupSnapshots(
                snapshotHost(),
                self.username(),
                self.uid(),
                self.gid(),
                BuildInfo.read().version(),
                global.context().zone());
    }

    private Instant snapshotTime(Instant start) {
        if (time.isEmpty()) {
            return start;
        }
        try {
            return LocalDateTime.parse(time, TIME)
                    .atZone(global.context().zone())
                    .toInstant();
        } catch (DateTimeParseException e) {
            throw new FatalException(
                    "error in time option: parsing time \"%s\" as \"2006-01-02 15:04:05\"".formatted(time));
        }
    }

    private int workers() {
        String variable = global.context().environment().getOrDefault("RESTIC_READ_CONCURRENCY", "");
        String text = readConcurrency == null ? variable : readConcurrency;
        try {
            int wanted = text.isEmpty() ? 0 : Integer.parseUnsignedInt(text);
            return wanted > 0 ? wanted : Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MOST_WORKERS);
        } catch (NumberFormatException e) {
            throw new FatalException(
                    readConcurrency == null
                            ? "invalid value for RESTIC_READ_CONCURRENCY \"%s\"".formatted(text)
                            : "invalid argument \"%s\" for \"--read-concurrency\" flag".formatted(text));
        }
    }

    private BackupPrinter printer() {
        return global.json()
                ? new BackupJson(global.output(), global.context().zone())
                : new BackupText(global.output(), global.context().terminal().out());
    }

    /// Between two statuses: a terminal and JSON have them unasked; zero means none.
    private Duration interval() {
        if (global.output().verbosity() == 0) {
            return Duration.ZERO;
        }
        double wanted = framesPerSecond();
        boolean unasked = global.json() || global.context().terminal().out();
        double rate = wanted > 0 ? Math.min(wanted, 60) : unasked ? 10 : 0;
        return rate == 0 ? Duration.ZERO : Duration.ofNanos((long) (1e9 / rate));
    }

    private double framesPerSecond() {
        try {
            return Double.parseDouble(global.context().environment().getOrDefault("RESTIC_PROGRESS_FPS", "0"));
        } catch (NumberFormatException ignored) { // as restic does
            return 0;
        }
    }
}
