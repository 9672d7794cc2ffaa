package dev.reprise.sources;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/// A source that is read as a few named streams (a database, a cache) and put back from them.
public interface StreamSource {
    /// The name in the configuration.
    String name();

    /// The kind in the configuration: `postgres`, `redis`.
    String kind();

    /// Connects and checks that a capture can start: reachable, permitted, programs present and of a fitting
    /// version. Changes nothing and leaves nothing open.
    ///
    /// @throws SourceException with the reason and what to do
    void probe();

    /// Reads everything, one stream after another, into the sink.
    ///
    /// Nothing may be published unless this returns: a stream that ended early looks like a whole one until the
    /// program behind it has reported its exit status, which this method checks after each stream.
    ///
    /// @return what was captured, to compare with after a restore
    Facts capture(StreamSink sink, SourceListener listener);

    /// Says what a restore would do, after looking at the target. Changes nothing.
    ///
    /// @throws SourceException if the target cannot be used, with exit status `TARGET_REFUSED` if it holds data
    ///                         that the request does not allow to replace
    RestorePlan plan(StoredStreams stored, RestoreRequest request);

    /// Carries out a plan made by [#plan] of this source.
    ///
    /// @return facts of what is now in the target, counted there
    Facts restore(StoredStreams stored, RestorePlan plan, SourceListener listener);

    /// The recorded facts that a plan brings back: those to compare with what [#restore] returns, key by key. A plan
    /// that restores only a part of a capture leaves out what was recorded of the rest.
    ///
    /// @param plan made by [#plan] of this source for these streams
    /// @return under the names of the capture, as `restore` reports them too
    default Facts expected(StoredStreams stored, RestorePlan plan) {
        return stored.facts();
    }

    /// Takes the streams of a capture.
    @FunctionalInterface
    interface StreamSink {
        /// Reads the stream to its end and stores it. The caller closes the stream.
        ///
        /// @param path relative, components joined with `/`, each a plain file name: `globals.sql`,
        ///     `db/app.dump`
        void store(String path, InputStream stream) throws IOException;
    }

    /// The streams of one capture, brought back.
    interface StoredStreams {
        /// Paths as given to the sink, sorted.
        List<String> paths();

        /// Length in bytes.
        long size(String path);

        /// The caller closes the stream. Content is verified as it is read; damage is a thrown exception.
        InputStream open(String path);

        /// Facts of the capture, from its manifest; empty when the manifest is not at hand.
        Facts facts();
    }
}
