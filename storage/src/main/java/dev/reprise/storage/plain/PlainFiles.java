package dev.reprise.storage.plain;

import dev.reprise.storage.Storage.BodyReader;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Files below the root of a place, for their owner only where the place knows owners. Safe for use by many threads.
///
/// Fails as [Storage][dev.reprise.storage.Storage] does, whose promises on atomicity, repeating and absence hold here,
/// too. Paths are [plain][PlainPath]; others are an `IllegalArgumentException`.
///
/// Asked of a storage by [capability][dev.reprise.storage.Storage#capability], which closes it.
public interface PlainFiles {
    /// For people, without credentials.
    String location();

    /// What lies directly in a folder, in no order. A folder that is missing, the root included, is empty. Links are
    /// left out.
    ///
    /// @param folder empty for the root
    List<Entry> list(String folder);

    /// Reads a whole file; `reader` may run again after a retryable failure.
    ///
    /// @throws dev.reprise.storage.StorageException `NOT_FOUND` if there is none
    <T extends @Nullable Object> T read(String path, BodyReader<T> reader);

    /// Makes a file with the folders above it; durable on return. One that is there is never replaced: it counts as
    /// made, by an attempt whose answer was lost, if it has the same size, which the caller verifies.
    ///
    /// @param content may be asked again after a retryable failure, and gives the same bytes each time
    /// @throws dev.reprise.storage.StorageException `DENIED` if another file is there
    void create(String path, Content content);

    /// Removes a file; one that is gone is no error.
    void delete(String path);

    /// What gives folders new names; null where folders are only parts of names.
    @Nullable
    FolderMove folderMove();

    /// Removes a folder if it is there and empty; where folders are only parts of names nothing is done.
    void removeEmptyFolder(String folder);

    /// Gives folders new names, all at once.
    @FunctionalInterface
    interface FolderMove {
        /// @param to beside or above it
        /// @throws dev.reprise.storage.StorageException `DENIED` if something has that name
        void move(String from, String to);
    }

    /// @param name   without what is above it
    /// @param folder whether it is one
    /// @param size   in bytes; -1 for a folder
    record Entry(String name, boolean folder, long size) {}

    /// Bytes of a file.
    @FunctionalInterface
    interface Content {
        /// Writes all of them; does not close the stream. What it throws itself leaves no file behind.
        void writeTo(OutputStream out) throws IOException;
    }
}
