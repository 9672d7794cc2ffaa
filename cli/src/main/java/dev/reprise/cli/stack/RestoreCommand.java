package dev.reprise.cli.stack;

import dev.reprise.base.ExitStatus;
import dev.reprise.cli.Buckets;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.Confirmation;
import dev.reprise.cli.GlobalOptions;
import dev.reprise.cli.Output;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.point.Points;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.point.RecoveryPoint.Outcome;
import dev.reprise.operations.restore.FilesRestoreRequest.Overwrite;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.lock.RepositoryLock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "restore",
        header = "Bring sources back from a recovery point.",
        description = {
            "Files go to a folder; PostgreSQL goes into a server, as new databases unless --replace; Redis becomes a data"
                    + " directory that loads, with the append-only file on or off; a bucket goes to a bucket or a"
                    + " folder. With --to-artifacts, plain files are written instead: <source>.sql.gz, <source>.rdb,"
                    + " <source>.tar.gz.",
            "Everything is verified before and while it is written, and what came back is compared with what was"
                    + " recorded. A target that holds data is refused without --replace. A step that removes data"
                    + " shows its plan first and needs your confirmation or --yes.",
            "Data in an archive class has to be brought back first, which takes hours and costs money: the plan says both,"
                    + " and nothing is asked for without your answer, --thaw or --yes (the tier standard).",
            "Running it again after an interruption, with --replace, writes only what is missing.",
            ""
        },
        exitCodeList = {
            " 0:restored, and equal to what was recorded",
            " 1:some items could not be restored; each was named",
            "10:the repository does not exist",
            "12:the password is wrong",
            "21:the target server failed",
            "22:the target holds data or may not be used; nothing was changed",
            "23:restored, but it differs from what was recorded",
            "25:packs lie in an archive class and have to be brought back first; nothing was changed"
        },
        footer = {
            "  reprise restore uploads --to /tmp/uploads",
            "  reprise restore postgres --to postgresql://postgres@localhost/ --option database=app:app_restored",
            "  reprise restore redis --to /var/lib/redis --replace --point 3f2a91c0",
            "  reprise restore documents --to s3:minio.internal/documents --option prefix=invoices/2026/",
            "  reprise restore --to-artifacts /tmp/plain"
        })
public final class RestoreCommand implements Callable<Integer> {
    @Mixin
    private final GlobalOptions global;

    private final CommandContext context;
    private final Stack.Factory stacks;
    /// Every source that some point holds.
    private final Set<String> seen = new TreeSet<>();

    @Parameters(paramLabel = "SOURCE", arity = "0..*", description = "Which source; with --to-artifacts one or more.")
    private List<String> sources = new ArrayList<>();

    @Option(names = "--point", paramLabel = "ID", description = "First digits of a point. Default: latest.")
    private String point = "latest";

    @Option(
            names = "--to",
            paramLabel = "TARGET",
            description = "Folder, or URL of a server: postgresql://user@host:port/, or of a bucket: s3:host/bucket."
                    + " A password in the URL is not needed if the configuration or PGPASSWORD has it.")
    private @Nullable String target;

    @Option(names = "--to-artifacts", paramLabel = "DIR", description = "Write plain files into this folder instead.")
    private @Nullable String artifacts;

    @Option(names = "--replace", description = "Data that is in the target may be replaced.")
    private boolean replace;

    @Option(
            names = "--option",
            paramLabel = "NAME=VALUE",
            description = "Choice of a source. PostgreSQL: database=OLD:NEW, only=DB,DB, globals=yes|no, owners=yes|no,"
                    + " password-file=FILE. Redis: appendonly=yes|no|auto, server=VERSION, owner=USER:GROUP,"
                    + " acl=yes|no. Buckets: prefix=PREFIX, object=KEY, and options of the target's place.")
    private Map<String, String> options = new LinkedHashMap<>();

    @Option(
            names = {"-i", "--include"},
            paramLabel = "PATTERN",
            description = "Files: restore only what matches.")
    private List<String> includes = new ArrayList<>();

    @Option(
            names = {"-e", "--exclude"},
            paramLabel = "PATTERN",
            description = "Files: leave out what matches.")
    private List<String> excludes = new ArrayList<>();

    @Option(
            names = "--overwrite",
            paramLabel = "MODE",
            description = "Files that are there: always, if-changed, if-newer, never. Implies --replace.")
    private String overwrite = "";

    @Option(
            names = "--delete",
            description = "Files, buckets: remove what the point does not have, after confirmation.")
    private boolean delete;

    @Option(names = "--sparse", description = "Files: leave holes for runs of zeros.")
    private boolean sparse;

    @Option(names = "--verify", description = "Files, buckets: read everything back after writing and compare.")
    private boolean verify;

    @Option(
            names = {"-n", "--dry-run"},
            description = "Show what would be done and change nothing.")
    private boolean dryRun;

    @Mixin
    private final Confirmation confirmation;

    @Mixin
    private final ThawFlags thaw = new ThawFlags();

    @Option(names = "--repository", paramLabel = "NAME", description = "Default: the one the source's job writes to.")
    private String repository = "";

    public RestoreCommand(CommandContext context, Stack.Factory stacks) {
        this.global = new GlobalOptions(context);
        this.confirmation = new Confirmation(context);
        this.context = context;
        this.stacks = stacks;
    }

