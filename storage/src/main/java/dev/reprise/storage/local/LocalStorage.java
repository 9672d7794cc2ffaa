package dev.reprise.storage.local;

import dev.reprise.base.DurableFile;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.plain.PlainFiles;
import dev.reprise.storage.setup.ServerSide;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A directory of the local file system, in restic's layout and with restic's write protocol.
///
/// Symbolic links to folders and files are followed, so `data` may lie on another disk.
public final class LocalStorage implements Storage {
    private static final List<ObjectType> RESTIC_FOLDERS =
            List.of(ObjectType.KEY, ObjectType.LOCK, ObjectType.SNAPSHOT, ObjectType.INDEX, ObjectType.PACK);

    /// As restic's default for a local repository.
    public static final int CONNECTIONS = 2;

    private final Path root;
    private final int connections;
    private final LocalFailures failures;
    private final LocalLayout layout;

    /// @param root need not exist yet; see [#create()]
    public LocalStorage(Path root) {
        this(root, CONNECTIONS, false);
    }

    /// @param root        need not exist yet; see [#create()]
    /// @param connections at least 1
    public LocalStorage(Path root, int connections) {
        this(root, connections, false);
    }

    /// @param root        need not exist yet; see [#create()]
    /// @param connections at least 1
    /// @param shared      whether the group may do what the owner may from the start; otherwise only
    ///                    where the group may read `config`
    public LocalStorage(Path root, int connections, boolean shared) {
        this.connections = connections;
        this.root = root.toAbsolutePath().normalize();
        this.failures = new LocalFailures(location());
        this.layout = new LocalLayout(this.root, shared);
    }

    @Override
    public String location() {
        return "local:" + root;
    }

    /// Makes the root with its missing parents, the folders of every type restic knows and the 256
    /// below `data`.
    @Override
    public void create() {
        try {
            layout.makeRoot();
            for (ObjectType type : RESTIC_FOLDERS) {
                layout.makeFolderUnforced(layout.folder(type));
            }
            Path data = layout.folder(ObjectType.PACK);
            for (int i = 0; i < 256; i++) {
                layout.makeFolderUnforced(data.resolve(HexFormat.of().toHexDigits((byte) i)));
            }
            DurableFile.forceDirectory(data);
            DurableFile.forceDirectory(root);
        } catch (IOException e) {
            throw failures.translate("create the repository's folders", e, 0);
        }
    }

    @Override
    public long size(ObjectKey key) {
        try {
            var attributes = Files.readAttributes(layout.file(key), BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw failures.notAFile(key);
            }
            return attributes.size();
        } catch (NoSuchFileException e) {
            return -1;
        } catch (IOException e) {
            throw failures.translate("look up " + key, e, 0);
        }
    }

    @Override
    public void list(ObjectType type, Consumer<StoredObject> consumer) {
        if (type == ObjectType.CONFIG) {
            long size = size(ObjectKey.CONFIG);
            if (size >= 0) {
                consumer.accept(new StoredObject(ObjectKey.CONFIG, size));
            }
            return;
        }
        for (Path folder : listed(type, () -> layout.foldersOf(type))) {
            // One folder is read to its end first: the consumer may delete what it is told of.
            listed(type, () -> layout.objectsIn(folder, type)).forEach(consumer);
        }
    }

    private <T> List<T> listed(ObjectType type, Listing<T> listing) {
        try {
            return listing.read();
        } catch (IOException e) {
            throw failures.translate("list " + type.folder(), e, 0);
        }
    }

    @Override
    public <T extends @Nullable Object> T read(ObjectKey key, long offset, long length, BodyReader<T> reader) {
        if (offset < 0 || length < -1) {
            throw new IllegalArgumentException("no range: offset " + offset + ", length " + length);
        }
        try (var channel = FileChannel.open(layout.file(key), StandardOpenOption.READ)) {
            long size = channel.size();
            if (offset > size || length > size - offset) {
                throw failures.tooShort(key, offset, length, size);
            }
            return reader.read(new FileRange(channel, offset, length < 0 ? size - offset : length));
        } catch (FileRange.EndedEarlyException e) {
            throw failures.tooShort(key, offset, length, e.size());
        } catch (IOException e) {
            throw failures.translate("read " + key, e, 0);
        }
    }

    @Override
    public Draft draft(ObjectType type) {
        try {
            return new LocalDraft(type, layout, failures);
        } catch (IOException e) {
            throw failures.translate("start a file in " + layout.folder(type), e, 0);
        }
    }

    /// Durable on return, except for packs and locks: those are many or short-lived, and their
    /// coming back after a power loss does no harm, while an index file outliving its packs would.
    @Override
    public void delete(ObjectKey key) {
        Path file = layout.file(key);
        try {
            boolean durable = key.type() != ObjectType.PACK && key.type() != ObjectType.LOCK;
            if (Files.deleteIfExists(file) && durable) {
                DurableFile.forceDirectory(layout.folder(key.type()));
            }
        } catch (IOException e) {
            throw failures.translate("delete " + key, e, 0);
        }
    }

    @Override
    public int connections() {
        return connections;
    }

    @Override
    public <C> @Nullable C capability(Class<C> type) {
        if (type == PlainFiles.class) {
            return type.cast(new LocalFiles(root, failures));
        }
        return type == ServerSide.class
                ? type.cast(new LocalServerSide(root, key -> root.resolve(key.path()), failures))
                : null;
    }

    /// Nothing is held open between calls.
    @Override
    public void close() {}

    @FunctionalInterface
    private interface Listing<T> {
        List<T> read() throws IOException;
    }
}
