package dev.reprise.repository.model;

import dev.reprise.base.ObjectId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/// Bytes of a JSON document, escaped exactly as Go's encoder does with HTML escaping on (repository format,
/// section 7.6), because ids of trees depend on every byte. Punctuation is the caller's. Not thread-safe.
public final class GoJsonWriter {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] REPLACEMENT = "\\ufffd".getBytes(StandardCharsets.US_ASCII);
    /// For each ASCII character: 0 it stands for itself, 1 it is written as a hexadecimal escape, else the letter after
    /// the backslash.
    private static final byte[] ESCAPE = escapes();

    private byte[] bytes;
    private int length;

    public GoJsonWriter() {
        this(512);
    }

    public GoJsonWriter(int capacity) {
        bytes = new byte[Math.max(capacity, 16)];
    }

    private static byte[] escapes() {
        byte[] escape = new byte[128];
        Arrays.fill(escape, 0, 0x20, (byte) 1);
        escape['\b'] = 'b';
        escape['\f'] = 'f';
        escape['\n'] = 'n';
        escape['\r'] = 'r';
        escape['\t'] = 't';
        escape['"'] = '"';
        escape['\\'] = '\\';
        escape['<'] = escape['>'] = escape['&'] = 1;
        return escape;
    }

    /// Writes characters as they are: punctuation, member names, stored JSON.
    ///
    /// @param json any well-formed text; encoded as UTF-8
    public GoJsonWriter raw(String json) {
        for (int i = 0; i < json.length(); i++) {
            if (json.charAt(i) >= 0x80) {
                return raw(json.getBytes(StandardCharsets.UTF_8));
            }
        }
        reserve(json.length());
        for (int i = 0; i < json.length(); i++) {
            bytes[length++] = (byte) json.charAt(i);
        }
        return this;
    }

    public GoJsonWriter raw(byte[] json) {
        reserve(json.length);
        System.arraycopy(json, 0, bytes, length, json.length);
        length += json.length;
        return this;
    }

    public GoJsonWriter raw(char ascii) {
        reserve(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    /// A quoted string. A lone surrogate, which UTF-8 cannot hold, is written as U+FFFD.
    public GoJsonWriter string(String text) {
        reserve(6 * text.length() + 2);
        bytes[length++] = '"';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                ascii((byte) c);
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                codePoint(Character.toCodePoint(c, text.charAt(++i)));
            } else {
                codePoint(Character.isSurrogate(c) ? 0xfffd : c);
            }
        }
        bytes[length++] = '"';
        return this;
    }

    /// A quoted string of bytes that should be UTF-8. Each byte that is not part of a well-formed character is
    /// written as the escape of U+FFFD, six characters.
    public GoJsonWriter string(byte[] utf8) {
        reserve(6 * utf8.length + 2);
        bytes[length++] = '"';
        for (int i = 0; i < utf8.length; ) {
            int size = Utf8.characterAt(utf8, i);
            if (size == 1) {
                ascii(utf8[i]);
            } else if (size == 0) {
                System.arraycopy(REPLACEMENT, 0, bytes, length, REPLACEMENT.length);
                length += REPLACEMENT.length;
            } else {
                multibyte(utf8, i, size);
            }
            i += Math.max(size, 1);
        }
        bytes[length++] = '"';
        return this;
    }

    /// A quoted base64 string: standard alphabet, padded.
    public GoJsonWriter base64(byte[] content) {
        return raw('"').raw(Base64.getEncoder().encode(content)).raw('"');
    }

    /// A quoted id.
    public GoJsonWriter id(ObjectId id) {
        return raw('"').raw(id.hex()).raw('"');
    }

    /// A quoted time (section 7.4).
    public GoJsonWriter time(GoTime time) {
        reserve(GoTime.MAX_LENGTH + 2);
        bytes[length++] = '"';
        length = time.writeTo(bytes, length);
        bytes[length++] = '"';
        return this;
    }

    public GoJsonWriter number(long value) {
        return raw(Long.toString(value));
    }

    /// @param value read as unsigned 64 bits
    public GoJsonWriter unsigned(long value) {
        return raw(Long.toUnsignedString(value));
    }

    /// Bytes written so far.
    public int length() {
        return length;
    }

    /// Takes back what was written after `length`, for instance a comma.
    public void truncate(int length) {
        if (length < 0 || length > this.length) {
            throw new IllegalArgumentException("cannot truncate " + this.length + " bytes to " + length);
        }
        this.length = length;
    }

    /// A copy of what was written.
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    private void ascii(byte c) {
        byte escape = ESCAPE[c];
        if (escape == 0) {
            bytes[length++] = c;
        } else if (escape == 1) {
            unicodeEscape(c);
        } else {
            bytes[length++] = '\\';
            bytes[length++] = escape;
        }
    }

    private void unicodeEscape(int unit) {
        bytes[length++] = '\\';
        bytes[length++] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4) {
            bytes[length++] = HEX[(unit >>> shift) & 15];
        }
    }

    private void codePoint(int c) {
        if (c == 0x2028 || c == 0x2029) {
            unicodeEscape(c);
        } else if (c < 0x800) {
            bytes[length++] = (byte) (0xc0 | (c >>> 6));
            bytes[length++] = (byte) (0x80 | (c & 0x3f));
        } else if (c < 0x1_0000) {
            bytes[length++] = (byte) (0xe0 | (c >>> 12));
            bytes[length++] = (byte) (0x80 | ((c >>> 6) & 0x3f));
            bytes[length++] = (byte) (0x80 | (c & 0x3f));
        } else {
            bytes[length++] = (byte) (0xf0 | (c >>> 18));
            bytes[length++] = (byte) (0x80 | ((c >>> 12) & 0x3f));
            bytes[length++] = (byte) (0x80 | ((c >>> 6) & 0x3f));
            bytes[length++] = (byte) (0x80 | (c & 0x3f));
        }
    }

    private void multibyte(byte[] utf8, int at, int size) {
        boolean separator =
                size == 3 && utf8[at] == (byte) 0xe2 && utf8[at + 1] == (byte) 0x80 && (utf8[at + 2] & 0xfe) == 0xa8;
        if (separator) {
            unicodeEscape(0x2000 | (utf8[at + 2] & 0x3f));
            return;
        }
        System.arraycopy(utf8, at, bytes, length, size);
        length += size;
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, more), grown()));
        }
    }

    private int grown() {
        return (int) Math.min(2L * bytes.length, Integer.MAX_VALUE - 16);
    }
}
