package dev.reprise.operations.bucket;

import dev.reprise.base.RawName;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/*
 * Keys are any text, names are not. What a name cannot hold is written with a percent sign, and so is the percent sign
 * itself: behind one in a name there are either two upper-case hexadecimal digits, or one of our own words.
 *
 *   photos/2026/a.jpg   photos/2026/a.jpg     each slash ends a folder
 *   a//b   a/           a/%e/b   a/%e         nothing between two slashes, or behind the last
 *   .      50%          %2E      50%25        also control characters
 *   a very long one     …%more/…              a name ends after 200 bytes and goes on below
 *   a      and a/b      a%object              where a folder has the name already
 *   (many in a folder)  %part-000001/…        entries of the folder above
 *
 * Everything in one folder of the tree has keys that begin alike, and everything whose key begins so is in it. That is
 * why a listing in the order of keys fills one folder after the other.
 */

/// How a key becomes a path of plain names, and names become a key again. Without loss, also for hostile keys.
final class KeyNames {
    /// Stands for a name that would be empty.
    static final RawName EMPTY = RawName.of("%e");

    /// A name that reaches this goes on below; with an escape, a character's last bytes and our words it stays under
    /// the 255 bytes that file systems take.
    static final int LONGEST = 200;

    private static final String MORE = "%more";
    private static final String OBJECT = "%object";
    private static final String PART = "%part-";
    private static final String HEX = "0123456789ABCDEF";

    private KeyNames() {}

    /// The folders, and last the object itself.
    static List<RawName> split(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        List<RawName> names = new ArrayList<>();
        var name = new ByteArrayOutputStream();
        int at = 0;
        while (true) {
            while (at < bytes.length && bytes[at] != '/' && !isFull(name, bytes[at])) {
                escape(bytes[at++], name);
            }
            if (name.size() >= LONGEST) {
                name.writeBytes(MORE.getBytes(StandardCharsets.US_ASCII));
                names.add(RawName.of(name.toByteArray()));
            } else {
                names.add(plain(name));
                if (at == bytes.length) {
                    return names;
                }
                at++;
            }
            name.reset();
        }
    }

    /// Never within a character.
    private static boolean isFull(ByteArrayOutputStream name, byte next) {
        return name.size() >= LONGEST && (next & 0xc0) != 0x80;
    }

    private static void escape(byte b, ByteArrayOutputStream name) {
        int value = b & 0xff;
        if (value < 0x20 || value == 0x7f || value == '%') {
            name.write('%');
            name.write(HEX.charAt(value >> 4));
            name.write(HEX.charAt(value & 15));
        } else {
            name.write(value);
        }
    }

    private static RawName plain(ByteArrayOutputStream name) {
        String text = name.toString(StandardCharsets.UTF_8);
        return switch (text) {
            case "" -> EMPTY;
            case ".", ".." -> RawName.of(text.replace(".", "%2E"));
            default -> RawName.of(name.toByteArray());
        };
    }

    /// What a folder's name adds to the keys below it.
    ///
    /// @throws IllegalArgumentException if it is no name of ours
    static byte[] folder(RawName name) {
        String text = name.toString();
        if (isPart(name)) {
            return new byte[0];
        }
        if (text.endsWith(MORE)) {
            return unescape(text.substring(0, text.length() - MORE.length()), "");
        }
        return unescape(name.equals(EMPTY) ? "" : text, "/");
    }

    /// What an object's name adds to the key of its folder.
    ///
    /// @throws IllegalArgumentException if it is no name of ours
    static byte[] object(RawName name) {
        String text = name.toString();
        String own = text.endsWith(OBJECT) ? text.substring(0, text.length() - OBJECT.length()) : text;
        return unescape(own.equals("%e") ? "" : own, "");
    }

    private static byte[] unescape(String name, String end) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        var plain = new ByteArrayOutputStream(bytes.length + 1);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != '%') {
                plain.write(bytes[i]);
                continue;
            }
            int high = i + 1 < bytes.length ? HEX.indexOf(bytes[i + 1]) : -1;
            int low = i + 2 < bytes.length ? HEX.indexOf(bytes[i + 2]) : -1;
            if (high < 0 || low < 0) {
                throw new IllegalArgumentException("no name of an object: " + name);
            }
            plain.write(high << 4 | low);
            i += 2;
        }
        plain.writeBytes(end.getBytes(StandardCharsets.US_ASCII));
        return plain.toByteArray();
    }

    /// The key that such bytes are.
    ///
    /// @throws IllegalArgumentException if they are no UTF-8
    static String key(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("no key: " + RawName.of(bytes), e);
        }
    }

    /// The name of an object beside a folder of the same name.
    static RawName besideFolder(RawName object) {
        return RawName.of(object + OBJECT);
    }

    /// The name of a part of a folder with many entries.
    ///
    /// @param number from 1
    static RawName part(int number) {
        return RawName.of("%s%06d".formatted(PART, number));
    }

    static boolean isPart(RawName name) {
        return name.toString().startsWith(PART);
    }
}
