package dev.reprise.repository.tree;

/// What an entry is; the stored words are the lower-case names.
public enum NodeType {
    FILE,
    DIR,
    SYMLINK,
    DEV,
    CHARDEV,
    FIFO,
    SOCKET,
    IRREGULAR
}
