package dev.reprise.storage.web;

/// What servers say of themselves, made fit for a message.
public final class ServerWords {
    private static final int LONGEST = 300;

    private ServerWords() {}

    /// One line of at most 300 characters, without control characters.
    public static String printable(String words) {
        String start = words.length() > LONGEST ? words.substring(0, LONGEST) + "…" : words;
        return start.replaceAll("[\\p{Cntrl}\\p{Cf}]+", " ").strip();
    }
}
