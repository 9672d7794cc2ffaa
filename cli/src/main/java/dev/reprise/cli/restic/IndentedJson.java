package dev.reprise.cli.restic;

import java.nio.charset.StandardCharsets;

/// A JSON document with two spaces for each level, as Go's `MarshalIndent` writes it. Strings and numbers are not
/// touched, so the document may hold anything.
final class IndentedJson {
    private final byte[] json;
    private final StringBuilder out;
    private int depth;

    private IndentedJson(byte[] json) {
        this.json = json;
        this.out = new StringBuilder(2 * json.length);
    }

    /// @param json well-formed
    static String of(byte[] json) {
        return new IndentedJson(json).run();
    }

    private String run() {
        String text = new String(json, StandardCharsets.UTF_8);
        boolean string = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (string) {
                out.append(c);
                if (c == '\\' && i + 1 < text.length()) {
                    out.append(text.charAt(++i));
                } else if (c == '"') {
                    string = false;
                }
            } else {
                string = c == '"';
                structure(c);
            }
        }
        return out.toString();
    }

    private void structure(char c) {
        switch (c) {
            case '{', '[' -> {
                depth++;
                out.append(c);
                line();
            }
            case '}', ']' -> {
                depth--;
                close(c);
            }
            case ',' -> {
                out.append(c);
                line();
            }
            case ':' -> out.append(": ");
            case ' ', '\t', '\n', '\r' -> {}
            default -> out.append(c);
        }
    }

    private void line() {
        out.append('\n').append("  ".repeat(depth));
    }

    /// Nothing stands between the brackets of an empty list.
    private void close(char c) {
        int end = out.length();
        while (Character.isWhitespace(out.charAt(end - 1))) {
            end--;
        }
        boolean empty = out.charAt(end - 1) == (c == '}' ? '{' : '[');
        if (empty) {
            out.setLength(end);
        } else {
            line();
        }
        out.append(c);
    }
}
