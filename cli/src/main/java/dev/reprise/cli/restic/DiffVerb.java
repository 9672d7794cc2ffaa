package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.cli.CommandContext;
import dev.reprise.operations.browse.SnapshotDiff;
import dev.reprise.operations.browse.SnapshotDiff.Amount;
import dev.reprise.operations.browse.Subfolder;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.operations.trees.TreeLoader;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.GoJsonWriter;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "diff",
        description = "Show differences between two snapshots: + added, - removed, U metadata, M content, T type,"
                + " ? content although the metadata is the same.")
final class DiffVerb implements Callable<Integer> {
    @Mixin
    private final ResticOptions global;

    @Option(names = "--metadata", description = "Print changes of metadata, too.")
    private boolean metadata;

    @Parameters(paramLabel = "snapshotID snapshotID", description = "Two snapshots, or folders: snapshotID:folder.")
    private List<String> arguments = new ArrayList<>();

    DiffVerb(CommandContext context) {
        this.global = new ResticOptions(context);
    }

    @Override
    public Integer call() {
        if (arguments.size() != 2) {
            throw new FatalException("specify two snapshot IDs");
        }
        try (ResticRepository opened = global.openToReadBlobs()) {
            List<StoredSnapshot> snapshots = opened.snapshots(global.output());
            var first = SnapshotArgument.parse(arguments.getFirst());
            var second = SnapshotArgument.parse(arguments.getLast());
            StoredSnapshot left = first.byPrefix(snapshots);
            StoredSnapshot right = second.byPrefix(snapshots);
            global.output()
                    .info("comparing snapshot %s to %s:\n"
                            .formatted(left.id().shortHex(), right.id().shortHex()));
            BlobIndex index = opened.index();
            try (var reader = new TreeReader(opened.repository(), index)) {
                ObjectId from = Subfolder.find(reader, left.snapshot().tree(), first.folder());
                ObjectId to = Subfolder.find(reader, right.snapshot().tree(), second.folder());
                int workers = opened.repository().readers(Runtime.getRuntime().availableProcessors());
                var loader = new TreeLoader(opened.repository(), index, workers);
                return compare(reader, loader, index, from, to);
            }
        }
    }

    private int compare(TreeReader reader, TreeLoader loader, BlobIndex index, ObjectId from, ObjectId to) {
        var changes = new Changes();
        try (var lines = new OutputLines(global.output())) {
            changes.lines = lines;
            var result = SnapshotDiff.run(reader, loader, index, from, to, metadata, changes);
            print(lines, result);
        }
        return changes.complete ? 0 : 1;
    }

    private final class Changes implements SnapshotDiff.Receiver {
        @SuppressWarnings("NullAway.Init") // set before the comparison starts
        private OutputLines lines;

        private boolean complete = true;

        @Override
        public void change(RawName path, String modifier) {
            if (global.output().verbosity() == 0) {
                return;
            }
            if (global.json()) {
                lines.json(new GoJsonWriter()
                        .raw("{\"message_type\":\"change\",\"path\":")
                        .string(path.bytes())
                        .raw(",\"modifier\":")
                        .string(modifier)
                        .raw('}'));
                return;
            }
            var line = new ByteArrayOutputStream();
            line.writeBytes("%-5s".formatted(modifier).getBytes(StandardCharsets.US_ASCII));
            line.writeBytes(path.bytes());
            line.write('\n');
            lines.bytes(line.toByteArray());
        }

        @Override
        public void unreadable(RepositoryException reason) {
            complete = false;
            global.output().warning("error: " + reason.fact());
        }
    }

    private void print(OutputLines lines, SnapshotDiff.Result result) {
        Amount added = result.added();
        Amount removed = result.removed();
        if (global.json()) {
            var json = new GoJsonWriter()
                    .raw("{\"message_type\":\"statistics\",\"source_snapshot\":")
                    .string(arguments.getFirst())
                    .raw(",\"target_snapshot\":")
                    .string(arguments.getLast())
                    .raw(",\"changed_files\":")
                    .number(result.changedFiles());
            amount(json.raw(",\"added\":"), added);
            amount(json.raw(",\"removed\":"), removed);
            lines.json(json.raw('}'));
            return;
        }
        String text = """

                Files:       %5d new, %5d removed, %5d changed
                Dirs:        %5d new, %5d removed
                Others:      %5d new, %5d removed
                Data Blobs:  %5d new, %5d removed
                Tree Blobs:  %5d new, %5d removed
                  Added:   %-5s
                  Removed: %-5s
                """.formatted(
                        added.files(),
                        removed.files(),
                        result.changedFiles(),
                        added.dirs(),
                        removed.dirs(),
                        added.others(),
                        removed.others(),
                        added.dataBlobs(),
                        removed.dataBlobs(),
                        added.treeBlobs(),
                        removed.treeBlobs(),
                        GoText.bytes(added.bytes()),
                        GoText.bytes(removed.bytes()));
        lines.bytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void amount(GoJsonWriter json, Amount amount) {
        json.raw("{\"files\":").number(amount.files());
        json.raw(",\"dirs\":").number(amount.dirs());
        json.raw(",\"others\":").number(amount.others());
        json.raw(",\"data_blobs\":").number(amount.dataBlobs());
        json.raw(",\"tree_blobs\":").number(amount.treeBlobs());
        json.raw(",\"bytes\":").number(amount.bytes()).raw('}');
    }
}
