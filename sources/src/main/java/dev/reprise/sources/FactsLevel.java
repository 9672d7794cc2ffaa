package dev.reprise.sources;

/// How much a database source finds out about what it captures, to be compared after a restore.
public enum FactsLevel {
    /// Versions and positions only.
    NONE,
    /// Also rows per table, keys per database.
    COUNTS,
    /// Also digests of the content; reads everything a second time.
    DIGESTS;

    public boolean includes(FactsLevel other) {
        return compareTo(other) >= 0;
    }
}
