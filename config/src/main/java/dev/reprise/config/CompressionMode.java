package dev.reprise.config;

/// How new data is compressed.
public enum CompressionMode {
    AUTO,
    OFF,
    FASTEST,
    BETTER,
    MAX
}
