package dev.reprise.cli.stack;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.cli.BuildInfo;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.Output;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.export.Artifact;
import dev.reprise.operations.export.ExportManifest;
import dev.reprise.operations.export.ExportRemoval;
import dev.reprise.operations.export.ExportWriting;
import dev.reprise.operations.export.Exports;
import dev.reprise.operations.export.Exports.Found;
import dev.reprise.operations.export.Exports.StoredExport;
import dev.reprise.operations.export.PointArtifacts;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.point.RecoveryPoint.Outcome;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.storage.Storage;
import dev.reprise.storage.plain.PlainFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes one point as plain files, then removes the exports that the job's policy no longer keeps.
final class PointExport {
    private final Stack.Job job;
    private final Stack.ExportChoice choice;
    private final CommandContext context;
    private final Output output;

    PointExport(Stack.Job job, Stack.ExportChoice choice, CommandContext context, Output output) {
        this.job = job;
        this.choice = choice;
        this.context = context;
        this.output = output;
    }

    /// @throws OperationException if the place keeps no plain files
    static PlainFiles files(Storage place) {
        PlainFiles files = place.capability(PlainFiles.class);
        if (files == null) {
            throw new OperationException(
                    ExitStatus.BAD_CONFIGURATION,
                    "exports cannot be written to " + place.location(),
                    "use a directory, or a place of kind s3 or sftp",
                    null);
        }
        return files;
    }

    /// @param dryRun says what would be written and removed, and changes nothing
    /// @return incomplete if the point lacks something that was to be exported
    ExitStatus run(Repository repository, RecoveryPoint point, boolean dryRun) {
        try (Storage place = choice.open().get()) {
            refuseRepository(repository, place);
            PlainFiles files = files(place);
            Found found = new Exports(files).look(this::unreadable);
            Optional<StoredExport> there = found.of(job.name()).stream()
                    .filter(export -> export.manifest().run().equals(point.run()))
                    .findFirst();
            List<CapturedSource> wanted = wanted(point);
            List<String> missing = missing(point, wanted);
            List<StoredExport> whole = new ArrayList<>(found.of(job.name()));
            if (there.isPresent()) {
                output.info("point %s is already there: %s/%s"
                        .formatted(
                                point.run().shortHex(),
                                files.location(),
                                there.get().folder()));
            } else {
                whole.add(write(repository, point, files, found, wanted, missing, dryRun));
            }
            remove(files, found, whole, dryRun);
            return missing.isEmpty() ? ExitStatus.OK : ExitStatus.INCOMPLETE;
        }
    }

    private void unreadable(String folder, String reason) {
        output.warning(
                "the export %s cannot be understood and stays as it is: %s".formatted(folder, reason),
                "look at it, and remove it by hand if it is of no use");
    }

    /// Plain files within a repository would be taken for a part of it, and the other way round.
    private static void refuseRepository(Repository repository, Storage place) {
        String ours = repository.storage().location();
        String there = place.location();
        boolean local = ours.startsWith("local:") && there.startsWith("local:");
        boolean within = local
                ? Path.of(there.substring("local:".length())).startsWith(Path.of(ours.substring("local:".length())))
                : there.equals(ours) || there.startsWith(ours.endsWith("/") ? ours : ours + "/");
        if (within) {
            throw new OperationException(
                    ExitStatus.TARGET_REFUSED,
                    "the exports would lie in the repository " + ours + "; nothing was written",
                    "choose a folder beside it",
                    null);
        }
    }

    private List<CapturedSource> wanted(RecoveryPoint point) {
        return point.captured().stream()
                .filter(source -> choice.sources().isEmpty() || choice.sources().contains(source.name()))
                .toList();
    }

