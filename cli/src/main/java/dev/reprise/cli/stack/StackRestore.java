package dev.reprise.cli.stack;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.Confirmation;
import dev.reprise.cli.Output;
import dev.reprise.cli.Progress;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.artifacts.ArtifactFile;
import dev.reprise.operations.artifacts.TreeTar;
import dev.reprise.operations.filter.PatternList;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.point.RecoveryPoint.Outcome;
import dev.reprise.operations.restore.FilesRestore;
import dev.reprise.operations.restore.FilesRestoreRequest;
import dev.reprise.operations.restore.FilesRestoreRequest.Overwrite;
import dev.reprise.operations.restore.RestoreEvent;
import dev.reprise.operations.restore.RestoreResult;
import dev.reprise.operations.restore.SnapshotStreams;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.recovery.compare.FactsComparison;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.sources.Facts;
import dev.reprise.sources.RestorePlan;
import dev.reprise.sources.RestoreRequest;
import dev.reprise.sources.SourceListener.SourceEvent;
import dev.reprise.sources.StreamSource;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Brings captured sources of one point back, each kind its own way.
final class StackRestore {
    /// How files are to be put back.
    record FilesChoice(
            Path folder,
            List<String> includes,
            List<String> excludes,
            Overwrite overwrite,
            boolean mayReplace,
            boolean delete,
            boolean sparse,
            boolean verify,
            boolean dryRun) {}

    private final Stack stack;
    private final Repository repository;
    private final BlobIndex index;
    private final RecoveryPoint point;
    private final CommandContext context;
    private final Output output;
    private final Confirmation confirmation;
    private final ArchivedPacks archived;

    StackRestore(
            Stack stack,
            Repository repository,
            BlobIndex index,
            RecoveryPoint point,
            CommandContext context,
            Output output,
            Confirmation confirmation,
            ArchivedPacks archived) {
        this.stack = stack;
        this.repository = repository;
        this.index = index;
        this.point = point;
        this.context = context;
        this.output = output;
        this.confirmation = confirmation;
        this.archived = archived;
    }

    RecoveryPoint point() {
        return point;
    }

    ExitStatus files(CapturedSource source, FilesChoice choice) throws IOException {
        refuseRepository(choice.folder());
        refuseFull(choice);
        if (choice.delete() && !choice.dryRun()) {
            confirmation.require(
                    output,
                    "everything%s in %s that point %s does not have is removed"
                            .formatted(
                                    choice.includes().isEmpty() ? "" : " matching --include",
                                    choice.folder(),
                                    point.run().shortHex()),
                    choice.folder().toString());
        }
        FilesRestoreRequest request = request(source, choice);
        archived.require(
                () -> FilesRestore.packs(repository, index, request, false),
                () -> FilesRestore.packs(repository, index, request, true),
                choice.dryRun());
        Instant begun = context.clock().instant();
        RestoreResult result;
        try (Progress progress = output.progress("restoring")) {
            result = new FilesRestore(repository, index, event -> report(event, progress)).run(request);
        }
        Duration took = Duration.between(begun, context.clock().instant());
        return concludeFiles(source, choice, result, took);
    }

    /// A restore over the repository would destroy what it restores from.
    private void refuseRepository(Path folder) throws IOException {
        String location = repository.storage().location();
        if (!location.startsWith("local:")) {
            return;
        }
        Path ours = real(Path.of(location.substring("local:".length())));
        Path target = real(folder);
        if (ours.startsWith(target) || target.startsWith(ours)) {
            throw new OperationException(
                    ExitStatus.TARGET_REFUSED,
                    "the target %s and the repository %s lie in each other; nothing was changed"
                            .formatted(target, ours),
                    "restore into another folder and move the files from there",
                    null);
        }
    }

    /// Without links, also when the last folders do not exist yet.
    private static Path real(Path path) throws IOException {
        Path parent = path.toAbsolutePath().normalize();
        Path rest = Path.of("");
        while (!Files.exists(parent) && parent.getParent() != null) {
            rest = parent.getFileName().resolve(rest);
            parent = parent.getParent();
        }
        return parent.toRealPath().resolve(rest).normalize();
    }

