package dev.reprise.serve;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A part of an object (RFC 9110, 14).
///
/// @param offset first byte
/// @param length in bytes, at least 1
record ByteRange(long offset, long length) {
    private static final Pattern ONE = Pattern.compile("bytes=\\s*([0-9]{0,19})\\s*-\\s*([0-9]{0,19})\\s*");

    /// What is answered to a `Range` header.
    sealed interface Wanted {
        /// 200, also where several ranges are asked for at once: an answer may be more than was asked for.
        record Whole() implements Wanted {}

        /// 206.
        record Part(ByteRange range) implements Wanted {}

        /// 416.
        record Beyond() implements Wanted {}
    }

    /// @param header null or empty when there is none
    /// @param size   of the object, in bytes
    static Wanted parse(@Nullable String header, long size) {
        // Clients send a range always; of an empty object there is none, and rest-server sends the whole.
        if (header == null || header.isEmpty() || size == 0 || header.indexOf(',') >= 0) {
            return new Wanted.Whole();
        }
        Matcher one = ONE.matcher(header);
        if (!one.matches()) {
            return new Wanted.Beyond();
        }
        return one.group(1).isEmpty()
                ? suffix(number(one.group(2)), size)
                : from(number(one.group(1)), one.group(2).isEmpty() ? Long.MAX_VALUE : number(one.group(2)), size);
    }

    private static Wanted suffix(long length, long size) {
        long most = Math.min(length, size);
        return most <= 0 ? new Wanted.Beyond() : new Wanted.Part(new ByteRange(size - most, most));
    }

    private static Wanted from(long first, long last, long size) {
        if (first < 0 || last < first || first >= size) {
            return new Wanted.Beyond();
        }
        return new Wanted.Part(new ByteRange(first, Math.min(last, size - 1) - first + 1));
    }

    private static long number(String digits) {
        try {
            return digits.isEmpty() ? -1 : Long.parseLong(digits);
        } catch (NumberFormatException e) {
            return -1; // beyond any object
        }
    }
}
