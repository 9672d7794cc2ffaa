package dev.reprise.config;

/// Whose tags a bucket is asked for.
public enum TagsMode {
    /// Objects that changed.
    CHANGED,
    /// Every object in every run.
    ALWAYS,
    NEVER
}
