package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.cli.CommandContext;
import dev.reprise.operations.browse.Subfolder;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.pack.BlobReader;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "cat", description = "Print what the repository stores.")
final class CatVerb implements Callable<Integer> {
    private static final List<String> KINDS =
            List.of("config", "index", "snapshot", "key", "masterkey", "lock", "pack", "blob", "tree");
    private static final int COPY_BYTES = 1 << 16;
    /// Real key files are under 1 KiB.
    private static final int MOST_KEY_BYTES = 1 << 20;

    @Mixin
    private final ResticOptions global;

    @Parameters(
            paramLabel = "kind [ID]",
            description = "config, masterkey, or one of index, snapshot, key, lock, pack and blob with its id, or tree"
                    + " with snapshot:folder.")
    private List<String> arguments = new ArrayList<>();

    CatVerb(CommandContext context) {
        this.global = new ResticOptions(context);
    }

    @Override
    public Integer call() throws IOException {
        String kind = kind();
        boolean byId = List.of("index", "key", "lock", "pack", "blob").contains(kind);
        ObjectId id = byId ? id(arguments.get(1)) : ObjectId.NULL;
        try (ResticRepository opened = global.openToRead()) {
            Repository repository = opened.repository();
            switch (kind) {
                case "config" -> indented(repository.config().json());
                case "masterkey" -> indented(repository.masterKey());
                case "key" -> indented(key(repository, id));
                case "lock" -> indented(repository.unpacked().load(ObjectType.LOCK, id));
                case "snapshot" -> snapshot(opened);
                case "index" -> line(repository.unpacked().load(ObjectType.INDEX, id));
                case "pack" -> pack(repository, id);
                case "blob" -> blob(opened, id);
                default -> tree(opened);
            }
        }
        return 0;
    }

    private String kind() {
        if (arguments.isEmpty()) {
            throw new FatalException("type not specified");
        }
        String kind = arguments.getFirst();
        if (!KINDS.contains(kind)) {
            throw new FatalException(
                    "invalid type \"%s\", must be one of [%s]".formatted(kind, String.join("|", KINDS)));
        }
        if (!kind.equals("masterkey") && !kind.equals("config") && arguments.size() != 2) {
            throw new FatalException("ID not specified");
        }
        return kind;
    }

    private static ObjectId id(String text) {
        if (text.length() != 2 * ObjectId.BYTES) {
            throw new FatalException("unable to parse ID: invalid length for ID: \"" + text + "\"");
        }
        try {
            return ObjectId.parse(text);
        } catch (IllegalArgumentException e) {
            throw new FatalException("unable to parse ID: " + e.getMessage());
        }
    }

    private static byte[] key(Repository repository, ObjectId id) {
        ObjectKey key = ObjectKey.of(ObjectType.KEY, id);
        return repository.storage().read(key, 0, -1, body -> body.readNBytes(MOST_KEY_BYTES));
    }

    private void snapshot(ResticRepository opened) {
        var wanted = SnapshotArgument.parse(arguments.get(1));
        var stored = wanted.byPrefix(opened.snapshots(global.output()));
        indented(SnapshotJson.encode(stored.snapshot()));
    }

    /// Also one that is damaged: it is what somebody wants to see.
    private void pack(Repository repository, ObjectId id) throws IOException {
        PrintStream out = global.output().raw();
        ObjectKey key = ObjectKey.of(ObjectType.PACK, id);
        var copy = new Copy(out);
        ObjectId found = repository.storage().read(key, 0, -1, copy::run);
        out.flush();
        if (!found.equals(id)) {
            global.output()
                    .warning("Warning: hash of data does not match ID, want\n  %s\ngot:\n  %s".formatted(id, found));
        }
    }

    /// A body that is started anew begins at its start: what was printed is not printed again.
    private static final class Copy {
        private final PrintStream out;
        private long printed;

        Copy(PrintStream out) {
            this.out = out;
        }

        ObjectId run(InputStream body) throws IOException {
            MessageDigest digest = ObjectId.newDigest();
            byte[] block = new byte[COPY_BYTES];
            long position = 0;
            for (int read = body.read(block); read >= 0; read = body.read(block)) {
                digest.update(block, 0, read);
                int known = Math.clamp(printed - position, 0, read);
                out.write(block, known, read - known);
                position += read;
                printed = Math.max(printed, position);
            }
            return ObjectId.of(digest.digest(), 0);
        }
    }

    private void blob(ResticRepository opened, ObjectId id) {
        BlobIndex index = opened.index();
        for (BlobType type : BlobType.values()) {
            var handle = new BlobHandle(type, id);
            if (index.contains(handle)) {
                try (BlobReader reader = opened.repository().reader(index)) {
                    raw(reader.read(handle));
                }
                return;
            }
        }
        throw new FatalException("blob not found");
    }

    private void tree(ResticRepository opened) {
        var wanted = SnapshotArgument.parse(arguments.get(1));
        var stored = wanted.byPrefix(opened.snapshots(global.output()));
        BlobIndex index = opened.index();
        try (var trees = new TreeReader(opened.repository(), index);
                BlobReader reader = opened.repository().reader(index)) {
            ObjectId tree = Subfolder.find(trees, stored.snapshot().tree(), wanted.folder());
            raw(reader.read(BlobHandle.tree(tree)));
        }
    }

    private void indented(byte[] json) {
        global.output().result(IndentedJson.of(json));
    }

    /// With a line end, which most documents bring along.
    private void line(byte[] json) {
        boolean ended = json.length > 0 && json[json.length - 1] == '\n';
        raw(json);
        if (!ended) {
            raw(new byte[] {'\n'});
        }
    }

    private void raw(byte[] bytes) {
        PrintStream out = global.output().raw();
        out.write(bytes, 0, bytes.length);
        out.flush();
    }
}
