package dev.reprise.operations.filter;

import dev.reprise.repository.model.Utf8;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Reads files of patterns, one a line.
final class PatternFile {
    /// Names of one character that may follow a dollar sign, as in a shell.
    private static final String SPECIAL = "*#$@!?-0123456789";

    private PatternFile() {}

    static List<String> parse(byte[] content, Map<String, String> environment) {
        var patterns = new ArrayList<String>();
        for (String line : text(content).split("\n", -1)) {
            String trimmed = trim(line);
            if (!trimmed.isEmpty() && !trimmed.startsWith("#")) {
                patterns.add(expand(trimmed, environment));
            }
        }
        return patterns;
    }

    private static String text(byte[] content) {
        if (startsWith(content, 0xfe, 0xff)) {
            return decode(content, 2, StandardCharsets.UTF_16BE);
        }
        if (startsWith(content, 0xff, 0xfe)) {
            return decode(content, 2, StandardCharsets.UTF_16LE);
        }
        return utf8(content, startsWith(content, 0xef, 0xbb, 0xbf) ? 3 : 0);
    }

    private static boolean startsWith(byte[] content, int... mark) {
        for (int i = 0; i < mark.length; i++) {
            if (i == content.length || content[i] != (byte) mark[i]) {
                return false;
            }
        }
        return true;
    }

    private static String decode(byte[] content, int from, Charset charset) {
        return new String(content, from, content.length - from, charset);
    }

    /// A byte that is part of no character becomes the lone surrogate U+DC00 plus the byte.
    private static String utf8(byte[] content, int from) {
        var text = new StringBuilder(content.length);
        for (int i = from; i < content.length; ) {
            int size = Utf8.characterAt(content, i);
            if (size == 0) {
                text.append((char) (0xdc00 | (content[i] & 0xff)));
                i++;
            } else {
                text.append(new String(content, i, size, StandardCharsets.UTF_8));
                i += size;
            }
        }
        return text.toString();
    }

    private static String trim(String line) {
        int start = 0;
        int end = line.length();
        while (start < end && isSpace(line.charAt(start))) {
            start++;
        }
        while (end > start && isSpace(line.charAt(end - 1))) {
            end--;
        }
        return line.substring(start, end);
    }

    /// Unicode's white space, which Java's own test is not: it leaves out the no-break space.
    private static boolean isSpace(char c) {
        return (c >= '\t' && c <= '\r') || c == '\u0085' || Character.isSpaceChar(c);
    }

    /// As Go's `os.Expand`: `$NAME`, `${NAME}`; `${` without a name is dropped, a dollar sign before anything
    /// else stays.
    private static String expand(String line, Map<String, String> environment) {
        var out = new StringBuilder();
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c != '$' || i + 1 == line.length()) {
                out.append(c);
                continue;
            }
            int end = variableEnd(line, i + 1);
            String name = variableName(line, i + 1, end);
            if (end == i + 1) {
                out.append('$');
            } else {
                out.append(name.equals("$") ? "$" : environment.getOrDefault(name, ""));
            }
            i = end - 1;
        }
        return out.toString();
    }

    /// @param from behind the dollar sign; there is something
    private static int variableEnd(String line, int from) {
        if (line.charAt(from) == '{') {
            int brace = line.indexOf('}', from);
            return brace < 0 ? from + 1 : brace + 1;
        }
        if (SPECIAL.indexOf(line.charAt(from)) >= 0) {
            return from + 1;
        }
        int end = from;
        while (end < line.length() && isNameCharacter(line.charAt(end))) {
            end++;
        }
        return end;
    }

    private static String variableName(String line, int from, int end) {
        boolean braces = end > from && line.charAt(from) == '{';
        if (!braces) {
            return line.substring(from, end);
        }
        return line.charAt(end - 1) == '}' ? line.substring(from + 1, end - 1) : "";
    }

    private static boolean isNameCharacter(char c) {
        return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
