package dev.reprise.compat.hostile;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Turns valid bytes into nearly valid ones.
final class Mutation {
    private static final int MOST_CHANGES = 4;
    private static final int MOST_BYTES = 1 << 20;
    private static final List<String> WORDS = List.of(
            "-1",
            "0",
            "4294967296",
            "9223372036854775807",
            "-9223372036854775808",
            "18446744073709551616",
            "1e999",
            "1.5",
            "null",
            "true",
            "{}",
            "[]",
            "\"\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\\",
            "\"..\"",
            "\"/\"",
            "\"../../etc/passwd\"",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999999+14:00",
            "{\"a\":",
            "[",
            "]",
            "}",
            ",",
            ":",
            "\"nodes\":",
            "\"subtree\":",
            "\"content\":",
            "\"packs\":",
            "\"blobs\":",
            "\"id\":",
            "\u00e9\u20ac",
            " ");

    private final SplittableRandom random;

    Mutation(SplittableRandom random) {
        this.random = random;
    }

    byte[] of(byte[] valid, List<byte[]> others) {
        byte[] bytes = valid;
        for (int changes = 1 + random.nextInt(MOST_CHANGES); changes > 0 && bytes.length < MOST_BYTES; changes--) {
            bytes = change(bytes, others);
        }
        return bytes;
    }

    private byte[] change(byte[] bytes, List<byte[]> others) {
        int at = random.nextInt(bytes.length + 1);
        int end = at + random.nextInt(Math.min(64, bytes.length - at) + 1);
        return switch (random.nextInt(9)) {
            case 0 -> flipped(bytes);
            case 1 -> Arrays.copyOf(bytes, at);
            case 2 -> spliced(bytes, at, new byte[0], end);
            case 3 -> spliced(bytes, at, word(), end);
            case 4 -> spliced(bytes, at, word(), at);
            case 5 -> spliced(bytes, at, Arrays.copyOfRange(bytes, at, end), at);
            case 6 -> spliced(bytes, at, repeated(), at);
            case 7 -> spliced(bytes, at, tail(others), bytes.length);
            default -> spliced(bytes, at, new byte[] {(byte) random.nextInt(256)}, Math.min(bytes.length, at + 1));
        };
    }

    private byte[] flipped(byte[] bytes) {
        byte[] flipped = bytes.clone();
        if (flipped.length > 0) {
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return flipped;
    }

    private byte[] word() {
        return WORDS.get(random.nextInt(WORDS.size())).getBytes(StandardCharsets.UTF_8);
    }

    /// Deep or long.
    private byte[] repeated() {
        String word = WORDS.get(random.nextInt(WORDS.size()));
        return word.repeat(1 << random.nextInt(14)).getBytes(StandardCharsets.UTF_8);
    }

    private byte[] tail(List<byte[]> others) {
        byte[] other = others.get(random.nextInt(others.size()));
        return Arrays.copyOfRange(other, random.nextInt(other.length + 1), other.length);
    }

    private static byte[] spliced(byte[] bytes, int from, byte[] middle, int to) {
        var out = new ByteArrayOutputStream();
        out.write(bytes, 0, from);
        out.writeBytes(middle);
        out.write(bytes, to, bytes.length - to);
        return out.toByteArray();
    }
}
