package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.cli.CommandContext;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.rewrite.PathRules;
import dev.reprise.operations.rewrite.Replacement;
import dev.reprise.operations.rewrite.SnapshotRewrite;
import dev.reprise.operations.rewrite.TreeRewriting;
import dev.reprise.operations.rewrite.TreeStore;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.pack.BlobReader;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "rewrite", description = "Make new snapshots without some files, or with other metadata.")
final class RewriteVerb implements Callable<Integer> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);

    @Mixin
    private final ResticOptions global;

    @Mixin
    private final SnapshotChoice choice;

    @Mixin
    private final PathPatterns patterns;

    @Option(
            names = {"-n", "--dry-run"},
            description = "Only print what would be done.")
    private boolean dryRun;

    @Option(names = "--forget", description = "Remove the old snapshots.")
    private boolean forget;

    @Option(names = "--new-host", paramLabel = "host", description = "Another host name.")
    private String newHost = "";

    @Option(names = "--new-time", paramLabel = "time", description = "Another time, as in 2026-11-21 10:00:00.")
    private String newTime = "";

    @Option(
            names = {"-s", "--snapshot-summary"},
            description = "Make the summary of snapshots that have none.")
    private boolean summary;

    @Parameters(arity = "0..*", paramLabel = "snapshot", description = "Only these; default: all the flags choose.")
    private List<String> ids = new ArrayList<>();

    RewriteVerb(CommandContext context) {
        this.global = new ResticOptions(context);
        this.choice = new SnapshotChoice(context);
        this.patterns = new PathPatterns(context);
    }

    @Override
    public Integer call() {
        refuseNothing();
        PathRules rules = patterns.rules(this::told);
        SnapshotRewrite.Change change =
                new SnapshotRewrite.Change(newHost, time(), walks(), walks(), "rewrite", forget, rules.includesOnly());
        try (ResticRepository opened = open()) {
            ChosenSnapshots snapshots = ChosenSnapshots.of(opened.repository(), choice.filter(), ids, global.output());
            BlobIndex index = opened.index();
            List<Replacement> plan = TreeRun.plan(
                    opened,
                    index,
                    dryRun,
                    global.writerOptions(),
                    (reader, store) -> plan(reader, store, rules, change, snapshots));
            var report = new RewriteReport(global.output(), dryRun);
            for (Replacement replacement : plan) {
                remarks(replacement, change.time());
                report.done(replacement, execute(opened, replacement));
            }
            report.summary(plan.size());
        }
        return 0;
    }

    private void refuseNothing() {
        boolean filters = patterns.excludesAny() || patterns.includesAny();
        if (!summary && !filters && newHost.isEmpty() && newTime.isEmpty()) {
            throw new FatalException("Nothing to do: no excludes/includes provided and no new metadata provided");
        }
        if (patterns.excludesAny() && patterns.includesAny()) {
            throw new FatalException("exclude and include patterns are mutually exclusive");
        }
    }

    private boolean walks() {
        return summary || patterns.excludesAny() || patterns.includesAny();
    }

    private @Nullable OffsetDateTime time() {
        if (newTime.isEmpty()) {
            return null;
        }
        try {
            return LocalDateTime.parse(newTime, TIME)
                    .atZone(global.context().zone())
                    .toOffsetDateTime();
        } catch (DateTimeParseException e) {
            throw new FatalException(
                    "error in time option: \"%s\" is not a time like 2026-11-21 10:00:00".formatted(newTime));
        }
    }

    private void told(RawName path, boolean included) {
        if (global.output().verbosity() >= 3) {
            global.output().detail("%s \"%s\"".formatted(included ? "including" : "excluding", path));
        }
    }

    private ResticRepository open() {
        if (dryRun) {
            return global.openUnlocked();
        }
        return global.openBlobs(forget ? RepositoryLock.Kind.EXCLUSIVE : RepositoryLock.Kind.SHARED, false);
    }

    private List<Replacement> plan(
            BlobReader reader,
            TreeStore store,
            PathRules rules,
            SnapshotRewrite.Change change,
            ChosenSnapshots snapshots) {
        var rewrite = new SnapshotRewrite(new TreeRewriting(reader, store, rules), change, snapshots.all());
        List<Replacement> plan = new ArrayList<>();
        for (StoredSnapshot snapshot : snapshots.chosen()) {
            global.output()
                    .info("\n" + SnapshotWords.line(snapshot, global.context().zone()));
            Replacement replacement = plan(rewrite, snapshot);
            if (replacement != null) {
                plan.add(replacement);
            }
        }
        return plan;
    }

    private static @Nullable Replacement plan(SnapshotRewrite rewrite, StoredSnapshot snapshot) {
        try {
            return rewrite.plan(snapshot);
        } catch (OperationException | RepositoryException e) {
            throw new FatalException("unable to rewrite snapshot ID \"%s\": %s"
                    .formatted(snapshot.id().shortHex(), e.fact()));
        }
    }

    private void remarks(Replacement replacement, @Nullable OffsetDateTime time) {
        if (time != null) {
            global.output()
                    .info((dryRun ? "would set time to " : "setting time to ")
                            + SnapshotWords.time(time, global.context().zone()));
        }
        if (!newHost.isEmpty()) {
            global.output().info((dryRun ? "would set hostname to " : "setting host to ") + newHost);
        }
        boolean ofPoint = replacement.old().snapshot().tags().stream().anyMatch(tag -> tag.startsWith("run:"));
        if (forget && ofPoint && !replacement.keepsTree()) {
            global.output()
                    .warning("snapshot %s belongs to a recovery point, which no longer holds it: restore the new one by"
                                    .formatted(replacement.old().id().shortHex())
                            + " its id");
        }
    }

    private @Nullable ObjectId execute(ResticRepository opened, Replacement replacement) {
        return dryRun ? null : replacement.execute(opened.repository(), opened.held());
    }
}
