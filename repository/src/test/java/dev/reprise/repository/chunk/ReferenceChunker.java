package dev.reprise.repository.chunk;

import java.util.ArrayList;
import java.util.List;

/// The five steps of the repository format, section 4.3, written down literally: a ring window, one byte at a time.
final class ReferenceChunker {
    private final long[] out = new long[256];
    private final long[] mod = new long[256];

    ReferenceChunker(Polynomial polynomial) {
        for (int b = 0; b < 256; b++) {
            long hash = Polynomial.mod(b, polynomial.bits());
            for (int i = 0; i < 63; i++) {
                hash = Polynomial.mod(hash << 8, polynomial.bits());
            }
            out[b] = hash;
            mod[b] = Polynomial.mod((long) b << 53, polynomial.bits()) | (long) b << 53;
        }
    }

    List<Integer> lengths(byte[] data) {
        List<Integer> lengths = new ArrayList<>();
        int start = 0;
        while (start < data.length) {
            int length = next(data, start);
            lengths.add(length);
            start += length;
        }
        return lengths;
    }

    private int next(byte[] data, int start) {
        byte[] window = new byte[64];
        window[0] = 1;
        int position = 1;
        long digest = 1;
        int skip = Math.min(Chunker.MIN_BYTES - 64, data.length - start);
        int length = skip;
        while (start + length < data.length) {
            byte b = data[start + length];
            int gone = window[position] & 0xff;
            window[position] = b;
            position = (position + 1) % 64;
            digest ^= out[gone];
            int index = (int) (digest >>> 45);
            digest = ((digest << 8) | (b & 0xff)) ^ mod[index];
            length++;
            boolean split = (digest & 0xFFFFF) == 0 || length >= Chunker.MAX_BYTES;
            if (split && length >= Chunker.MIN_BYTES) {
                break;
            }
        }
        return length;
    }
}
