package dev.reprise.repository.tree;

import dev.reprise.base.RawName;
import dev.reprise.repository.model.GoJsonWriter;
import dev.reprise.repository.model.Utf8;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Names in trees: raw bytes, quoted as Go's `strconv.Quote` does, and that text again as a JSON string
/// (repository format, section 7.3).
final class NameQuoting {
    /// No file system has longer names; a tree with one is damaged or made to hurt.
    static final int LONGEST_NAME = 1 << 16;

    private static final String LETTERS = "abfnrtv";
    private static final byte[] CONTROLS = {7, 8, 12, 10, 13, 9, 11};
    private static final HexFormat HEX = HexFormat.of();

    private NameQuoting() {}

    /// Writes both layers, with the quotes of JSON.
    static void write(RawName name, GoJsonWriter out) {
        byte[] bytes = name.bytes();
        if (isPlain(bytes)) {
            out.raw('"').raw(bytes).raw('"');
        } else {
            out.string(quoted(bytes));
        }
    }

    /// True when neither layer changes anything.
    private static boolean isPlain(byte[] bytes) {
        for (byte b : bytes) {
            boolean plain = b >= ' ' && b < 0x7f && b != '"' && b != '\\' && b != '<' && b != '>' && b != '&';
            if (!plain) {
                return false;
            }
        }
        return true;
    }

    /// Go's layer alone, without its quotes.
    static byte[] quoted(byte[] name) {
        var out = new ByteArrayOutputStream(name.length + 16);
        for (int i = 0; i < name.length; ) {
            int size = Utf8.characterAt(name, i);
            if (size == 0) {
                ascii(out, "\\x" + HEX.toHexDigits(name[i]));
                i++;
            } else {
                quoteCharacter(out, name, i, size);
                i += size;
            }
        }
        return out.toByteArray();
    }

    private static void quoteCharacter(ByteArrayOutputStream out, byte[] name, int at, int size) {
        int c = size == 1 ? name[at] : new String(name, at, size, StandardCharsets.UTF_8).codePointAt(0);
        int control = indexOf(c);
        if (c == '"' || c == '\\') {
            ascii(out, "\\" + (char) c);
        } else if (PrintableCharacters.contains(c)) {
            out.write(name, at, size);
        } else if (control >= 0) {
            ascii(out, "\\" + LETTERS.charAt(control));
        } else if (size == 1) {
            ascii(out, "\\x" + HEX.toHexDigits((byte) c));
        } else if (c < 0x1_0000) {
            ascii(out, "\\u" + HEX.toHexDigits((char) c));
        } else {
            ascii(out, "\\U" + HEX.toHexDigits(c));
        }
    }

    private static int indexOf(int c) {
        for (int i = 0; i < CONTROLS.length; i++) {
            if (CONTROLS[i] == c) {
                return i;
            }
        }
        return -1;
    }

    private static void ascii(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    /// Undoes Go's layer; JSON's is already undone.
    ///
    /// @param text the characters at `from` up to `from + length`
    /// @throws TreeFormatException if they are not what stands between the quotes of a Go string
    static RawName unquote(char[] text, int from, int length) throws TreeFormatException {
        if (length > 6 * LONGEST_NAME) {
            throw new TreeFormatException("a name of " + length + " characters", null);
        }
        byte[] ascii = new byte[length];
        for (int i = 0; i < length; i++) {
            char c = text[from + i];
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                return new Unquoting(new String(text, from, length)).name();
            }
            ascii[i] = (byte) c;
        }
        return RawName.of(ascii);
    }

    /// Walks over one quoted name that is not plain.
    private static final class Unquoting {
        private final String text;
        private final ByteArrayOutputStream bytes;
        private int at;

        Unquoting(String text) {
            this.text = text;
            this.bytes = new ByteArrayOutputStream(text.length() + 16);
        }

        RawName name() throws TreeFormatException {
            while (at < text.length()) {
                int c = text.codePointAt(at);
                at += Character.charCount(c);
                if (c == '\\') {
                    escape();
                } else if (c == '"' || c == '\n') {
                    throw wrong();
                } else {
                    character(c);
                }
            }
            return RawName.of(bytes.toByteArray());
        }

        private void escape() throws TreeFormatException {
            if (at == text.length()) {
                throw wrong();
            }
            char kind = text.charAt(at++);
            int letter = LETTERS.indexOf(kind);
            if (letter >= 0) {
                bytes.write(CONTROLS[letter]);
                return;
            }
            switch (kind) {
                case '\\', '"' -> bytes.write(kind);
                case 'x' -> bytes.write(number(2, 16, 0xff));
                case 'u' -> codePoint(number(4, 16, 0xffff));
                case 'U' -> codePoint(number(8, 16, Character.MAX_CODE_POINT));
                case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                    at--;
                    bytes.write(number(3, 8, 0xff));
                }
                default -> throw wrong();
            }
        }

        private int number(int digits, int radix, int max) throws TreeFormatException {
            if (text.length() - at < digits) {
                throw wrong();
            }
            long value = 0;
            for (int i = 0; i < digits; i++) {
                char c = text.charAt(at++);
                int digit = c < 0x80 ? Character.digit(c, radix) : -1;
                if (digit < 0) {
                    throw wrong();
                }
                value = value * radix + digit;
            }
            if (value > max) {
                throw wrong();
            }
            return (int) value;
        }

        private void codePoint(int c) throws TreeFormatException {
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                throw wrong();
            }
            character(c);
        }

        /// A lone surrogate, possible in JSON, is U+FFFD for Go.
        private void character(int c) {
            if (c < 0x80) {
                bytes.write(c);
                return;
            }
            boolean lone = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
            bytes.writeBytes(Character.toString(lone ? 0xfffd : c).getBytes(StandardCharsets.UTF_8));
        }

        private TreeFormatException wrong() {
            String shown = text.length() <= 300 ? text : text.substring(0, 300) + "…";
            return new TreeFormatException("not a quoted name (at character " + at + "): " + shown, null);
        }
    }
}
