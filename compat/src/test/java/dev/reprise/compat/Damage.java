package dev.reprise.compat;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// One harm done to one object of a repository.
///
/// @param kind     what is harmed
/// @param object   its name, `config` for the configuration
/// @param other    name of the second object of a swap or replacement; empty for none
/// @param position of the flipped bit, or the length that is left
record Damage(Kind kind, Harm harm, String object, String other, long position) {
    enum Kind {
        CONFIG(ObjectType.CONFIG),
        KEY(ObjectType.KEY),
        INDEX(ObjectType.INDEX),
        SNAPSHOT(ObjectType.SNAPSHOT),
        TREES(ObjectType.PACK),
        DATA(ObjectType.PACK),
        LOCK(ObjectType.LOCK),
        POINT(ObjectType.POINT),
        READINGS(ObjectType.READINGS),
        PARTIAL(ObjectType.PARTIAL);

        final ObjectType type;

        Kind(ObjectType type) {
            this.type = type;
        }
    }

    enum Harm {
        FLIP,
        CUT,
        DELETE,
        /// The two files exchange what they hold.
        SWAP,
        /// The file holds what another one holds, or what it held long ago.
        OTHER,
        /// Bytes follow the end.
        GROW
    }

    static Path file(Path repository, Kind kind, String name) {
        ObjectKey key = kind == Kind.CONFIG ? ObjectKey.CONFIG : new ObjectKey(kind.type, name);
        return repository.resolve(key.path());
    }

    /// @param elsewhere holds the other config
    void inflict(Path repository, Path elsewhere) throws IOException {
        Path file = file(repository, kind, object);
        byte[] bytes = Files.readAllBytes(file);
        switch (harm) {
            case FLIP -> {
                bytes[Math.toIntExact(position)] ^= 4;
                replace(file, bytes);
            }
            case CUT -> replace(file, Arrays.copyOf(bytes, Math.toIntExact(position)));
            case DELETE -> Files.delete(file);
            case SWAP -> {
                Path second = file(repository, kind, other);
                byte[] its = Files.readAllBytes(second);
                replace(file, its);
                replace(second, bytes);
            }
            case OTHER ->
                replace(file, Files.readAllBytes(kind == Kind.CONFIG ? elsewhere : file(repository, kind, other)));
            case GROW -> {
                byte[] longer = Arrays.copyOf(bytes, bytes.length + 17);
                longer[bytes.length + 3] = 1;
                replace(file, longer);
            }
        }
    }

    private static void replace(Path file, byte[] bytes) throws IOException {
        Files.delete(file);
        Files.write(file, bytes);
    }

    /// Names of the files that are not what they were.
    Set<String> objects() {
        return harm == Harm.SWAP ? Set.of(object, other) : Set.of(object);
    }

    /// Places of blobs that hold something else now. A pack swapped for another one is still there, under the other's
    /// name, with a header that says so.
    Set<BlobLocation> spoiled(SavedFiles saved) {
        if (kind.type != ObjectType.PACK || harm == Harm.SWAP || harm == Harm.GROW) {
            return Set.of();
        }
        List<BlobLocation> all = saved.of(ObjectId.parse(object));
        return switch (harm) {
            case FLIP -> filtered(all, position, position + 1); // none if it is in the header
            case CUT -> filtered(all, position, Long.MAX_VALUE);
            case DELETE, OTHER, SWAP, GROW -> new HashSet<>(all);
        };
    }

    /// Whether the header of the pack does not say any more what is in it.
    boolean hitsHeader(SavedFiles saved) {
        if (kind.type != ObjectType.PACK) {
            return false;
        }
        BlobLocation last = saved.of(ObjectId.parse(object)).getLast();
        return switch (harm) {
            case FLIP -> position >= last.offset() + last.length();
            case CUT, GROW -> true;
            case DELETE, OTHER, SWAP -> false;
        };
    }

    private static Set<BlobLocation> filtered(List<BlobLocation> blobs, long from, long to) {
        Set<BlobLocation> hit = new HashSet<>();
        for (BlobLocation blob : blobs) {
            if (blob.offset() < to && blob.offset() + blob.length() > from) {
                hit.add(blob);
            }
        }
        return hit;
    }
}