    private static void refuseFull(FilesChoice choice) throws IOException {
        if (choice.mayReplace() || !Files.exists(choice.folder())) {
            return;
        }
        if (Files.isDirectory(choice.folder())) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(choice.folder())) {
                if (!entries.iterator().hasNext()) {
                    return;
                }
            }
        }
        throw new OperationException(
                ExitStatus.TARGET_REFUSED,
                "%s already holds data; nothing was changed".formatted(choice.folder()),
                "choose an empty folder, or add --replace to go on with an interrupted restore or to overwrite",
                null);
    }

    private FilesRestoreRequest request(CapturedSource source, FilesChoice choice) {
        return new FilesRestoreRequest(
                content(source),
                choice.folder(),
                patterns(choice.includes()),
                patterns(choice.excludes()),
                choice.overwrite(),
                choice.delete(),
                choice.sparse(),
                choice.verify(),
                choice.dryRun(),
                stack.workers());
    }

    private static List<PatternList> patterns(List<String> texts) {
        try {
            return texts.isEmpty() ? List.of() : List.of(PatternList.of(texts, false));
        } catch (IllegalArgumentException e) {
            throw new OperationException(
                    ExitStatus.BAD_CONFIGURATION, String.valueOf(e.getMessage()), "correct the pattern", e);
        }
    }

    private ObjectId content(CapturedSource source) {
        ObjectId id = source.snapshot();
        if (id == null) {
            throw new IllegalStateException(source.name() + " has no snapshot");
        }
        Snapshot snapshot = repository.snapshot(id);
        try (var reader = new TreeReader(repository, index)) {
            return SnapshotStreams.content(reader, snapshot.tree(), snapshot.paths());
        }
    }

    private void report(RestoreEvent event, Progress progress) {
        switch (event) {
            case RestoreEvent.Planned(long items, long files, long bytes, long packs) ->
                output.info("%d items, %d files, %s from %d packs".formatted(items, files, Show.size(bytes), packs));
            case RestoreEvent.Progress(long files, long bytes) ->
                progress.update(new Progress.State(files, 0, bytes, 0, ""));
            case RestoreEvent.ItemDone(String path, String action, long _) -> output.detail(action + " " + path);
            case RestoreEvent.Failed(String path, String reason) -> output.warning(path + ": " + reason, "");
            case RestoreEvent.Warning(String fact) -> output.warning(fact, "");
        }
    }

    private ExitStatus concludeFiles(CapturedSource source, FilesChoice choice, RestoreResult result, Duration took) {
        if (source.outcome() == Outcome.INCOMPLETE) {
            Show.warnIncomplete(output, source, point);
        }
        output.message(
                "restored",
                fields -> fields.put("source", source.name())
                        .put("point", point.run().hex())
                        .put("target", choice.folder().toString())
                        .put("dry_run", choice.dryRun())
                        .put("items", result.items())
                        .put("skipped", result.skipped())
                        .put("deleted", result.deleted())
                        .put("bytes", result.bytes())
                        .put("failed", result.failed())
                        .put("verified", result.verified())
                        .put("seconds", took.toMillis() / 1000.0));
        output.result("%s %s %s: %d items, %s, %d failed, %s"
                .formatted(
                        source.name(),
                        choice.dryRun() ? "would go to" : "restored to",
                        choice.folder(),
                        result.items(),
                        Show.size(result.bytes()),
                        result.failed(),
                        Show.duration(took)));
        boolean filtered = !choice.includes().isEmpty() || !choice.excludes().isEmpty();
        if (filtered && result.items() + result.skipped() + result.failed() == 0) {
            throw new OperationException(
                    ExitStatus.FAILED,
                    "nothing in point %s matches: nothing was restored"
                            .formatted(point.run().shortHex()),
                    "patterns begin below the saved folder: /2026/** or *.jpg",
                    null);
        }
        return result.failed() == 0 ? ExitStatus.OK : ExitStatus.FAILED;
    }

    /// Into another bucket, or the one it came from.
    ExitStatus bucket(CapturedSource source, BucketTarget.Choice choice) throws IOException {
        return new BucketTarget(stack, repository, index, point, context, output, confirmation).restore(source, choice);
    }

    ExitStatus streams(
            CapturedSource source, String target, boolean replace, Map<String, String> options, boolean dryRun)
            throws IOException {
        StreamSource restorer = stack.restorer(source.name(), source.kind());
        String place = source.kind().equals("redis") ? context.resolve(target).toString() : target;
        try (var stored = SnapshotStreams.open(repository, index, source)) {
            RestorePlan plan = planned(restorer, stored, new RestoreRequest(place, replace, options), dryRun);
            if (plan == null) {
                return ExitStatus.OK;
            }
            plan.steps().forEach(step -> output.result((dryRun ? "would: " : "will: ") + step));
            output.message(
                    "plan",
                    fields -> fields.put("source", source.name())
                            .put("target", plan.target())
                            .put("destructive", plan.destructive())
                            .putAll("steps", plan.steps()));
            if (dryRun) {
                return ExitStatus.OK;
            }
            if (plan.destructive()) {
                confirmation.require(output, "this replaces data in " + plan.target(), source.name());
            }
            archived.require(stored::packs, stored::packs, false);
            Instant begun = context.clock().instant();
            Facts restored = carryOut(restorer, stored, plan);
            Facts recorded = restorer.expected(stored, plan);
            return concludeStreams(
                    source,
                    recorded,
                    plan,
                    restored,
                    Duration.between(begun, context.clock().instant()));
        }
    }

    /// A source may have to look into its streams for its plan: then they are brought back first.
    ///
    /// @return null if a dry run cannot tell more
    private @Nullable RestorePlan planned(
            StreamSource restorer, SnapshotStreams stored, RestoreRequest request, boolean dryRun) throws IOException {
        if (dryRun) {
            archived.require(stored::packs, stored::packs, true);
        }
        try {
            return restorer.plan(stored, request);
        } catch (RepriseException e) {
            if (e.exitStatus() != ExitStatus.ARCHIVED) {
                throw e;
            }
            if (dryRun) {
                output.result("what comes after that can be told when the packs are back");
                return null;
            }
            archived.require(stored::packs, stored::packs, false);
            return restorer.plan(stored, request);
        }
    }

    private Facts carryOut(StreamSource restorer, SnapshotStreams stored, RestorePlan plan) {
        try (Progress progress = output.progress("restoring")) {
            return restorer.restore(stored, plan, event -> {
                switch (event) {
                    case SourceEvent.StreamStarted(String path) -> output.detail("stream " + path);
                    case SourceEvent.StreamProgress(String path, long bytes) ->
                        progress.update(new Progress.State(0, 0, bytes, 0, path));
                    case SourceEvent.Warning(String fact) -> output.warning(fact, "");
                    case SourceEvent.Step(String what) -> output.info(what);
                }
            });
        }
    }

    private ExitStatus concludeStreams(
            CapturedSource source, Facts recorded, RestorePlan plan, Facts restored, Duration took) {
        FactsComparison comparison = FactsComparison.of(recorded, restored);
        output.message(
                "restored",
                fields -> fields.put("source", source.name())
                        .put("point", point.run().hex())
                        .put("target", plan.target())
                        .put("compared", comparison.compared())
                        .putAll("differences", comparison.differences())
                        .put("seconds", took.toMillis() / 1000.0));
        output.result("%s restored to %s in %s".formatted(source.name(), plan.target(), Show.duration(took)));
        comparison.differences().forEach(difference -> output.warning(difference, ""));
        if (!comparison.differences().isEmpty()) {
            output.result("%d of %d recorded values differ"
                    .formatted(comparison.differences().size(), comparison.compared()));
            return ExitStatus.DIFFERS;
        }
        output.result(
                comparison.compared() == 0
                        ? "nothing was recorded to compare with: set facts for this source to counts or digests"
                        : "all %d recorded values agree".formatted(comparison.compared()));
        return ExitStatus.OK;
    }

    ExitStatus artifacts(List<CapturedSource> sources, Path folder, boolean dryRun) throws IOException {
        List<String> names = new ArrayList<>();
        for (CapturedSource source : sources) {
            names.add(artifactName(source));
        }
        for (String name : names) {
            if (Files.exists(folder.resolve(name))) {
                throw new OperationException(
                        ExitStatus.TARGET_REFUSED,
                        "%s already exists; nothing was written".formatted(folder.resolve(name)),
                        "choose another folder or move the file away",
                        null);
            }
        }
        Supplier<Set<ObjectId>> packs = () -> packs(sources, folder);
        archived.require(packs, packs, dryRun);
        if (dryRun) {
            names.forEach(name -> output.result("would write " + folder.resolve(name)));
            return whole(sources);
        }
        Files.createDirectories(folder);
        for (CapturedSource source : sources) {
            Instant begun = context.clock().instant();
            long bytes = artifact(source, folder);
            Duration took = Duration.between(begun, context.clock().instant());
            output.result("%s: %s, %s"
                    .formatted(folder.resolve(artifactName(source)), Show.size(bytes), Show.duration(took)));
            output.message(
                    "artifact",
                    fields -> fields.put("source", source.name())
                            .put("file", folder.resolve(artifactName(source)).toString())
                            .put("bytes", bytes)
                            .put("seconds", took.toMillis() / 1000.0));
        }
        return whole(sources);
    }

    /// Packs with the contents of all of these.
    private Set<ObjectId> packs(List<CapturedSource> sources, Path folder) {
        Set<ObjectId> packs = new HashSet<>();
        for (CapturedSource source : sources) {
            if (source.kind().equals("files") || source.kind().equals("bucket")) {
                var everything = new FilesChoice(
                        folder, List.of(), List.of(), Overwrite.ALWAYS, true, false, false, false, true);
                packs.addAll(FilesRestore.packs(repository, index, request(source, everything), false));
            } else {
                try (var stored = SnapshotStreams.open(repository, index, source)) {
                    packs.addAll(stored.packs());
                }
            }
        }
        return packs;
    }

    /// Says what the exported files do not hold.
    private ExitStatus whole(List<CapturedSource> exported) {
        ExitStatus status = ExitStatus.OK;
        for (CapturedSource source : point.sources()) {
            if (source.outcome() == Outcome.FAILED
                    && exported.size() == point.captured().size()) {
                output.warning(
                        "%s is not in point %s: %s"
                                .formatted(source.name(), point.run().shortHex(), String.join("; ", source.problems())),
                        "an older point may hold it: \"reprise points\"");
                status = ExitStatus.INCOMPLETE;
            }
        }
        for (CapturedSource source : exported) {
            if (source.outcome() == Outcome.INCOMPLETE) {
                Show.warnIncomplete(output, source, point);
                status = ExitStatus.INCOMPLETE;
            }
        }
        return status;
    }

    private static String artifactName(CapturedSource source) {
        return source.name()
                + switch (source.kind()) {
                    case "files", "bucket" -> ".tar.gz";
                    case "postgres" -> ".sql.gz";
                    case "redis" -> ".rdb";
                    default -> throw new IllegalStateException("no artifact for kind " + source.kind());
                };
    }

    private long artifact(CapturedSource source, Path folder) throws IOException {
        String name = artifactName(source);
        if (source.kind().equals("files") || source.kind().equals("bucket")) {
            ObjectId content = content(source);
            try (var reader = new TreeReader(repository, index)) {
                return ArtifactFile.writeGzip(folder, name, out -> {
                    TreeTar.Written written = TreeTar.write(reader, content, out);
                    if (written.leftOut() > 0) {
                        output.warning(
                                "%s: %d sockets are left out, tar has no word for them"
                                        .formatted(source.name(), written.leftOut()),
                                "");
                    }
                });
            }
        }
        try (var stored = SnapshotStreams.open(repository, index, source)) {
            if (source.kind().equals("redis")) {
                return ArtifactFile.write(folder, name, out -> {
                    try (var rdb = stored.open("dump.rdb")) {
                        rdb.transferTo(out);
                    }
                });
            }
            return ArtifactFile.writeGzip(folder, name, out -> stack.exportSql(source.name(), stored, out));
        }
    }
}
