package dev.reprise.repository.tree;

/// Translates between Unix `st_mode` and Go's FileMode bits (section 7.5).
public final class NodeMode {
    private NodeMode() {}

    /// @param unixMode `st_mode` with file type, set-id and sticky bits
    public static long toGo(int unixMode) {
        throw new IllegalStateException("not built yet");
    }

    /// Permission, set-id and sticky bits at their Unix places; no file type.
    public static int toUnixPermissions(long goMode) {
        throw new IllegalStateException("not built yet");
    }
}
