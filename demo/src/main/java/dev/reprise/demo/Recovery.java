package dev.reprise.demo;

import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.sources.StreamSource.StoredStreams;
import java.nio.file.Path;

/// What a part needs to come back.
interface Recovery {
    /// The part as the point holds it.
    CapturedSource captured();

    /// Its streams, for parts that are read as streams.
    StoredStreams streams();

    /// Restores its files, for parts that are folders.
    ///
    /// @throws IllegalStateException if an item could not be restored
    void filesTo(Path folder);
}
