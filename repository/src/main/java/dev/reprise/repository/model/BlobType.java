package dev.reprise.repository.model;

/// Two kinds of blobs; the same hash may exist as both.
public enum BlobType {
    DATA("data"),
    TREE("tree");

    private final String word;

    BlobType(String word) {
        this.word = word;
    }

    /// The word used in index files.
    public String word() {
        return word;
    }
}
