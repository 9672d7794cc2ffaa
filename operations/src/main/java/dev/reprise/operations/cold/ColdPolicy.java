package dev.reprise.operations.cold;

import java.time.Duration;

/// Where packs with contents of files go when they are old.
///
/// @param storageClass by its name at the place
/// @param after        age from which on
public record ColdPolicy(String storageClass, Duration after) {}
