package dev.reprise.operations.filter;

import dev.reprise.repository.model.Utf8;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Lower case as Go's `strings.ToLower`: character by character, bytes that are no UTF-8 become U+FFFD.
final class LowerCase {
    private static final byte[] REPLACEMENT = "\ufffd".getBytes(StandardCharsets.UTF_8);

    private LowerCase() {}

    /// @param bytes may be changed and returned
    static byte[] of(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] < 0) {
                return characters(bytes);
            }
        }
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Character.toLowerCase((char) bytes[i]);
        }
        return bytes;
    }

    private static byte[] characters(byte[] bytes) {
        var lower = new ByteArrayOutputStream(bytes.length + 8);
        for (int i = 0; i < bytes.length; ) {
            int size = Utf8.characterAt(bytes, i);
            if (size == 0) {
                lower.writeBytes(REPLACEMENT);
                i++;
            } else {
                int c = new String(bytes, i, size, StandardCharsets.UTF_8).codePointAt(0);
                lower.writeBytes(Character.toString(Character.toLowerCase(c)).getBytes(StandardCharsets.UTF_8));
                i += size;
            }
        }
        return lower.toByteArray();
    }
}
