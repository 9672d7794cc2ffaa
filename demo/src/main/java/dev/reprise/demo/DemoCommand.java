package dev.reprise.demo;

import dev.reprise.base.DurableFile;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import dev.reprise.base.Secret;
import dev.reprise.cli.BuildInfo;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.GlobalOptions;
import dev.reprise.cli.Output;
import dev.reprise.cli.stack.Show;
import dev.reprise.embedded.DebianTools;
import dev.reprise.storage.local.LocalStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        header = "Protect a real stack, lose it, bring it back, and measure RPO and RTO.",
        description = {
            "Starts a real PostgreSQL and a real Redis on loopback, fills them and a folder of uploads, backs all of it"
                    + " up twice while it is written to, kills and deletes everything, recovers it, and compares every"
                    + " table, key and byte with its own books.",
            "Needs no configuration and no root, and touches nothing outside its folder. Programs that are not on the"
                    + " machine are unpacked from Debian's packages into a folder of their own.",
            ""
        },
        exitCodeList = {
            "  0:everything came back as it was",
            " 23:something differs; it is named",
            "130:cancelled; no server is left running"
        },
        footer = {"  reprise demo", "  reprise demo --keep", "  reprise demo --json"})
public final class DemoCommand implements Callable<Integer> {
    private static final int PASSWORD_BYTES = 16;

    @Mixin
    private final GlobalOptions global;

    private final CommandContext context;

    @Option(names = "--keep", description = "Keep the folder with repository and recovered data.")
    private boolean keep;

    @Option(names = "--dir", paramLabel = "DIR", description = "Work here: a new folder. Default: a temporary one.")
    private @Nullable String directory;

    public DemoCommand(CommandContext context) {
        this.global = new GlobalOptions(context);
        this.context = context;
    }

    @Override
    public Integer call() throws Exception {
        Path folder = workFolder();
        try {
            DemoReport report = run(folder);
            print(report, folder);
            return report.good() ? ExitStatus.OK.code() : ExitStatus.DIFFERS.code();
        } finally {
            if (!keep) {
                Folders.delete(folder);
            }
        }
    }

    /// Others may enter it: when we are root, PostgreSQL runs as an ordinary user.
    private Path workFolder() throws IOException {
        var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));
        Path folder = directory == null
                ? Files.createTempDirectory("reprise-demo-")
                : Files.createDirectory(context.resolve(directory), mode);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        return folder.toRealPath();
    }

    private DemoReport run(Path folder) throws Exception {
        Output output = global.output();
        List<Part> parts = new ArrayList<>();
        List<String> skipped = new ArrayList<>();
        int workers = Runtime.getRuntime().availableProcessors();
        output.info("working in " + folder);
        try {
            add(
                    parts,
                    skipped,
                    "PostgreSQL",
                    () -> new PostgresPart(folder.resolve("postgres"), clientTools(), context.clock()));
            add(parts, skipped, "Redis", () -> new RedisPart(folder.resolve("redis"), context.clock()));
            parts.add(new UploadsPart(folder.resolve("uploads"), context.clock(), workers));
            return new Demo(
                            () -> new LocalStorage(folder.resolve("repository")),
                            password(folder),
                            BuildInfo.read().version(),
                            "demo",
                            workers,
                            context.clock(),
                            context.zone(),
                            context.random().get(),
                            this::narrate)
                    .run(parts, skipped);
        } finally {
            parts.forEach(Part::close);
        }
    }

    private void narrate(String step) {
        global.output().info(step);
        global.output().message("step", fields -> fields.put("what", step));
    }

    /// A part whose server cannot be had is left out, and that is said in the result.
    private void add(List<Part> parts, List<String> skipped, String what, Supplier<Part> starter) {
        narrate("starting " + what);
        try {
            parts.add(starter.get());
        } catch (RepriseException e) {
            skipped.add("%s: %s".formatted(what, e.fact()));
            global.output().warning("%s is left out: %s".formatted(what, e.fact()), e.hint());
        }
    }

    private static Path clientTools() {
        Path folder = DebianTools.find("pg_dump").file().getParent();
        if (folder == null) {
            throw new IllegalStateException("pg_dump has no folder");
        }
        return folder;
    }

    private Secret password(Path folder) throws IOException {
        byte[] bytes = new byte[PASSWORD_BYTES];
        context.random().get().nextBytes(bytes);
        String password = HexFormat.of().formatHex(bytes);
        DurableFile.replace(folder.resolve("password"), ByteBuffer.wrap(password.getBytes(StandardCharsets.UTF_8)));
        return Secret.of(password);
    }

    private void print(DemoReport report, Path folder) {
        Output output = global.output();
        output.message("demo", fields -> DemoJson.write(fields, report));
        if (output.json()) {
            return;
        }
        output.result("");
        int number = 0;
        for (DemoReport.Backup backup : report.backups()) {
            output.result("backup %d, recovery point %s: %s read, %s stored, %s"
                    .formatted(
                            ++number,
                            backup.point(),
                            Show.size(backup.bytes()),
                            Show.size(backup.added()),
                            Show.duration(backup.took())));
        }
        output.result("");
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("SOURCE", "CAPTURED", "IN", "RECOVERED IN", "COMPARED", "RESULT", "LOST WRITES", "RPO"));
        report.parts().forEach(part -> rows.add(row(part)));
        Show.table(rows).forEach(output::result);
        report.skipped().forEach(reason -> output.result("left out: " + reason));
        report.parts()
                .forEach(part -> part.differences()
                        .forEach(difference -> output.result("DIFFERS %s: %s".formatted(part.name(), difference))));
        output.result("");
        output.result("measured RPO %s (oldest lost write to disaster), measured RTO %s (disaster to compared)"
                .formatted(Show.duration(report.rpo()), Show.duration(report.rto())));
        output.result(
                report.good()
                        ? report.skipped().isEmpty()
                                ? "everything came back as it was"
                                : "everything that took part came back as it was; %d of 3 parts were left out"
                                        .formatted(report.skipped().size())
                        : "NOT everything came back as it was");
        output.result("");
        output.result(
                "stock restic reads the same repository%s:".formatted(keep ? "" : " (run with --keep to try it)"));
        output.result("  restic -r '%s/repository' -p '%s/password' snapshots".formatted(folder, folder));
        output.result("  restic -r '%s/repository' -p '%s/password' restore latest --tag source:uploads --target DIR"
                .formatted(folder, folder));
    }

    private static List<String> row(DemoReport.Part part) {
        return List.of(
                part.name(),
                Show.size(part.bytes()),
                Show.duration(part.capture()),
                Show.duration(part.recovery()),
                part.compared() + what(part.kind()),
                part.differences().isEmpty() ? "equal" : "DIFFERS",
                String.valueOf(part.lost()),
                Show.duration(part.rpo()));
    }

    private static String what(String kind) {
        return switch (kind) {
            case "postgres" -> " tables";
            case "redis" -> " keys";
            default -> " files";
        };
    }
}
