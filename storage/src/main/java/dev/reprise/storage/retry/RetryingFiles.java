package dev.reprise.storage.retry;

import dev.reprise.storage.Storage.BodyReader;
import dev.reprise.storage.plain.PlainFiles;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Plain files of a place, repeated as its objects are.
final class RetryingFiles implements PlainFiles {
    private final PlainFiles files;
    private final Repeating repeating;

    RetryingFiles(PlainFiles files, Repeating repeating) {
        this.files = files;
        this.repeating = repeating;
    }

    /// As [RetryingStorage] does it.
    interface Repeating {
        <T extends @Nullable Object> T repeat(String operation, Supplier<T> attempt);
    }

    private void repeat(String operation, Runnable attempt) {
        repeating.repeat(operation, () -> {
            attempt.run();
            return true;
        });
    }

    @Override
    public String location() {
        return files.location();
    }

    @Override
    public List<Entry> list(String folder) {
        return repeating.repeat("List(" + folder + ")", () -> files.list(folder));
    }

    @Override
    public <T extends @Nullable Object> T read(String path, BodyReader<T> reader) {
        return repeating.<T>repeat("Load(" + path + ")", () -> files.read(path, reader));
    }

    @Override
    public void create(String path, Content content) {
        repeat("Save(" + path + ")", () -> files.create(path, content));
    }

    @Override
    public void delete(String path) {
        repeat("Remove(" + path + ")", () -> files.delete(path));
    }

    /// Not repeated: whether the first attempt took place could not be told from another's folder.
    @Override
    public @Nullable FolderMove folderMove() {
        return files.folderMove();
    }

    @Override
    public void removeEmptyFolder(String folder) {
        repeat("Remove(" + folder + ")", () -> files.removeEmptyFolder(folder));
    }
}
