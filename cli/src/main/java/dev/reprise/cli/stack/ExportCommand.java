package dev.reprise.cli.stack;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.GlobalOptions;
import dev.reprise.cli.Output;
import dev.reprise.cli.UsageException;
import dev.reprise.operations.export.ExportManifest;
import dev.reprise.operations.export.Exports;
import dev.reprise.operations.export.Exports.StoredExport;
import dev.reprise.operations.point.Points;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.repository.Repository;
import dev.reprise.storage.Storage;
import dev.reprise.storage.plain.PlainFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "export",
        header = "Write a recovery point as plain files into a folder named by its date.",
        description = {
            "Jobs with \"export\" in the configuration do so by themselves when their point is complete; this does it by"
                    + " hand, for any point. Files are TO/2026-11-22/KIND/SOURCE/…: dumps as pg_restore reads them,"
                    + " dump.rdb, an archive of files. Each is read back and compared; export.json, written last, names"
                    + " all with size and SHA-256, and SHA256SUMS is for sha256sum -c.",
            "Nothing is overwritten: a date that is taken gets the time of day as well, and a point that is there is left"
                    + " alone. Then exports the job's \"keep\" does not keep are removed: files their own manifest names,"
                    + " and nothing else.",
            "What is exported is not encrypted.",
            ""
        },
        exitCodeList = {
            " 0:exported, or already there",
            " 1:something failed; what was begun was removed again",
            " 3:exported, but the point lacks something, or not every job succeeded",
            "10:the repository does not exist",
            "12:the password is wrong",
            "20:the configuration or the command line is wrong"
        },
        footer = {
            "  reprise export",
            "  reprise export nightly --point 3f2a91c0 --to /mnt/usb",
            "  reprise export nightly --dry-run",
            "  reprise export nightly --list"
        })
public final class ExportCommand implements Callable<Integer> {
    @Mixin
    private final GlobalOptions global;

    private final CommandContext context;
    private final Stack.Factory stacks;

    @Parameters(
            paramLabel = "JOB",
            arity = "0..*",
            description = "Jobs whose points are exported. Default: all that are configured to.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--point", paramLabel = "ID", description = "First digits of a point. Default: latest.")
    private String point = "latest";

    @Option(
            names = "--to",
            paramLabel = "PLACE",
            description = "Directory or URL, instead of the configured place. Nothing is removed there.")
    private @Nullable String target;

    @Option(names = "--repository", paramLabel = "NAME", description = "Default: the first one the job writes to.")
    private String repository = "";

    @Option(names = "--list", description = "List the exports that are there, and do nothing.")
    private boolean list;

    @Option(
            names = {"-n", "--dry-run"},
            description = "Show what would be written and removed, and change nothing.")
    private boolean dryRun;

    public ExportCommand(CommandContext context, Stack.Factory stacks) {
        this.global = new GlobalOptions(context);
        this.context = context;
        this.stacks = stacks;
    }

    @Override
    public Integer call() {
        Stack stack = stacks.of(global);
        List<Stack.Job> jobs = Select.jobs(stack, names).stream()
                .filter(job -> !names.isEmpty() || target != null || stack.export(job) != null)
                .toList();
        if (jobs.isEmpty()) {
            throw new UsageException(
                    "no job is configured to export", "add \"export: {to: /srv/exports}\" to a job, or give --to");
        }
        if (!point.equals("latest") && jobs.size() != 1) {
            throw new UsageException("a point belongs to one job, and there are " + jobs.size(), "name the job");
        }
        return list ? list(stack, jobs) : all(stack, jobs).code();
    }

    private ExitStatus all(Stack stack, List<Stack.Job> jobs) {
        ExitStatus worst = ExitStatus.OK;
        RepriseException first = null;
        for (Stack.Job job : jobs) {
            try {
                ExitStatus status = export(stack, job);
                worst = status == ExitStatus.OK ? worst : status;
            } catch (CancelledException e) {
                throw e;
            } catch (RepriseException e) {
                if (jobs.size() == 1) {
                    throw e;
                }
                first = first == null ? e : first;
                worst = ExitStatus.INCOMPLETE;
                global.output().warning("job %s: %s".formatted(job.name(), e.fact()), e.hint());
            }
        }
        return worst;
    }

    private ExitStatus export(Stack stack, Stack.Job job) {
        Stack.ExportChoice choice = choice(stack, job);
        String from = repository.isEmpty() ? job.repository() : Select.repository(stack, repository);
        try (Repository opened = stack.open(from)) {
            RecoveryPoint chosen = new Points(opened)
                    .find(
                            point,
                            candidate -> candidate.job().equals(job.name()),
                            (id, reason) -> global.output()
                                    .warning(
                                            "point %s cannot be read and is passed over: %s"
                                                    .formatted(id.shortHex(), reason.getMessage()),
                                            ""));
            if (!chosen.job().equals(job.name())) {
                throw new UsageException(
                        "point %s belongs to job %s, not to %s"
                                .formatted(chosen.run().shortHex(), chosen.job(), job.name()),
                        "name that job");
            }
            return new PointExport(job, choice, context, global.output()).run(opened, chosen, dryRun);
        }
    }

    private Stack.ExportChoice choice(Stack stack, Stack.Job job) {
        String to = target;
        if (to != null) {
            boolean path = to.indexOf(':') < 0;
            return stack.exportTo(job, path ? context.resolve(to).toString() : to);
        }
        Stack.ExportChoice configured = stack.export(job);
        if (configured == null) {
            throw new UsageException(
                    "job %s is not configured to export".formatted(job.name()),
                    "add \"export: {to: /srv/exports}\" to it, or give --to");
        }
        return configured;
    }

    private int list(Stack stack, List<Stack.Job> jobs) {
        Output output = global.output();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("EXPORT", "JOB", "POINT", "CAPTURED", "FILES", "SIZE"));
        boolean[] whole = {true};
        for (Stack.Job job : jobs) {
            try (Storage place = choice(stack, job).open().get()) {
                PlainFiles files = PointExport.files(place);
                Exports.Found found = new Exports(files).look((folder, reason) -> {
                    whole[0] = false;
                    output.warning("the export %s cannot be understood: %s".formatted(folder, reason), "");
                });
                for (StoredExport export : found.of(job.name())) {
                    rows.add(row(export));
                    output.message("export", fields -> {
                        ExportManifest manifest = export.manifest();
                        fields.put("job", job.name())
                                .put("point", manifest.run().hex())
                                .put("location", files.location())
                                .put("folder", export.folder())
                                .put("bytes", manifest.bytes())
                                .putAll("missing", manifest.missing());
                    });
                }
            }
        }
        Show.table(rows).forEach(output::result);
        return whole[0] ? ExitStatus.OK.code() : ExitStatus.INCOMPLETE.code();
    }

    private List<String> row(StoredExport export) {
        ExportManifest manifest = export.manifest();
        return List.of(
                export.folder(),
                manifest.job(),
                manifest.run().shortHex(),
                Show.time(manifest.captured(), context.zone()),
                String.valueOf(manifest.files().size()),
                Show.size(manifest.bytes()));
    }
}
