package dev.reprise.operations.stats;

import java.util.Arrays;
import java.util.Optional;

/// Ways of counting; the words are restic's `--mode`.
public enum Counting {
    /// Bytes a restore of all of them would write; a file with several names counts once in each snapshot.
    RESTORE_SIZE("restore-size"),
    /// Files that differ in content.
    FILES_BY_CONTENTS("files-by-contents"),
    /// Blobs of those files, once for each path.
    BLOBS_PER_FILE("blobs-per-file"),
    /// Stored size of all blobs needed.
    RAW_DATA("raw-data");

    private final String word;

    Counting(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }

    public static Optional<Counting> of(String word) {
        return Arrays.stream(values())
                .filter(counting -> counting.word.equals(word))
                .findFirst();
    }
}
