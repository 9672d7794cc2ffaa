package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.index.IndexParser.IndexedPack;
import dev.reprise.repository.model.HexDigits;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads index documents that are written exactly as restic writes them: members in its order, no white space but one
/// newline at the end. Nearly all are, and this takes a fraction of the time of reading JSON.
///
/// It only says yes or "another must look": whatever it does not expect, also what is wrong, is left to [IndexParser],
/// which knows how to name it. What it accepts means the same there.
final class CompactIndexParser {
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();

    private static final long PACKS = eight("{\"packs\"");
    private static final long TYPE = eight("\",\"type\"");
    private static final long OF_DATA = eight(":\"data\",");
    private static final long OF_TREE = eight(":\"tree\",");
    private static final long OFFSET = eight("\"offset\"");
    private static final long LENGTH = eight(",\"length");
    private static final long UNCOMPRESSED = eight(",\"uncomp");
    private static final long RESSED = eight("ressed_l");
    private static final long BLOBS = eight("\",\"blobs");
    private static final long LENGTH_END = eight("length\":");
    private static final int MAX_DIGITS = 10;
    private static final long UINT32_MAX = 0xFFFF_FFFFL;

    private final byte[] in;
    private final int length;
    private final int version;
    private final PackEntries entries;
    private int at;
    private boolean unexpected;

    private CompactIndexParser(byte[] in, int length, int version, PackEntries entries) {
        this.in = in;
        this.length = length;
        this.version = version;
        this.entries = entries;
    }

    private static long eight(String ascii) {
        return (long) EIGHT.get(ascii.getBytes(StandardCharsets.US_ASCII), 0);
    }

    /// @param in      the document, and whatever behind it
    /// @param length  of the document
    /// @param version of the repository: 1 knows no compression
    /// @param entries takes the entries of all packs; those of the result are ranges of it
    /// @return null if another must look
    static @Nullable List<IndexedPack> parse(byte[] in, int length, int version, PackEntries entries) {
        var parser = new CompactIndexParser(in, length, version, entries);
        try {
            List<Range> ranges = parser.document();
            return parser.unexpected ? null : parser.packs(ranges);
        } catch (IndexOutOfBoundsException _) {
            return null; // it ends too soon
        }
    }

    /// One pack and where its entries end: arrays may still be replaced by larger ones.
    private record Range(ObjectId pack, int end) {}

    private List<IndexedPack> packs(List<Range> ranges) {
        List<IndexedPack> packs = new ArrayList<>(ranges.size());
        int start = 0;
        for (Range range : ranges) {
            packs.add(new IndexedPack(range.pack(), entries.range(start, range.end())));
            start = range.end();
        }
        return packs;
    }

    /// What lies behind the end of the document may be read as if it belonged to it; then the position behind all is
    /// not its length.
    private List<Range> document() {
        List<Range> packs = new ArrayList<>();
        expect(PACKS);
        expect(':');
        expect('[');
        if (in[at] == ']') {
            at++;
        } else {
            do {
                packs.add(pack());
            } while (!unexpected && another());
        }
        expect('}');
        if (at < length) {
            expect('\n');
        }
        unexpected |= at != length;
        return packs;
    }

    private Range pack() {
        ObjectId id = idMember();
        expect(BLOBS);
        expect('"');
        expect(':');
        expect('[');
        if (in[at] == ']') {
            at++;
        } else {
            do {
                blob();
            } while (!unexpected && another());
        }
        expect('}');
        return new Range(id, entries.size());
    }

    private void blob() {
        idStart();
        long w0 = word();
        long w1 = word();
        long w2 = word();
        long w3 = word();
        expect(TYPE);
        long type = (long) EIGHT.get(in, at);
        at += Long.BYTES;
        expect(OFFSET);
        expect(':');
        long offset = number();
        expect(LENGTH);
        expect('"');
        expect(':');
        long stored = number();
        long uncompressed = in[at] == ',' ? uncompressedLength() : 0;
        expect('}');
        unexpected |= (w0 | w1 | w2 | w3) == 0;
        unexpected |= type != OF_DATA && type != OF_TREE;
        unexpected |= version == 1 && uncompressed != 0;
        unexpected |= stored < PackEntries.SEAL_BYTES || stored > Integer.MAX_VALUE;
        unexpected |= uncompressed > Integer.MAX_VALUE || offset + stored > UINT32_MAX;
        if (!unexpected) {
            entries.add(w0, w1, w2, w3, type == OF_TREE, (int) offset, (int) stored, (int) uncompressed);
        }
    }

    private long uncompressedLength() {
        expect(UNCOMPRESSED);
        expect(RESSED);
        at--; // the last eight bytes start with the 'l'
        expect(LENGTH_END);
        return number();
    }

    /// `{"id":"` and the id.
    private ObjectId idMember() {
        idStart();
        var id = new ObjectId(word(), word(), word(), word());
        unexpected |= id.isNull();
        return id;
    }

    private void idStart() {
        expect('{');
        expect('"');
        expect('i');
        expect('d');
        expect('"');
        expect(':');
        expect('"');
    }

    /// 16 digits.
    private long word() {
        long high = half();
        return (high << 32) | half();
    }

    private long half() {
        long value = HexDigits.eight(in, at);
        at += HexDigits.EIGHT;
        unexpected |= value < 0;
        return value;
    }

    private long number() {
        int start = at;
        long value = 0;
        for (int digit = in[at] - '0'; digit >= 0 && digit <= 9 && at - start <= MAX_DIGITS; digit = in[at] - '0') {
            value = 10 * value + digit;
            at++;
        }
        int digits = at - start;
        unexpected |= digits == 0 || digits > MAX_DIGITS || (digits > 1 && in[start] == '0') || value > UINT32_MAX;
        return value;
    }

    /// Behind an element: whether another follows. Else the array has ended.
    private boolean another() {
        byte next = in[at++];
        unexpected |= next != ',' && next != ']';
        return next == ',';
    }

    private void expect(char ascii) {
        unexpected |= in[at++] != ascii;
    }

    private void expect(long eight) {
        unexpected |= (long) EIGHT.get(in, at) != eight;
        at += Long.BYTES;
    }
}
