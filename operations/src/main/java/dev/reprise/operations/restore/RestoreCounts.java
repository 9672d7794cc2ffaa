package dev.reprise.operations.restore;

/// What a restore has to do and has done, counted as restic counts (repository format, section 11.2).
///
/// "Files" are nodes of every type. A file whose content was already right counts as skipped, and neither it nor its
/// bytes count in the totals. Directories on the way to something selected count as restored but not in the total, so
/// `filesRestored` can exceed `totalFiles`. Further names of a file count without bytes.
public record RestoreCounts(
        long totalFiles,
        long filesRestored,
        long filesSkipped,
        long filesDeleted,
        long totalBytes,
        long bytesRestored,
        long bytesSkipped) {}
