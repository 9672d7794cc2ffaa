package dev.reprise.cli.restic;

import dev.reprise.base.DurableFile;
import dev.reprise.base.ObjectId;
import dev.reprise.cli.CommandContext;
import dev.reprise.operations.repair.PackSalvage;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "packs", description = "Save what is good of damaged packs, after copying them here, and remove them.")
final class RepairPacksVerb implements Callable<Integer> {
    private static final int CHUNK_BYTES = 64 * 1024;

    @Mixin
    private final ResticOptions global;

    @Parameters(arity = "0..*", paramLabel = "pack", description = "Ids of packs, all 64 digits.")
    private List<String> ids = new ArrayList<>();

    RepairPacksVerb(CommandContext context) {
        this.global = new ResticOptions(context);
    }

    @Override
    public Integer call() throws IOException {
        Set<ObjectId> packs = packs();
        try (ResticRepository opened = global.openBlobs(RepositoryLock.Kind.EXCLUSIVE, false)) {
            opened.repository().readPastCopies();
            BlobIndex index = opened.index();
            global.output().info("saving backup copies of pack files to current folder");
            for (ObjectId pack : packs) {
                copy(opened.repository().storage(), pack);
            }
            global.output().info("salvaging intact data from specified pack files");
            var salvage = new PackSalvage(
                    opened.repository(), opened.held(), global.writerOptions(), RepairReport.on(global.output()));
            salvage.execute(salvage.plan(packs, index), index);
            global.output()
                    .warning("\nUse `restic repair snapshots --forget` to remove the corrupted data blobs from all"
                            + " snapshots");
        }
        return 0;
    }

    private Set<ObjectId> packs() {
        Set<ObjectId> packs = new TreeSet<>();
        for (String id : ids) {
            if (!ObjectId.isName(id)) {
                throw new FatalException("invalid id \"%s\": all 64 digits of a pack's id are needed".formatted(id));
            }
            packs.add(ObjectId.parse(id));
        }
        if (packs.isEmpty()) {
            throw new FatalException("no ids specified");
        }
        return packs;
    }

    /// Whatever of the pack can be read. A copy that is already there, from an earlier run, is not
    /// touched.
    private void copy(Storage storage, ObjectId pack) throws IOException {
        Path target = global.resolve("pack-" + pack.hex());
        if (Files.exists(target)) {
            throw new FatalException(
                    "open %s: file exists; move it away, it may be the only good copy".formatted(target));
        }
        try (DurableFile file = DurableFile.create(
                global.resolve("."), "pack-" + pack.hex(), PosixFilePermissions.fromString("rw-------"))) {
            boolean whole = read(storage, pack, file);
            if (!whole) {
                global.output().warning("pack %s could be read to byte %d only".formatted(pack.hex(), file.written()));
            }
            file.commit(target);
        }
    }

    private static boolean read(Storage storage, ObjectId pack, DurableFile file) throws IOException {
        try {
            return storage.read(ObjectKey.of(ObjectType.PACK, pack), file.written(), -1, body -> {
                append(body, file);
                return true;
            });
        } catch (StorageException e) {
            if (e.kind() == StorageException.Kind.OTHER) {
                return false;
            }
            throw e;
        }
    }

    private static void append(InputStream body, DurableFile file) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        // A body that is started anew begins at its start: what was copied is passed over.
        body.skipNBytes(file.written());
        for (int read = body.read(chunk); read >= 0; read = body.read(chunk)) {
            file.append(ByteBuffer.wrap(chunk, 0, read));
        }
    }
}
