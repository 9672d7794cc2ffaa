package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.cli.CommandContext;
import dev.reprise.operations.browse.Listing;
import dev.reprise.operations.browse.Subfolder;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.repository.tree.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "ls", description = "List files in a snapshot.")
final class LsVerb implements Callable<Integer> {
    @Mixin
    private final ResticOptions global;

    @Mixin
    private final SnapshotChoice choice;

    @Option(
            names = {"-l", "--long"},
            description = "Show mode, owner, size and time.")
    private boolean details;

    @Option(names = "--human-readable", description = "Print sizes with units.")
    private boolean human;

    @Option(names = "--ncdu", description = "Print the export format of ncdu, for \"ncdu -f -\".")
    private boolean ncdu;

    @Option(names = "--recursive", description = "Include what is in subfolders of the listed directories.")
    private boolean recursive;

    @Option(
            names = {"-s", "--sort"},
            paramLabel = "mode",
            description = "Sort by name, size, time=mtime, atime, ctime or extension.")
    private String sort = "name";

    @Option(names = "--reverse", description = "Sort the other way round.")
    private boolean reverse;

    @Parameters(paramLabel = "snapshotID [dir...]", description = "A snapshot or latest, then directories in it.")
    private List<String> arguments = new ArrayList<>();

    LsVerb(CommandContext context) {
        this.global = new ResticOptions(context);
        this.choice = new SnapshotChoice(context);
    }

    @Override
    public Integer call() {
        SortOrder order = SortOrder.parse(sort);
        refuseContradictions(order);
        List<String> folders = arguments.subList(1, arguments.size());
        var listing = new Listing(folders.stream().map(RawName::of).toList(), recursive);
        try (ResticRepository opened = global.openToReadBlobs();
                OutputLines lines = new OutputLines(global.output())) {
            SnapshotArgument wanted = SnapshotArgument.parse(arguments.getFirst());
            StoredSnapshot found = wanted.find(opened.snapshots(global.output()), choice.filter());
            try (var reader = new TreeReader(opened.repository(), opened.index())) {
                ObjectId root = Subfolder.find(reader, found.snapshot().tree(), wanted.folder());
                ListingPrinter printer = printer(lines, folders, order);
                printer.start(new StoredSnapshot(found.id(), withTree(found.snapshot(), root)));
                listing.run(reader, root, new Listing.Receiver() {
                    @Override
                    public void node(RawName path, Node node, boolean asked) {
                        printer.node(new ListedNode(path, node), asked);
                    }

                    @Override
                    public void leave() {
                        printer.leave();
                    }
                });
                printer.end();
            }
        }
        return 0;
    }

    private void refuseContradictions(SortOrder order) {
        if (arguments.isEmpty()) {
            throw new FatalException("no snapshot ID specified, specify snapshot ID or use special ID 'latest'");
        }
        if (ncdu && global.json()) {
            throw new FatalException("only either '--json' or '--ncdu' can be specified");
        }
        if (ncdu && order != SortOrder.NAME) {
            throw new FatalException("--sort and --ncdu are mutually exclusive");
        }
        if (ncdu && reverse) {
            throw new FatalException("--reverse and --ncdu are mutually exclusive");
        }
        for (String folder : arguments.subList(1, arguments.size())) {
            if (!folder.startsWith("/")) {
                throw new FatalException("All path filters must be absolute, starting with a forward slash '/'");
            }
        }
    }

    private ListingPrinter printer(OutputLines lines, List<String> folders, SortOrder order) {
        if (ncdu) {
            return new ListingPrinter.Ncdu(lines);
        }
        ListingPrinter plain = global.json()
                ? new ListingPrinter.Json(lines)
                : new ListingPrinter.Text(global.context(), global.output(), lines, folders, details, human);
        return order == SortOrder.NAME && !reverse ? plain : new ListingPrinter.Sorted(plain, order, reverse);
    }

    /// What is listed is the folder, so its tree is shown.
    private static Snapshot withTree(Snapshot snapshot, ObjectId tree) {
        return new Snapshot(
                snapshot.time(),
                snapshot.parent(),
                tree,
                snapshot.paths(),
                snapshot.hostname(),
                snapshot.username(),
                snapshot.uid(),
                snapshot.gid(),
                snapshot.excludes(),
                snapshot.tags(),
                snapshot.original(),
                snapshot.programVersion(),
                snapshot.summary(),
                snapshot.unknown());
    }
}
