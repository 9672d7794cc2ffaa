package dev.reprise.operations.artifacts;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Access control lists of Linux (acl(5)) as tar keeps them: one line for each entry, users and groups by number.
final class AclText {
    private static final int VERSION = 2;
    private static final int HEADER_BYTES = 4;
    private static final int ENTRY_BYTES = 8;

    private AclText() {}

    /// The record's key for an extended attribute; empty if that holds no list.
    static String key(String attribute) {
        return switch (attribute) {
            case "system.posix_acl_access" -> "SCHILY.acl.access";
            case "system.posix_acl_default" -> "SCHILY.acl.default";
            default -> "";
        };
    }

    /// `user::rw-`, `user:1000:r--` and so on.
    ///
    /// @param attribute the value of the extended attribute
    /// @return empty if it is in no form known
    static String of(byte[] attribute) {
        ByteBuffer in = ByteBuffer.wrap(attribute).order(ByteOrder.LITTLE_ENDIAN);
        boolean whole = attribute.length >= HEADER_BYTES && (attribute.length - HEADER_BYTES) % ENTRY_BYTES == 0;
        if (!whole || in.getInt() != VERSION) {
            return "";
        }
        var text = new StringBuilder();
        while (in.hasRemaining()) {
            int tag = in.getShort();
            int permissions = in.getShort();
            String id = Integer.toUnsignedString(in.getInt());
            String who = who(tag, id);
            if (who.isEmpty()) {
                return "";
            }
            text.append(who).append(':').append(letters(permissions)).append('\n');
        }
        return text.toString();
    }

    private static String who(int tag, String id) {
        return switch (tag) {
            case 0x01 -> "user:";
            case 0x02 -> "user:" + id;
            case 0x04 -> "group:";
            case 0x08 -> "group:" + id;
            case 0x10 -> "mask:";
            case 0x20 -> "other:";
            default -> "";
        };
    }

    private static String letters(int permissions) {
        return ((permissions & 4) != 0 ? "r" : "-")
                + ((permissions & 2) != 0 ? "w" : "-")
                + ((permissions & 1) != 0 ? "x" : "-");
    }
}
