package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.cli.CommandContext;
import dev.reprise.operations.browse.UsedBlobs;
import dev.reprise.operations.trees.TreeLoader;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.snapshot.SnapshotFilter;
import dev.reprise.storage.ObjectType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "list", description = "List objects in the repository.")
final class ListVerb implements Callable<Integer> {
    private static final List<String> KINDS = List.of("blobs", "packs", "index", "snapshots", "keys", "locks");

    @Mixin
    private final ResticOptions global;

    @Parameters(
            paramLabel = "kind",
            description = "blobs, packs, index, snapshots, keys or locks; \"packs snapshotID\" lists the packs that"
                    + " this snapshot needs.")
    private List<String> arguments = new ArrayList<>();

    ListVerb(CommandContext context) {
        this.global = new ResticOptions(context);
    }

    @Override
    public Integer call() {
        String kind = kind();
        if (kind.equals("locks")) { // its own would be among them
            try (Repository repository = global.open()) {
                objects(repository, ObjectType.LOCK);
            }
            return 0;
        }
        try (ResticRepository opened = global.openToRead()) {
            Repository repository = opened.repository();
            switch (kind) {
                case "blobs" -> blobs(opened.index());
                case "index" -> objects(repository, ObjectType.INDEX);
                case "snapshots" -> objects(repository, ObjectType.SNAPSHOT);
                case "keys" -> objects(repository, ObjectType.KEY);
                default -> packs(opened);
            }
        }
        return 0;
    }

    private String kind() {
        String kind = arguments.isEmpty() ? "" : arguments.getFirst();
        boolean ofSnapshot = kind.equals("packs") && arguments.size() == 2;
        if (!KINDS.contains(kind) || (arguments.size() != 1 && !ofSnapshot)) {
            throw new FatalException(
                    "too many parameters or type not specified. Must be one of [%s] or 'packs snapshotID'"
                            .formatted(String.join("|", KINDS)));
        }
        return kind;
    }

    private void objects(Repository repository, ObjectType type) {
        var names = new ArrayList<String>();
        repository.storage().list(type, object -> names.add(object.key().name()));
        names.sort(null);
        print(names);
    }

    private void blobs(BlobIndex index) {
        try (var lines = new OutputLines(global.output())) {
            index.forEachPack(pack -> pack.blobs().forEach(blob -> {
                BlobHandle handle = blob.handle();
                lines.bytes(
                        (handle.type().word() + " " + handle.id().hex() + "\n").getBytes(StandardCharsets.US_ASCII));
            }));
        }
    }

    private void packs(ResticRepository opened) {
        if (arguments.size() == 1) {
            objects(opened.repository(), ObjectType.PACK);
            return;
        }
        var stored =
                SnapshotArgument.parse(arguments.get(1)).find(opened.snapshots(global.output()), SnapshotFilter.ALL);
        BlobIndex index = opened.index();
        int workers = opened.repository().readers(Runtime.getRuntime().availableProcessors());
        var used = new UsedBlobs(new TreeLoader(opened.repository(), index, workers));
        used.add(stored.snapshot().tree());
        Set<ObjectId> packs = new TreeSet<>();
        used.trees().forEach(id -> addPacks(index.find(new BlobHandle(BlobType.TREE, id)), packs));
        used.data().forEach(id -> addPacks(index.find(new BlobHandle(BlobType.DATA, id)), packs));
        print(packs.stream().map(ObjectId::hex).toList());
    }

    private static void addPacks(List<BlobLocation> copies, Set<ObjectId> packs) {
        copies.forEach(copy -> packs.add(copy.pack()));
    }

    private void print(Collection<String> names) {
        try (var lines = new OutputLines(global.output())) {
            names.forEach(name -> lines.bytes((name + "\n").getBytes(StandardCharsets.US_ASCII)));
        }
    }
}