    @Override
    public Integer call() throws IOException {
        requireOneTarget();
        Stack stack = stacks.of(global);
        String from = Select.repositoryOf(stack, repository, sources);
        try (Repository opened = stack.open(from);
                RepositoryLock _ = ReadLock.of(opened::lockToLoadIndex, Duration.ZERO, global.output())) {
            RecoveryPoint chosen = choose(new Points(opened));
            BlobIndex index = opened.loadIndex((_, reason) -> global.output()
                    .warning(
                            reason.getMessage() + "; what only it names cannot be restored",
                            "\"restic repair index\" makes it anew from the packs"));
            var frozen =
                    new ArchivedPacks(opened.storage(), index, stack.prices(from), global.output(), thaw, confirmation);
            var restore =
                    new StackRestore(stack, opened, index, chosen, context, global.output(), confirmation, frozen);
            if (artifacts != null) {
                return restore.artifacts(captured(chosen), context.resolve(artifacts), dryRun)
                        .code();
            }
            return one(restore, captured(chosen).getFirst()).code();
        }
    }

    private RecoveryPoint choose(Points points) {
        try {
            return points.find(
                    point,
                    this::holdsSources,
                    (id, reason) -> global.output()
                            .warning(
                                    "point %s cannot be read and is passed over: %s"
                                            .formatted(id.shortHex(), reason.getMessage()),
                                    ""));
        } catch (OperationException none) {
            List<String> unknown =
                    sources.stream().filter(name -> !seen.contains(name)).toList();
            if (seen.isEmpty() || unknown.isEmpty()) {
                throw none;
            }
            throw wrong(
                    "no recovery point holds " + String.join(", ", unknown), "there are: " + String.join(", ", seen));
        }
    }

    private void requireOneTarget() {
        if ("".equals(target) || "".equals(artifacts)) {
            throw wrong("the target is empty", "name a folder; \".\" is the current one");
        }
        if ((target == null) == (artifacts == null)) {
            throw wrong("give either --to or --to-artifacts", "run \"reprise restore --help\" for examples");
        }
        if (target != null && sources.size() != 1) {
            throw wrong("--to takes exactly one source, not " + sources.size(), "name the source to restore");
        }
        if (!includes.isEmpty() && !excludes.isEmpty()) {
            throw wrong("--include and --exclude cannot be combined", "use one of them");
        }
    }

    private static OperationException wrong(String fact, String hint) {
        return new OperationException(ExitStatus.BAD_CONFIGURATION, fact, hint, null);
    }

    private boolean holdsSources(RecoveryPoint candidate) {
        candidate.captured().forEach(source -> seen.add(source.name()));
        return sources.stream()
                .allMatch(name -> candidate
                        .source(name)
                        .filter(source -> source.outcome() != Outcome.FAILED)
                        .isPresent());
    }

    /// What was asked for, or everything the point has.
    private List<CapturedSource> captured(RecoveryPoint chosen) {
        if (sources.isEmpty()) {
            return chosen.captured();
        }
        return sources.stream()
                .map(name -> chosen.source(name)
                        .filter(source -> source.outcome() != Outcome.FAILED)
                        .orElseThrow(() -> new OperationException(
                                ExitStatus.FAILED,
                                "point %s does not hold source %s"
                                        .formatted(chosen.run().shortHex(), name),
                                "run \"reprise points %s\" to see what it holds"
                                        .formatted(chosen.run().shortHex()),
                                null)))
                .toList();
    }

    private ExitStatus one(StackRestore restore, CapturedSource source) throws IOException {
        String to = target == null ? "" : target;
        Output output = global.output();
        output.info("restoring %s from point %s, which stands for %s"
                .formatted(
                        source.name(),
                        restore.point().run().shortHex(),
                        Show.time(source.facts().consistentAt(), context.zone())));
        boolean bucket = source.kind().equals("bucket");
        if (bucket && Buckets.isBucket(to)) {
            requireNoPatterns();
            return restore.bucket(source, new BucketTarget.Choice(to, mayReplace(), delete, verify, dryRun, options));
        }
        if (!source.kind().equals("files") && !bucket) {
            return restore.streams(source, to, replace, options, dryRun);
        }
        Path folder = context.resolve(to);
        return restore.files(
                source,
                new StackRestore.FilesChoice(
                        folder, includes, excludes, overwriteMode(), mayReplace(), delete, sparse, verify, dryRun));
    }

    private void requireNoPatterns() {
        if (!includes.isEmpty() || !excludes.isEmpty()) {
            throw wrong(
                    "--include and --exclude are for folders",
                    "name objects with --option prefix=photos/2026/ or --option object=KEY");
        }
    }

    private boolean mayReplace() {
        return replace || !overwrite.isEmpty();
    }

    private Overwrite overwriteMode() {
        if (overwrite.isEmpty()) {
            return Overwrite.ALWAYS;
        }
        try {
            return Overwrite.valueOf(overwrite.toUpperCase(Locale.ROOT).replace('-', '_'));
        } catch (IllegalArgumentException e) {
            throw wrong(
                    "there is no overwrite mode \"" + overwrite + "\"", "use always, if-changed, if-newer or never");
        }
    }
}
