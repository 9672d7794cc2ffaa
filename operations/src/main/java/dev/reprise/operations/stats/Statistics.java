package dev.reprise.operations.stats;

/// What was counted; zero where a way of counting does not count it (repository format, section 11.2).
///
/// @param snapshots              how many were looked at
/// @param bytes                  total size, as the way of counting understands it
/// @param files                  nodes or distinct files
/// @param blobs                  distinct blobs or references
/// @param uncompressedBytes      what the stored blobs would take without compression, seals included
/// @param compressedBytes        stored size of the blobs that are compressed
/// @param compressedPlainBytes   what those would take without compression
public record Statistics(
        long snapshots,
        long bytes,
        long files,
        long blobs,
        long uncompressedBytes,
        long compressedBytes,
        long compressedPlainBytes) {
    /// How many times smaller compressed blobs have become; 0 if none is compressed.
    public double compressionRatio() {
        return compressedBytes == 0 ? 0 : (double) compressedPlainBytes / compressedBytes;
    }

    /// Percentage of the bytes that were compressed at all.
    public double compressionProgress() {
        return uncompressedBytes == 0 ? 0 : (double) compressedPlainBytes / uncompressedBytes * 100;
    }

    /// Percentage of the bytes that compression saves.
    public double spaceSaving() {
        return uncompressedBytes == 0 ? 0 : (1 - (double) bytes / uncompressedBytes) * 100;
    }
}
