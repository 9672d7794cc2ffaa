package dev.reprise.mount.fuse;

/// @param name               what `mount` and `df` show as the device; no comma
/// @param allowOther         users other than the one who mounts may look inside
/// @param defaultPermissions the kernel compares owner and mode with who asks
public record MountOptions(String name, boolean allowOther, boolean defaultPermissions) {
    public MountOptions {
        if (name.contains(",")) {
            throw new IllegalArgumentException("the name of a mount cannot hold a comma: " + name);
        }
    }

    /// For both the kernel and `fusermount3`. Without the limit a kernel with large pages asks for more at once than
    /// our
    /// buffers hold.
    String text() {
        return ",max_read=" + Conversation.MOST_BYTES + (allowOther ? ",allow_other" : "")
                + (defaultPermissions ? ",default_permissions" : "");
    }
}
