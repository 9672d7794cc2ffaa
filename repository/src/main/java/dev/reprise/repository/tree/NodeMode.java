package dev.reprise.repository.tree;

/// Translates between Unix `st_mode` and Go's FileMode bits (section 7.5).
public final class NodeMode {
    private static final long DIRECTORY = 1L << 31;
    private static final long SYMLINK = 1L << 27;
    private static final long DEVICE = 1L << 26;
    private static final long FIFO = 1L << 25;
    private static final long SOCKET = 1L << 24;
    private static final long SET_UID = 1L << 23;
    private static final long SET_GID = 1L << 22;
    private static final long CHARACTER_DEVICE = 1L << 21;
    private static final long STICKY = 1L << 20;
    private static final long IRREGULAR = 1L << 19;

    private static final int UNIX_TYPE = 0170000;
    private static final int UNIX_SET_UID = 04000;
    private static final int UNIX_SET_GID = 02000;
    private static final int UNIX_STICKY = 01000;
    private static final int PERMISSIONS = 0777;

    private NodeMode() {}

    /// @param unixMode `st_mode` with file type, set-id and sticky bits
    public static long toGo(int unixMode) {
        long mode = unixMode & PERMISSIONS;
        mode |= (unixMode & UNIX_SET_UID) != 0 ? SET_UID : 0;
        mode |= (unixMode & UNIX_SET_GID) != 0 ? SET_GID : 0;
        mode |= (unixMode & UNIX_STICKY) != 0 ? STICKY : 0;
        return mode
                | switch (unixMode & UNIX_TYPE) {
                    case 0100000 -> 0;
                    case 0040000 -> DIRECTORY;
                    case 0120000 -> SYMLINK;
                    case 0060000 -> DEVICE;
                    case 0020000 -> DEVICE | CHARACTER_DEVICE;
                    case 0010000 -> FIFO;
                    case 0140000 -> SOCKET;
                    default -> IRREGULAR;
                };
    }

    /// Permission, set-id and sticky bits at their Unix places; no file type.
    public static int toUnixPermissions(long goMode) {
        int mode = (int) goMode & PERMISSIONS;
        mode |= (goMode & SET_UID) != 0 ? UNIX_SET_UID : 0;
        mode |= (goMode & SET_GID) != 0 ? UNIX_SET_GID : 0;
        mode |= (goMode & STICKY) != 0 ? UNIX_STICKY : 0;
        return mode;
    }
}
