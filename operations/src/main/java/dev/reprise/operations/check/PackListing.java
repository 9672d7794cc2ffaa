package dev.reprise.operations.check;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobIndex.PackContent;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobType;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.classes.StorageClasses;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Compares the packs that are there with those the index names.
final class PackListing {
    /// Bytes of a pack's header besides its entries: IV and MAC of the header, and its length.
    private static final int HEADER_BYTES = 36;

    private static final int PLAIN_ENTRY_BYTES = 37;
    private static final int COMPRESSED_ENTRY_BYTES = 41;

    private final Storage storage;
    private final BlobIndex index;
    private final Findings findings;
    private final Allowance allowance;
    private final Map<ObjectId, Long> sizes = new HashMap<>();
    private final Map<ObjectId, Long> named = new HashMap<>();
    private final Set<ObjectId> archived = new HashSet<>();
    private long listed;
    private long repeated;

    PackListing(Storage storage, BlobIndex index, Findings findings, Allowance allowance) {
        this.allowance = allowance;
        this.storage = storage;
        this.index = index;
        this.findings = findings;
    }

    void run() {
        list();
        listed = sizes.size();
        findings.phase("packs", listed);
        index.forEachPack(content -> {
            Long size = sizes.get(content.pack());
            if (size != null) {
                named.put(content.pack(), size);
            }
            compare(content, size);
        });
        sizes.forEach((pack, size) -> {
            if (!named.containsKey(pack)) {
                findings.untidy("pack %s, %d bytes, is named by no index".formatted(pack.hex(), size));
            }
        });
        if (repeated > 0) {
            findings.hint(repeated + " blobs are stored more than once");
        }
    }

    private void list() {
        StorageClasses classes = storage.capability(StorageClasses.class);
        if (classes == null) {
            storage.list(ObjectType.PACK, found -> listed(found.key(), found.size()));
            return;
        }
        classes.list(ObjectType.PACK, found -> {
            listed(found.key(), found.bytes());
            if (classes.isArchive(found.storageClass())) {
                archived.add(ObjectId.parse(found.key().name()));
            }
        });
    }

    private void listed(ObjectKey pack, long bytes) {
        allowance.takePack();
        sizes.put(ObjectId.parse(pack.name()), bytes);
    }

    private void compare(PackContent content, @Nullable Long size) {
        long expected = size(content);
        String pack = "pack " + content.pack().hex();
        if (size == null) {
            findings.missingPack(content.pack());
            findings.brokenPack(
                    content.pack(),
                    pack + ": does not exist, an index names " + content.blobs().size() + " blobs of it");
        } else if (size != expected) {
            findings.indexNeedsRepair();
            findings.brokenPack(
                    content.pack(), "%s: unexpected file size: got %d, expected %d".formatted(pack, size, expected));
        } else if (!isContiguous(content)) {
            findings.indexNeedsRepair();
            findings.brokenPack(
                    content.pack(), pack + " is described wrongly by the index: its blobs leave gaps or overlap");
        }
        hints(content);
    }

    private void hints(PackContent content) {
        boolean trees = false;
        boolean data = false;
        for (BlobLocation blob : content.blobs()) {
            trees |= blob.handle().type() == BlobType.TREE;
            data |= blob.handle().type() == BlobType.DATA;
            List<BlobLocation> copies = index.find(blob.handle());
            if (copies.size() > 1 && copies.getFirst().equals(blob)) {
                repeated++;
            }
        }
        if (trees && data) {
            findings.untidy("pack " + content.pack().hex() + " holds trees and data; the next prune separates them");
        }
    }

    private static long size(PackContent content) {
        long size = HEADER_BYTES;
        for (BlobLocation blob : content.blobs()) {
            size += blob.length();
            size += blob.compressed() ? COMPRESSED_ENTRY_BYTES : PLAIN_ENTRY_BYTES;
        }
        return size;
    }

    private static boolean isContiguous(PackContent content) {
        long position = 0;
        for (BlobLocation blob : content.blobs()) {
            if (blob.offset() != position) {
                return false;
            }
            position += blob.length();
        }
        return true;
    }

    /// Size of every pack that is there and that the index names.
    Map<ObjectId, Long> named() {
        return named;
    }

    /// Packs in an archive class; some may be back for a time.
    Set<ObjectId> archived() {
        return archived;
    }

    /// Packs that are there, whatever their size.
    long listed() {
        return listed;
    }

    /// @return bytes, 0 if it is not there
    long size(ObjectId pack) {
        return sizes.getOrDefault(pack, 0L);
    }
}
