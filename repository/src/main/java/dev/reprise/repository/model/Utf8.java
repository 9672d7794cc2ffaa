package dev.reprise.repository.model;

/// Where characters end in bytes that may or may not be UTF-8, judged as Go does.
public final class Utf8 {
    private Utf8() {}

    /// @return length in bytes, 1 to 4, of the well-formed character that starts at `at`; 0 if none does
    public static int characterAt(byte[] bytes, int at) {
        int first = bytes[at] & 0xff;
        if (first < 0x80) {
            return 1;
        }
        if (first < 0xc2 || first > 0xf4) {
            return 0;
        }
        int size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        if (at + size > bytes.length || !secondByteFits(first, bytes[at + 1] & 0xff)) {
            return 0;
        }
        for (int i = 2; i < size; i++) {
            if ((bytes[at + i] & 0xc0) != 0x80) {
                return 0;
            }
        }
        return size;
    }

    /// Excludes overlong forms, surrogates and what lies above U+10FFFF.
    private static boolean secondByteFits(int first, int second) {
        int low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
        int high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        return second >= low && second <= high;
    }
}
