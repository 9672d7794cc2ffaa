package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.cli.CommandContext;
import dev.reprise.operations.browse.Subfolder;
import dev.reprise.operations.filter.PatternList;
import dev.reprise.operations.restore.EarlyPlan;
import dev.reprise.operations.restore.FilesRestore;
import dev.reprise.operations.restore.FilesRestoreRequest;
import dev.reprise.operations.restore.FilesRestoreRequest.Overwrite;
import dev.reprise.operations.restore.MetadataChoice;
import dev.reprise.operations.restore.RestoreResult;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `restore` (repository format, sections 10.4 and 11.3).
@Command(name = "restore", description = "Put the content of a snapshot into a directory.")
final class RestoreVerb implements Callable<Integer> {
    @Mixin
    private final ResticOptions global;

    @Mixin
    private final SnapshotChoice choice;

    @Mixin
    private final PatternFlags patterns;

    @Option(
            names = {"-t", "--target"},
            paramLabel = "directory",
            description = "Where to; made when missing.")
    private String target = "";

    @Option(
            names = "--overwrite",
            paramLabel = "behaviour",
            description = "What to do with files that are there: always, if-changed, if-newer or never.")
    private String overwrite = "always";

    @Option(names = "--delete", description = "Remove from the directory what the snapshot does not have.")
    private boolean delete;

    @Option(names = "--dry-run", description = "Only say what would be done.")
    private boolean dryRun;

    @Option(names = "--sparse", description = "Leave holes where files have only zeros.")
    private boolean sparse;

    @Option(names = "--verify", description = "Read back what was written and compare it.")
    private boolean verify;

    @Option(
            names = "--include-xattr",
            paramLabel = "pattern",
            description = "Only extended attributes that match; repeatable.")
    private List<String> includedAttributes = new ArrayList<>();

    @Option(
            names = "--exclude-xattr",
            paramLabel = "pattern",
            description = "Not the extended attributes that match; repeatable.")
    private List<String> excludedAttributes = new ArrayList<>();

    @Option(
            names = "--ownership-by-name",
            description = "Give files to the users and groups of these names; without one of the name, by number.")
    private boolean ownershipByName;

    @Parameters(paramLabel = "snapshot", description = "An id, latest, or one of them with :folder.")
    private List<String> arguments = new ArrayList<>();

    RestoreVerb(CommandContext context) {
        this.global = new ResticOptions(context);
        this.choice = new SnapshotChoice(context);
        this.patterns = new PatternFlags(context);
    }

    @Override
    public Integer call() {
        List<PatternList> excludes = patterns.excludes();
        List<PatternList> includes = patterns.includes();
        Overwrite mode = mode();
        refuseContradictions(!includes.isEmpty(), !excludes.isEmpty());
        MetadataChoice metadata = metadata();
        var argument = SnapshotArgument.parse(arguments.getFirst());
        Function<ObjectId, FilesRestoreRequest> requests = tree -> new FilesRestoreRequest(
                tree,
                global.resolve(target),
                includes,
                excludes,
                mode,
                delete,
                sparse,
                verify,
                dryRun,
                metadata,
                Runtime.getRuntime().availableProcessors());
        var early = new EarlyPlan();
        try (ResticRepository opened = global.openToReadBlobs((repository, snapshots, index) -> early.make(
                repository,
                index,
                () -> requests.apply(tree(repository, index, argument.find(snapshots, choice.filter()), argument))))) {
            StoredSnapshot stored = find(opened, argument);
            BlobIndex index = opened.index();
            FilesRestoreRequest request = requests.apply(tree(opened.repository(), index, stored, argument));
            return restore(opened, index, stored, request, early);
        }
    }

    private int restore(
            ResticRepository opened,
            BlobIndex index,
            StoredSnapshot stored,
            FilesRestoreRequest request,
            EarlyPlan early) {
        new ArchivedContent(global, opened.repository(), index).bringBack(request);
        String described = GoText.describe(
                stored.id().shortHex(), stored.snapshot(), global.context().zone());
        global.output().info("restoring %s to %s".formatted(described, target));
        var report = new RestoreReport(global.output(), global.context(), request.target());
        var restore = new FilesRestore(opened.repository(), index, report, early);
        RestoreResult result = report.follow(restore, request);
        if (result.failed() > 0) {
            throw new FatalException("There were %d errors".formatted(result.failed()));
        }
        if (verify) {
            global.output().info("finished verifying %d files in %s".formatted(result.verified(), target));
        }
        return 0;
    }

    private Overwrite mode() {
        return switch (overwrite) {
            case "always" -> Overwrite.ALWAYS;
            case "if-changed" -> Overwrite.IF_CHANGED;
            case "if-newer" -> Overwrite.IF_NEWER;
            case "never" -> Overwrite.NEVER;
            default ->
                throw new FatalException(("invalid argument \"%s\" for \"--overwrite\" flag: invalid overwrite behavior"
                                + " \"%s\", must be one of (always|if-changed|if-newer|never)")
                        .formatted(overwrite, overwrite));
        };
    }

    private void refuseContradictions(boolean including, boolean excluding) {
        if (arguments.isEmpty()) {
            throw new FatalException("no snapshot ID specified");
        }
        if (arguments.size() > 1) {
            throw new FatalException("more than one snapshot ID specified: [" + String.join(" ", arguments) + "]");
        }
        if (target.isEmpty()) {
            throw new FatalException("please specify a directory to restore to (--target)");
        }
        if (including && excluding) {
            throw new FatalException("exclude and include patterns are mutually exclusive");
        }
        if (dryRun && verify) {
            throw new FatalException("--dry-run and --verify are mutually exclusive");
        }
        if (delete && global.resolve(target).equals(Path.of("/")) && !including && !excluding) {
            throw new FatalException("'--target / --delete' must be combined with an include or exclude filter");
        }
    }

    private MetadataChoice metadata() {
        if (!includedAttributes.isEmpty() && !excludedAttributes.isEmpty()) {
            throw new FatalException("exclude and include xattr patterns are mutually exclusive");
        }
        return new MetadataChoice(
                attributes("--include-xattr", includedAttributes),
                attributes("--exclude-xattr", excludedAttributes),
                ownershipByName);
    }

    private static List<PatternList> attributes(String flag, List<String> texts) {
        return texts.isEmpty() ? List.of() : List.of(PatternFlags.parse(flag, texts, false));
    }

    private StoredSnapshot find(ResticRepository opened, SnapshotArgument argument) {
        try {
            return argument.find(opened.snapshots(global.output()), choice.filter());
        } catch (RepriseException e) {
            throw new FatalException("failed to find snapshot: " + e.fact());
        }
    }

    private static ObjectId tree(
            Repository repository, BlobIndex index, StoredSnapshot stored, SnapshotArgument argument) {
        ObjectId root = stored.snapshot().tree();
        if (argument.folder().isEmpty()) {
            return root;
        }
        try (var reader = new TreeReader(repository, index)) {
            return Subfolder.find(reader, root, argument.folder());
        }
    }
}
