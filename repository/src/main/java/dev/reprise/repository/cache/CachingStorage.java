package dev.reprise.repository.cache;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads snapshots, index files and packs through copies on this machine; everything else goes to
/// the place. Meant for reading metadata of places behind a network: packs should be read through
/// it only for their trees, since the whole pack is fetched.
///
/// A copy is hashed when this process first reads it and must be what its name says; a broken one
/// is removed and read again from the place. Packs that were found sound stay open until this is
/// closed, so nothing can be changed under their name. What is there is asked of the place alone
/// ([#size], [#list]); only [#read] may give an object that somebody else has removed meanwhile. A
/// cache that fails is used no more and fails nothing else.
public final class CachingStorage implements Storage {
    /// Of packs, for each repository.
    public static final long QUOTA = 2L << 30;

    /// A larger object is not kept. No pack restic writes is larger than 128 MiB and a bit.
    private static final long LARGEST = 160L << 20;
    /// Open at a time.
    private static final int MOST_OPEN = 64;

    private final Storage place;
    private final CachedObjects copies;
    private final ConcurrentHashMap<ObjectKey, Object> turns = new ConcurrentHashMap<>();
    /// Packs found sound. Guarded by itself.
    private final LinkedHashMap<ObjectKey, FileChannel> open = new LinkedHashMap<>(16, 0.75f, true);

    /// Too large, or not what their name says at the place itself: fetching them again would not
    /// help.
    private final Set<ObjectKey> refused = ConcurrentHashMap.newKeySet();

    private volatile boolean usable = true;

    private CachingStorage(Storage place, CachedObjects copies) {
        this.place = place;
        this.copies = copies;
    }

    /// @param place  not closed together with this: it stays the caller's
    /// @param folder of the repository, from [CacheFolders#folder]
    /// @param quota  most bytes of packs
    /// @return null if the folder cannot be made ready
    public static @Nullable CachingStorage in(
            CacheFolders folders, Path folder, Storage place, InstantSource clock, long quota) {
        var copies = new CachedObjects(folders, folder, clock, quota);
        try {
            copies.prepare();
            return new CachingStorage(place, copies);
        } catch (IOException e) {
            return null;
        }
    }

    private static boolean isKept(ObjectType type) {
        return type == ObjectType.SNAPSHOT || type == ObjectType.INDEX || type == ObjectType.PACK;
    }

    @Override
    public <T extends @Nullable Object> T read(ObjectKey key, long offset, long length, BodyReader<T> reader) {
        if (!usable || !isKept(key.type()) || offset < 0 || length < -1) {
            return place.read(key, offset, length, reader);
        }
        boolean small = key.type() != ObjectType.PACK && offset == 0 && length < 0;
        byte[] found = small ? present(key) : near(key, offset, length);
        if (found == null) {
            return small && usable && !refused.contains(key)
                    ? readAndKeep(key, reader)
                    : place.read(key, offset, length, reader);
        }
        try {
            return reader.read(new ByteArrayInputStream(found));
        } catch (IOException e) {
            // What a reader does not like of the copy, it may say of the object itself.
            forget(key);
            return place.read(key, offset, length, reader);
        }
    }

    private byte @Nullable [] present(ObjectKey key) {
        try {
            return copies.read(key);
        } catch (IOException e) {
            usable = false;
            return null;
        }
    }

    /// Small objects are copied while they are read: they need not be read and hashed here once more.
    private <T extends @Nullable Object> T readAndKeep(ObjectKey key, BodyReader<T> reader) {
        return place.read(key, 0, -1, body -> {
            CachedObjects.Draft draft = draft(key);
            if (draft == null) {
                return reader.read(body);
            }
            try {
                var copied = new CopiedBody(body, draft);
                T result = reader.read(copied);
                commit(key, copied, draft);
                return result;
            } finally {
                discard(draft);
            }
        });
    }

    private CachedObjects.@Nullable Draft draft(ObjectKey key) {
        try {
            return copies.draft(key, LARGEST);
        } catch (IOException e) {
            usable = false;
            return null;
        }
    }

    private void commit(ObjectKey key, CopiedBody copied, CachedObjects.Draft draft) {
        try {
            if (copied.failure() != null) {
                usable = false;
            } else if (copied.isWhole() && !draft.commit()) {
                refused.add(key);
            }
        } catch (IOException e) {
            usable = false;
        }
    }

