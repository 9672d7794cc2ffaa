package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.cli.CommandContext;
import dev.reprise.operations.browse.EntrySearch;
import dev.reprise.operations.browse.ObjectSearch;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.repository.tree.Node;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "find", description = "Find files and directories by name, or where blobs, trees and packs are used.")
final class FindVerb implements Callable<Integer> {
    @Mixin
    private final ResticOptions global;

    @Mixin
    private final SnapshotChoice choice;

    @Option(names = "--blob", description = "The arguments are ids of blobs.")
    private boolean blob;

    @Option(names = "--tree", description = "The arguments are ids of trees.")
    private boolean tree;

    @Option(names = "--pack", description = "The arguments are ids of packs.")
    private boolean pack;

    @Option(names = "--show-pack-id", description = "Print the packs that hold the blobs or trees.")
    private boolean showPack;

    @Option(
            names = {"-i", "--ignore-case"},
            description = "Take upper and lower case for the same.")
    private boolean ignoreCase;

    @Option(
            names = {"-l", "--long"},
            description = "Show mode, owner, size and time.")
    private boolean details;

    @Option(names = "--human-readable", description = "Print sizes with units.")
    private boolean human;

    @Option(
            names = {"-N", "--newest"},
            paramLabel = "time",
            description = "Only what was modified then or before, as in \"2024-03-15 10:00\".")
    private @Nullable String newest;

    @Option(
            names = {"-O", "--oldest"},
            paramLabel = "time",
            description = "Only what was modified then or later.")
    private @Nullable String oldest;

    @Option(
            names = {"-R", "--reverse"},
            description = "Look at the oldest snapshot first.")
    private boolean reverse;

    @Option(
            names = {"-s", "--snapshot"},
            paramLabel = "id",
            description = "Only look at this snapshot; repeatable.")
    private List<String> ids = new ArrayList<>();

    @Parameters(paramLabel = "pattern", description = "Patterns, as for --exclude, or ids.")
    private List<String> arguments = new ArrayList<>();

    private boolean complete = true;

    FindVerb(CommandContext context) {
        this.global = new ResticOptions(context);
        this.choice = new SnapshotChoice(context);
    }

    @Override
    public Integer call() {
        if (arguments.isEmpty()) {
            throw new FatalException("wrong number of arguments");
        }
        if ((blob && tree) || (blob && pack) || (tree && pack)) {
            throw new FatalException("cannot have several ID types");
        }
        EntrySearch entries = entrySearch();
        try (ResticRepository opened = global.openToReadBlobs();
                OutputLines lines = new OutputLines(global.output())) {
            List<StoredSnapshot> snapshots = inOrder(
                    SnapshotArgument.findAll(opened.snapshots(global.output()), choice.filter(), ids, global.output()));
            BlobIndex index = opened.index();
            var printer = new FindPrinter(global.context(), global.output(), lines, details, human);
            try (var reader = new TreeReader(opened.repository(), index)) {
                if (blob || tree || pack) {
                    objects(reader, index, snapshots, printer, lines);
                } else {
                    snapshots.forEach(stored -> entries(entries, reader, stored, printer));
                    printer.end();
                }
            }
        }
        return complete ? 0 : 1;
    }

    private EntrySearch entrySearch() {
        Instant from =
                oldest == null ? null : FindTime.parse(oldest, global.context().zone());
        Instant to =
                newest == null ? null : FindTime.parse(newest, global.context().zone());
        if (from != null && to != null && from.isAfter(to)) {
            throw new FatalException("--oldest must specify a time before --newest");
        }
        try {
            return new EntrySearch(blob || tree || pack ? List.of() : arguments, ignoreCase, from, to);
        } catch (IllegalArgumentException e) {
            throw new FatalException(String.valueOf(e.getMessage()));
        }
    }

    private List<StoredSnapshot> inOrder(List<StoredSnapshot> snapshots) {
        Comparator<StoredSnapshot> byTime =
                Comparator.comparing(stored -> stored.snapshot().time().toInstant());
        return snapshots.stream().sorted(reverse ? byTime : byTime.reversed()).toList();
    }

    private void entries(EntrySearch search, TreeReader reader, StoredSnapshot stored, FindPrinter printer) {
        search.run(reader, stored.snapshot().tree(), new EntrySearch.Receiver() {
            @Override
            public void found(RawName path, Node node) {
                printer.entry(stored, new ListedNode(path, node));
            }

            @Override
            public void unreadable(ObjectId unread, RepositoryException reason) {
                warn(unread, stored, reason);
            }
        });
    }

    private void objects(
            TreeReader reader,
            BlobIndex index,
            List<StoredSnapshot> snapshots,
            FindPrinter printer,
            OutputLines lines) {
        ObjectSearch search = blob
                ? ObjectSearch.forBlobs(arguments)
                : tree ? ObjectSearch.forTrees(arguments) : ObjectSearch.forPacks(arguments, index);
        for (StoredSnapshot stored : snapshots) {
            search.run(reader, stored.snapshot().tree(), new ObjectSearch.Receiver() {
                @Override
                public void blob(ObjectId id, RawName path, ObjectId parent) {
                    printer.object("blob", id, path, parent, stored);
                }

                @Override
                public void tree(ObjectId id, RawName path) {
                    printer.object("tree", id, path, null, stored);
                }

                @Override
                public void unreadable(ObjectId unread, RepositoryException reason) {
                    warn(unread, stored, reason);
                }
            });
        }
        printer.end();
        if (showPack) {
            search.blobs().forEach(id -> packOf(id, BlobType.DATA, index, lines));
            search.trees().forEach(id -> packOf(id, BlobType.TREE, index, lines));
        }
    }

    private void warn(ObjectId unread, StoredSnapshot stored, RepositoryException reason) {
        complete = false;
        global.output()
                .warning("Unable to load tree %s\n ... which belongs to snapshot %s: %s"
                        .formatted(unread.hex(), stored.id().hex(), reason.fact()));
    }

    private static void packOf(String id, BlobType type, BlobIndex index, OutputLines lines) {
        if (!ObjectId.isName(id)) {
            lines.text("Note: cannot find pack for object '%s', unable to parse ID: invalid length for ID: \"%s\"\n"
                    .formatted(id, id));
            return;
        }
        ObjectId parsed = ObjectId.parse(id);
        List<BlobLocation> copies = index.find(new BlobHandle(type, parsed));
        if (copies.isEmpty()) {
            lines.text("Object %s with type %s not found in the index\n".formatted(type.word(), parsed.shortHex()));
            return;
        }
        BlobLocation copy = copies.getFirst();
        lines.text("Object belongs to pack %s\n ... Pack %s: <Blob (%s) %s, offset %d, length %d,"
                        .formatted(
                                copy.pack().hex(),
                                copy.pack().shortHex(),
                                type.word(),
                                parsed.shortHex(),
                                copy.offset(),
                                copy.length())
                + " uncompressed length %d>\n".formatted(copy.compressed() ? copy.plainLength() : 0));
    }
}
