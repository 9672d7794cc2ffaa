package dev.reprise.operations.backup;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;

/// One snapshot that is to be made.
///
/// @param start           when the backup began, by the real clock
/// @param time            the snapshot's: usually `start`
/// @param excludes        patterns to record; those from files are not listed
/// @param tags            order is kept, empty ones are dropped
/// @param skipIfUnchanged make no snapshot if the tree is the parent's
public record BackupRequest(
        Source source, Instant start, Instant time, List<String> excludes, List<String> tags, boolean skipIfUnchanged) {
    /// What is saved.
    public sealed interface Source {}

    /// @param request its parent tree is set by the run
    public record Files(FilesRequest request) implements Source {}

    /// One stream that becomes one file.
    ///
    /// @param path    components joined with `/`, each a plain name
    /// @param opening the stream must fail at its end if it is not whole
    /// @param workers threads that hash, compress and store, at least 1
    public record Stream(String path, Opening opening, int workers) implements Source {}

    /// How a stream is had.
    @FunctionalInterface
    public interface Opening {
        /// Called once; the caller closes the stream.
        InputStream open() throws IOException;
    }
}
