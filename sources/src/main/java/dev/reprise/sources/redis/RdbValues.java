package dev.reprise.sources.redis;

import dev.reprise.sources.redis.RdbCensus.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Reads the value of a key in any encoding and digests what clients see of it. One algorithm: the type table of
/// `rdb.h`. Values of modules are passed over; only that they exist is digested.
final class RdbValues {
    private static final byte[] NOTHING = {};
    private static final int FIRST_OWN_TYPE = 22;
    private static final int VALKEY = 256;

    private final RdbInput in;
    private final boolean digesting;

    /// @param digesting if false, values are passed over and every digest is empty
    RdbValues(RdbInput in, boolean digesting) {
        this.in = in;
        this.digesting = digesting;
    }

    /// From 22 on, Redis and Valkey number types each on their own; Valkey's are told apart by adding 256.
    static int type(int number, boolean valkey) {
        return valkey && number >= FIRST_OWN_TYPE ? VALKEY + number : number;
    }

    static Kind kind(int type) throws RdbFormatException {
        return switch (type) {
            case 0 -> Kind.STRING;
            case 1, 10, 14, 18 -> Kind.LIST;
            case 2, 11, 20 -> Kind.SET;
            case 3, 5, 12, 17 -> Kind.ZSET;
            case 4, 9, 13, 16, 24, 25, VALKEY + 22 -> Kind.HASH;
            case 15, 19, 21 -> Kind.STREAM;
            case 7 -> Kind.MODULE;
            default -> throw RdbFormatException.unknown("RDB type " + type);
        };
    }

    @FunctionalInterface
    private interface Decoder {
        List<byte[]> decode(byte[] packed) throws RdbFormatException;
    }

    byte[] digest(int type) throws IOException {
        return switch (type) {
            case 0 -> string();
            case 1 -> list();
            case 2 -> set();
            case 3, 5 -> sortedSet(type == 5);
            case 4 -> hash();
            case 7 -> {
                in.length();
                skipModule();
                yield NOTHING;
            }
            case 9 -> hash(packed(PackedElements::ofZipmap));
            case 10 -> list(packed(PackedElements::ofZiplist));
            case 11 -> set(packed(PackedElements::ofIntset));
            case 12 -> sortedSet(packed(PackedElements::ofZiplist));
            case 13 -> hash(packed(PackedElements::ofZiplist));
            case 14 -> quickList(false);
            case 16 -> hash(packed(PackedElements::ofListpack));
            case 17 -> sortedSet(packed(PackedElements::ofListpack));
            case 18 -> quickList(true);
            case 20 -> set(packed(PackedElements::ofListpack));
            case 24 -> hashWithExpiries();
            case 25 -> packedHashWithExpiries();
            case VALKEY + 22 -> valkeyHashWithExpiries();
            case 15, 19, 21 -> new RdbStreamValue(in, digesting).digest(type);
            default -> throw RdbFormatException.unknown("RDB type " + type);
        };
    }

    private List<byte[]> packed(Decoder decoder) throws IOException {
        if (!digesting) {
            in.skipString();
            return List.of();
        }
        return decoder.decode(in.string());
    }

    private byte[] element() throws IOException {
        if (!digesting) {
            in.skipString();
            return NOTHING;
        }
        return in.string();
    }

    private byte[] string() throws IOException {
        byte[] value = element();
        return digesting ? new ContentDigest.Parts().add(value).take() : NOTHING;
    }

    private byte[] list() throws IOException {
        var parts = new ContentDigest.Parts();
        for (long left = in.count(); left > 0; left--) {
            parts.add(element());
        }
        return parts.take();
    }

    private byte[] list(List<byte[]> elements) {
        var parts = new ContentDigest.Parts();
        elements.forEach(parts::add);
        return parts.take();
    }

    /// A list of nodes, each several elements packed or (in the second form) one plain element.
    private byte[] quickList(boolean second) throws IOException {
        var parts = new ContentDigest.Parts();
        for (long nodes = in.count(); nodes > 0; nodes--) {
            if (second && in.length() == 1) {
                parts.add(element());
            } else {
                packed(second ? PackedElements::ofListpack : PackedElements::ofZiplist)
                        .forEach(parts::add);
            }
        }
        return parts.take();
    }

    private byte[] set() throws IOException {
        var sum = new ContentDigest();
        for (long left = in.count(); left > 0; left--) {
            sum.add(new ContentDigest.Parts().add(element()).take());
        }
        return digest(sum);
    }

    private byte[] set(List<byte[]> members) {
        var sum = new ContentDigest();
        for (byte[] member : members) {
            sum.add(new ContentDigest.Parts().add(member).take());
        }
        return digest(sum);
    }

