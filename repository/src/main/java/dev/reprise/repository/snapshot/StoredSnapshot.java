package dev.reprise.repository.snapshot;

import dev.reprise.base.ObjectId;

/// A snapshot and the id it is stored under.
public record StoredSnapshot(ObjectId id, Snapshot snapshot) {}