    private List<String> missing(RecoveryPoint point, List<CapturedSource> wanted) {
        List<String> missing = new ArrayList<>();
        for (CapturedSource source : point.sources()) {
            boolean asked = choice.sources().isEmpty() || choice.sources().contains(source.name());
            if (asked && source.outcome() != Outcome.CAPTURED) {
                missing.add(source.name());
                output.warning(
                        "%s is %s point %s"
                                .formatted(
                                        source.name(),
                                        source.outcome() == Outcome.FAILED ? "not in" : "not whole in",
                                        point.run().shortHex()),
                        "\"reprise points %s\" says why".formatted(point.run().shortHex()));
            }
        }
        if (wanted.isEmpty()) {
            throw new OperationException(
                    ExitStatus.FAILED,
                    "point %s holds nothing of what is to be exported"
                            .formatted(point.run().shortHex()),
                    "run \"reprise points %s\" to see what it holds"
                            .formatted(point.run().shortHex()),
                    null);
        }
        return missing;
    }

    private StoredExport write(
            Repository repository,
            RecoveryPoint point,
            PlainFiles files,
            Found found,
            List<CapturedSource> wanted,
            List<String> missing,
            boolean dryRun) {
        try (RepositoryLock _ = ReadLock.of(repository::lockToLoadIndex, Duration.ZERO, output)) {
            BlobIndex index = repository.loadIndex(
                    (ObjectId _, RuntimeException reason) -> output.warning(reason.getMessage() + "", ""));
            var artifacts = new PointArtifacts(
                    repository,
                    index,
                    (source, count) -> output.warning(
                            "%s: %d sockets are left out, tar has no word for them".formatted(source, count), ""));
            List<Artifact> all = wanted.stream()
                    .flatMap(source -> artifacts.of(source).stream())
                    .toList();
            var writing = new ExportWriting(
                    files,
                    context.clock(),
                    context.zone(),
                    context.random().get(),
                    file -> output.info("  %s, %s".formatted(file.path(), Show.size(file.bytes()))));
            String folder = writing.folder(point, found);
            String program = "reprise " + BuildInfo.read().version();
            if (dryRun) {
                all.forEach(artifact ->
                        output.result("would write %s/%s/%s".formatted(files.location(), folder, artifact.path())));
                return new StoredExport(
                        folder,
                        new ExportManifest(
                                program,
                                job.name(),
                                point.run(),
                                point.host(),
                                point.started(),
                                context.clock().instant(),
                                List.of(),
                                missing));
            }
            Instant begun = context.clock().instant();
            ExportManifest manifest = writing.write(folder, point, all, program, missing);
            tell(files.location(), new StoredExport(folder, manifest), begun);
            return new StoredExport(folder, manifest);
        }
    }

    private void tell(String location, StoredExport export, Instant begun) {
        ExportManifest manifest = export.manifest();
        Duration took = Duration.between(begun, manifest.written());
        output.result("export of point %s: %s/%s, %d files, %s, verified, %s"
                .formatted(
                        manifest.run().shortHex(),
                        location,
                        export.folder(),
                        manifest.files().size(),
                        Show.size(manifest.bytes()),
                        Show.duration(took)));
        output.message(
                "export",
                fields -> fields.put("job", job.name())
                        .put("point", manifest.run().hex())
                        .put("location", location)
                        .put("folder", export.folder())
                        .put("bytes", manifest.bytes())
                        .put("seconds", took.toMillis() / 1000.0)
                        .putAll("missing", manifest.missing())
                        .putObjects(
                                "files",
                                manifest.files(),
                                (each, file) -> each.put("path", file.path())
                                        .put("bytes", file.bytes())
                                        .put("sha256", file.sha256().hex())));
    }

    private void remove(PlainFiles files, Found found, List<StoredExport> whole, boolean dryRun) {
        var removal = new ExportRemoval(files, context.clock());
        ExportRemoval.Plan plan = removal.plan(job.name(), found, whole, choice.keep(), context.zone());
        for (ExportRemoval.Removal each : plan.removals()) {
            output.result("%s export %s: %s, %d files"
                    .formatted(
                            dryRun ? "would remove" : "removing",
                            each.folder(),
                            each.why(),
                            each.files().size()));
            output.message(
                    "export_removal",
                    fields -> fields.put("job", job.name())
                            .put("folder", each.folder())
                            .put("why", each.why())
                            .put("dry_run", dryRun)
                            .putAll("files", each.files()));
        }
        if (!dryRun) {
            removal.carryOut(plan);
        }
    }
}