    private static byte[] digest(ContentDigest sum) {
        return new ContentDigest.Parts().add(sum).take();
    }

    private byte[] sortedSet(boolean binary) throws IOException {
        var sum = new ContentDigest();
        for (long left = in.count(); left > 0; left--) {
            byte[] member = element();
            addScored(sum, member, binary ? Double.longBitsToDouble(in.littleEndian(8)) : textScore());
        }
        return digest(sum);
    }

    private double textScore() throws IOException {
        int length = in.unsignedByte();
        return switch (length) {
            case 253 -> Double.NaN;
            case 254 -> Double.POSITIVE_INFINITY;
            case 255 -> Double.NEGATIVE_INFINITY;
            default -> score(in.bytes(length));
        };
    }

    private byte[] sortedSet(List<byte[]> elements) throws RdbFormatException {
        requireGroups(elements, 2);
        var sum = new ContentDigest();
        for (int i = 0; i < elements.size(); i += 2) {
            addScored(sum, elements.get(i), score(elements.get(i + 1)));
        }
        return digest(sum);
    }

    private static void addScored(ContentDigest sum, byte[] member, double score) {
        long bits = Double.doubleToLongBits(score + 0.0); // a negative zero becomes zero
        sum.add(new ContentDigest.Parts().add(member).add(bits).take());
    }

    private static double score(byte[] bytes) throws RdbFormatException {
        String text = new String(bytes, StandardCharsets.US_ASCII);
        try {
            return switch (text) {
                case "inf" -> Double.POSITIVE_INFINITY;
                case "-inf" -> Double.NEGATIVE_INFINITY;
                case "nan" -> Double.NaN;
                default -> Double.parseDouble(text);
            };
        } catch (NumberFormatException e) {
            throw RdbFormatException.damaged("a score");
        }
    }

    private byte[] hash() throws IOException {
        var sum = new ContentDigest();
        for (long left = in.count(); left > 0; left--) {
            addField(sum, element(), element(), 0);
        }
        return digest(sum);
    }

    private byte[] hash(List<byte[]> elements) throws RdbFormatException {
        requireGroups(elements, 2);
        var sum = new ContentDigest();
        for (int i = 0; i < elements.size(); i += 2) {
            addField(sum, elements.get(i), elements.get(i + 1), 0);
        }
        return digest(sum);
    }

    /// The earliest expiry (8 bytes), then per field: its expiry relative to that plus one, or zero for none.
    private byte[] hashWithExpiries() throws IOException {
        long earliest = in.littleEndian(8);
        var sum = new ContentDigest();
        for (long left = in.count(); left > 0; left--) {
            long relative = in.length();
            addField(sum, element(), element(), relative == 0 ? 0 : earliest + relative - 1);
        }
        return digest(sum);
    }

    /// Per field, after its value: 8 bytes with its expiry, or -1.
    private byte[] valkeyHashWithExpiries() throws IOException {
        var sum = new ContentDigest();
        for (long left = in.count(); left > 0; left--) {
            byte[] field = element();
            byte[] value = element();
            addField(sum, field, value, Math.max(0, in.littleEndian(8)));
        }
        return digest(sum);
    }

    private byte[] packedHashWithExpiries() throws IOException {
        in.littleEndian(8);
        List<byte[]> elements = packed(PackedElements::ofListpack);
        requireGroups(elements, 3);
        var sum = new ContentDigest();
        for (int i = 0; i < elements.size(); i += 3) {
            addField(sum, elements.get(i), elements.get(i + 1), number(elements.get(i + 2)));
        }
        return digest(sum);
    }

    static long number(byte[] element) throws RdbFormatException {
        try {
            return Long.parseLong(new String(element, StandardCharsets.US_ASCII));
        } catch (NumberFormatException e) {
            throw RdbFormatException.damaged("a number");
        }
    }

    private static void addField(ContentDigest sum, byte[] field, byte[] value, long expiry) {
        sum.add(new ContentDigest.Parts().add(field).add(value).add(expiry).take());
    }

    private static void requireGroups(List<byte[]> elements, int size) throws RdbFormatException {
        if (elements.size() % size != 0) {
            throw RdbFormatException.damaged("a packed collection");
        }
    }

    /// Numbers, floats and strings with an opcode each, up to opcode 0.
    void skipModule() throws IOException {
        for (long opcode = in.length(); opcode != 0; opcode = in.length()) {
            switch ((int) opcode) {
                case 1, 2 -> in.length();
                case 3 -> in.skip(4);
                case 4 -> in.skip(8);
                case 5 -> in.skipString();
                default -> throw RdbFormatException.unknown("module opcode " + opcode);
            }
        }
    }
}
