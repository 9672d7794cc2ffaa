package dev.reprise.repository.model;

/// How new blobs are compressed. Compressed bytes are not part of any id, so any mode reads back anywhere.
public enum Compression {
    AUTO,
    /// Data blobs are stored raw; trees and unpacked files stay compressed in format 2.
    OFF,
    MAX,
    FASTEST,
    BETTER
}
