package dev.reprise.storage;

/// The kinds of objects a repository has, with the folder each lives in.
public enum ObjectType {
    /// Exactly one object, named `config`, directly below the root.
    CONFIG(""),
    KEY("keys"),
    LOCK("locks"),
    SNAPSHOT("snapshots"),
    INDEX("index"),
    /// Has a second level of folders named by the first two hex digits.
    PACK("data"),
    /// Sealed manifests of recovery points. Ours: stock restic neither reads nor removes them.
    POINT("reprise/points"),
    /// Sealed records of which packs were read and when. Ours, as [#POINT].
    READINGS("reprise/readings"),
    /// What backups that were broken off had finished. Ours, as [#POINT].
    PARTIAL("reprise/partial");

    private final String folder;

    ObjectType(String folder) {
        this.folder = folder;
    }

    /// Path below the repository's root, with `/`; empty for [#CONFIG].
    public String folder() {
        return folder;
    }
}
