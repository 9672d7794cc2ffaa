package dev.reprise.demo;

import dev.reprise.operations.run.RunSource;

/// One part of the demonstrated stack, through its whole story: alive, written to, lost, recovered, audited.
interface Part extends AutoCloseable {
    String name();

    String kind();

    Ledger ledger();

    /// Fills it and writes down what is in it.
    void fill() throws Exception;

    WriteLoad load();

    RunSource source();

    /// Its server dies without warning, in the middle of whatever it does.
    void kill();

    /// Its data is deleted. Nobody writes any more.
    void erase() throws Exception;

    /// Brings it back through the bridge to the repository, into a new place, and makes it work again.
    void recover(Recovery recovery) throws Exception;

    /// Compares what came back with the books.
    ///
    /// @param atLeast writes confirmed before the capture began
    /// @param atMost  writes that can have been begun when it ended
    Audit audit(int atLeast, int atMost) throws Exception;

    @Override
    void close();
}
