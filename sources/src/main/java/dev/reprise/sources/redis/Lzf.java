package dev.reprise.sources.redis;

/// LZF, the compression of strings in an RDB: literal runs, and references up to 8 KiB back.
final class Lzf {
    private static final int MAX_GROWTH = 264 / 3 + 1; // a 3-byte reference copies at most 264 bytes

    private Lzf() {}

    static byte[] decompress(byte[] in, long length) throws RdbFormatException {
        if (length > (long) in.length * MAX_GROWTH) {
            throw damaged();
        }
        byte[] out = new byte[Math.toIntExact(length)];
        int from = 0;
        int to = 0;
        try {
            while (from < in.length) {
                int control = in[from++] & 0xFF;
                if (control < 32) {
                    System.arraycopy(in, from, out, to, control + 1);
                    from += control + 1;
                    to += control + 1;
                } else {
                    int count = control >> 5;
                    if (count == 7) {
                        count += in[from++] & 0xFF;
                    }
                    int back = to - (((control & 0x1F) << 8) | (in[from++] & 0xFF)) - 1;
                    for (int i = 0; i < count + 2; i++) {
                        out[to++] = out[back++]; // may overlap what is being written
                    }
                }
            }
        } catch (IndexOutOfBoundsException e) {
            throw damaged();
        }
        if (to != out.length) {
            throw damaged();
        }
        return out;
    }

    private static RdbFormatException damaged() {
        return RdbFormatException.damaged("a compressed string");
    }
}
