package dev.reprise.sources.files;

import dev.reprise.base.RawName;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.HexFormat;

/// Between raw names and `java.nio` paths. A `Path` keeps bytes that its text cannot show; its URI shows every one of
/// them, percent-encoded. Where names are text (Windows), they are taken as UTF-8.
final class RawPaths {
    private static final boolean RAW = File.separatorChar == '/';
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final char LOST = '\uFFFD';

    private RawPaths() {}

    /// Bytes of the absolute path. On systems with raw names this asks whether the path is a directory.
    static RawName bytes(Path path) {
        Path absolute = path.toAbsolutePath();
        String text = absolute.toString();
        if (!RAW) {
            return RawName.of(text.replace(File.separatorChar, '/'));
        }
        return text.indexOf(LOST) < 0 && isAscii(text)
                ? RawName.of(text)
                : decode(absolute.toUri().getRawPath());
    }

    /// Bytes of the last component.
    static RawName name(Path path) {
        Path last = path.getFileName();
        if (last == null) {
            throw new IllegalArgumentException("a root has no name: " + path);
        }
        String text = last.toString();
        if (!RAW || isAscii(text)) {
            return RawName.of(text);
        }
        byte[] rooted = bytes(Path.of("/").resolve(last)).bytes();
        return RawName.of(rooted, 1, rooted.length);
    }

    /// Bytes of a link's target, which may be relative.
    static RawName link(Path target) {
        if (target.isAbsolute() || isAscii(target.toString())) {
            return target.isAbsolute() ? bytes(target) : RawName.of(target.toString());
        }
        byte[] rooted = bytes(Path.of("/").resolve(target)).bytes();
        return RawName.of(rooted, 1, rooted.length);
    }

    /// @throws FileSystemException if the system cannot express the path
    static Path path(RawName absolute) throws IOException {
        try {
            String text = absolute.toString();
            return !RAW || isAscii(text) ? Path.of(text) : Path.of(URI.create("file://" + encode(absolute)));
        } catch (IllegalArgumentException impossible) {
            throw new FileSystemException(absolute.toString(), null, impossible.getMessage());
        }
    }

    /// A link's target, absolute or relative.
    static Path linkTarget(RawName target) throws IOException {
        boolean absolute = !target.isEmpty() && target.at(0) == '/';
        return absolute || isAscii(target.toString())
                ? path(target)
                : Path.of("/").relativize(path(RawName.of("/").child(target)));
    }

    /// The entry of a directory; the name must be plain.
    static Path child(Path directory, RawName name) throws IOException {
        LinuxEntries.requirePlain(name, directory);
        Path last = path(RawName.of("/").child(name)).getFileName();
        if (last == null) {
            throw new FileSystemException(directory.toString(), null, "refused: not a plain name: \"" + name + '"');
        }
        return directory.resolve(last);
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 128);
    }

    private static String encode(RawName path) {
        var text = new StringBuilder();
        for (byte b : path.bytes()) {
            boolean digit = b >= '0' && b <= '9';
            boolean letter = (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z');
            if (b == '/' || digit || letter) {
                text.append((char) b);
            } else {
                text.append('%').append(HEX.toHexDigits(b));
            }
        }
        return text.toString();
    }

    private static RawName decode(String encoded) {
        byte[] text = encoded.getBytes(StandardCharsets.US_ASCII);
        int end = text.length > 1 && text[text.length - 1] == '/' ? text.length - 1 : text.length;
        var bytes = new ByteArrayOutputStream(end);
        for (int i = 0; i < end; i++) {
            if (text[i] == '%') {
                bytes.write(HexFormat.fromHexDigits(encoded, i + 1, i + 3));
                i += 2;
            } else {
                bytes.write(text[i]);
            }
        }
        return RawName.of(bytes.toByteArray());
    }
}
