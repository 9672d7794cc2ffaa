package dev.reprise.storage.sftp;

import dev.reprise.storage.url.StorageUrlException;
import java.util.ArrayList;
import java.util.List;

/// Splits an option's value into words exactly as restic does: at quotes, at white space and at
/// `\` outside quotes; empty words vanish, and `\` keeps a quote after it from counting. Nothing
/// is expanded.
final class ShellWords {
    private final List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private char quote;
    private char last;

    private ShellWords() {}

    /// @param option for the message
    /// @throws StorageUrlException if a quote is left open
    static List<String> split(String option, String text) {
        var splitter = new ShellWords();
        text.chars().forEach(c -> splitter.take((char) c));
        if (splitter.quote != 0) {
            throw new StorageUrlException("option " + option + " ends inside a quote", "close the quote", null);
        }
        splitter.end();
        return List.copyOf(splitter.words);
    }

    private void take(char c) {
        if (separates(c)) {
            end();
        } else {
            word.append(c);
        }
    }

    private boolean separates(char c) {
        if (last != '\\') {
            if (quote != 0 && c == quote) {
                quote = 0;
                return true;
            }
            if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
                return true;
            }
        }
        last = c;
        return quote == 0 && (c == '\\' || Character.isWhitespace(c));
    }

    private void end() {
        if (!word.isEmpty()) {
            words.add(word.toString());
            word.setLength(0);
        }
    }
}
