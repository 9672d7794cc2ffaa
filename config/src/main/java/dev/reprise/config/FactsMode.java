package dev.reprise.config;

/// How much is found out about a database while it is captured, to be compared after a restore.
public enum FactsMode {
    NONE,
    COUNTS,
    DIGESTS
}
