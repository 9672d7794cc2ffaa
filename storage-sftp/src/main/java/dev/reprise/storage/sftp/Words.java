package dev.reprise.storage.sftp;

/// What others said, made fit to be shown: no control characters, not endless.
final class Words {
    private Words() {}

    /// @param most characters
    static String printable(String text, int most) {
        String start = text.length() > most ? text.substring(0, most) + "…" : text;
        return start.replaceAll("[\\p{Cntrl}\\p{Cf}]+", " ").strip();
    }
}