    private void discard(CachedObjects.Draft draft) {
        try {
            draft.close();
        } catch (IOException e) {
            usable = false;
        }
    }

    /// @return null if no sound copy of that range can be had
    private byte @Nullable [] near(ObjectKey key, long offset, long length) {
        Object turn = turns.computeIfAbsent(key, _ -> new Object());
        synchronized (turn) { // two threads that want the same pack fetch it once
            try {
                byte[] found = copied(key, offset, length);
                if (found != null || refused.contains(key)) {
                    return found;
                }
                if (!fetch(key)) {
                    refused.add(key);
                    return null;
                }
                return copied(key, offset, length);
            } catch (IOException e) {
                usable = false;
                return null;
            } finally {
                turns.remove(key, turn);
            }
        }
    }

    private byte @Nullable [] copied(ObjectKey key, long offset, long length) throws IOException {
        if (key.type() == ObjectType.PACK) {
            FileChannel pack = openPack(key);
            return pack == null ? null : range(pack, offset, length);
        }
        byte[] whole = copies.read(key);
        return whole == null || (offset == 0 && length < 0) ? whole : range(whole, offset, length);
    }

    private static byte @Nullable [] range(byte[] whole, long offset, long length) {
        long end = length < 0 ? whole.length : offset + length;
        return offset > end || end > whole.length ? null : Arrays.copyOfRange(whole, (int) offset, (int) end);
    }

    private @Nullable FileChannel openPack(ObjectKey key) throws IOException {
        synchronized (open) {
            FileChannel known = open.get(key);
            if (known != null && known.isOpen()) {
                return known;
            }
        }
        FileChannel opened = copies.open(key);
        if (opened != null) {
            synchronized (open) {
                open.put(key, opened);
                if (open.size() > MOST_OPEN) {
                    open.remove(open.firstEntry().getKey()); // closed by its cleaner when the last reader is done
                }
            }
        }
        return opened;
    }

    private static byte @Nullable [] range(FileChannel file, long offset, long length) throws IOException {
        long size = file.size();
        long wanted = length < 0 ? size - offset : length;
        if (offset > size || wanted > size - offset || wanted > Integer.MAX_VALUE - 8) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) wanted);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, offset + bytes.position()) < 0) {
                return null;
            }
        }
        return bytes.array();
    }

    /// Failures of the place come out; those of the cache end its use.
    private boolean fetch(ObjectKey key) {
        return place.read(key, 0, -1, body -> {
            var watched = new WatchedBody(body);
            try {
                return copies.keep(key, watched, LARGEST);
            } catch (IOException e) {
                if (watched.failed()) {
                    throw e;
                }
                usable = false;
                return false;
            }
        });
    }

    /// Removes the copy of an object, so that the next read is one of the place.
    public void forget(ObjectKey key) {
        synchronized (open) {
            open.remove(key);
        }
        try {
            copies.remove(key);
        } catch (IOException e) {
            usable = false;
        }
    }

    /// Copies of snapshots and index files that the place does not list any more are removed.
    @Override
    public void list(ObjectType type, Consumer<StoredObject> consumer) {
        Set<String> names = new HashSet<>();
        boolean sweep = type == ObjectType.SNAPSHOT || type == ObjectType.INDEX;
        place.list(type, object -> {
            if (sweep) {
                names.add(object.key().name());
            }
            consumer.accept(object);
        });
        if (sweep && usable) {
            try {
                copies.keepOnly(type, names);
            } catch (IOException e) {
                usable = false;
            }
        }
    }

    @Override
    public String location() {
        return place.location();
    }

    @Override
    public void create() {
        place.create();
    }

    @Override
    public long size(ObjectKey key) {
        return place.size(key);
    }

    @Override
    public Draft draft(ObjectType type) {
        return place.draft(type);
    }

    @Override
    public Draft contentDraft() {
        return place.contentDraft();
    }

    @Override
    public void delete(ObjectKey key) {
        if (isKept(key.type())) {
            forget(key);
        }
        place.delete(key);
    }

    @Override
    public int connections() {
        return place.connections();
    }

    @Override
    public <C> @Nullable C capability(Class<C> type) {
        return place.capability(type);
    }

    /// Closes the copies, and leaves the place open.
    @Override
    public void close() {
        synchronized (open) {
            for (FileChannel channel : open.values()) {
                try {
                    channel.close();
                } catch (IOException e) {
                    usable = false;
                }
            }
            open.clear();
        }
    }
}
