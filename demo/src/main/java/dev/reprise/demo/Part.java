package dev.reprise.demo;

import dev.reprise.operations.run.RunSource;
import java.nio.file.Path;

/// One part of the demonstrated stack, through its whole story: alive, written to, lost, recovered, audited.
interface Part extends AutoCloseable {
    String name();

    String kind();

    Ledger ledger();

    /// Fills it and writes down what is in it.
    void fill() throws Exception;

    WriteLoad load();

    RunSource source();

    /// The part is gone: killed without warning, its data deleted.
    void destroy() throws Exception;

    /// Brings it back through the bridge to the repository, into a new place, and makes it work again.
    void recover(Recovery recovery) throws Exception;

    /// Compares what came back with the books.
    ///
    /// @param atLeast writes confirmed before the capture began
    /// @param atMost  writes that can have been begun when it ended
    Audit audit(int atLeast, int atMost) throws Exception;

    /// How a `reprise.yaml` would describe it, indented as a source.
    String yaml();

    /// Where its data lies now.
    Path folder();

    @Override
    void close();
}
