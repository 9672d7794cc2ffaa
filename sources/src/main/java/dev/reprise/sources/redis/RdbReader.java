package dev.reprise.sources.redis;

import dev.reprise.sources.redis.RdbCensus.Kind;
import java.io.IOException;
import java.io.InputStream;

/// Reads an RDB key by key: opcodes, keys and types. What a value is made of, [RdbValues] knows.
final class RdbReader {
    private static final int CHECKSUM_BYTES = 8;

    private final RdbInput in;
    private final RdbValues values;
    private final RdbCensus census;
    private boolean valkey;
    private long database;
    private long expiry = -1;

    private RdbReader(InputStream stream, boolean digesting) {
        this.in = new RdbInput(stream);
        this.values = new RdbValues(in, digesting);
        this.census = new RdbCensus(digesting);
    }

    /// Reads to the end, of which the end opcode and the checksum are the last; the checksum is not checked.
    ///
    /// @throws RdbFormatException at anything damaged, or not known to this program
    static RdbCensus read(InputStream stream, boolean digesting) throws IOException {
        var reader = new RdbReader(stream, digesting);
        RdbVersion version = RdbVersion.parse(reader.in.bytes(RdbVersion.HEADER_BYTES));
        reader.valkey = version.valkey();
        for (int opcode = reader.in.unsignedByte(); opcode != 255; opcode = reader.in.unsignedByte()) {
            reader.record(opcode);
        }
        reader.in.skip(CHECKSUM_BYTES);
        reader.in.requireEnd();
        return reader.census;
    }

    private void record(int opcode) throws IOException {
        switch (opcode) {
            case 254 -> database = in.length(); // select database
            case 253 -> expiry = in.littleEndian(4) * 1000; // seconds
            case 252 -> expiry = in.littleEndian(8); // milliseconds
            case 251 -> lengths(2); // sizes of the tables to come
            case 250 -> { // auxiliary field
                in.skipString();
                in.skipString();
            }
            case 249 -> in.unsignedByte(); // how often the next key is used
            case 248 -> in.length(); // how long it was not
            case 247 -> { // data of a module outside of keys
                in.length();
                values.skipModule();
            }
            case 245 -> { // functions
                in.skipString();
                census.function();
            }
            case 244 -> lengths(3); // sizes of a cluster slot
            default -> key(opcode);
        }
    }

    private void lengths(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            in.length();
        }
    }

    private void key(int opcode) throws IOException {
        int type = RdbValues.type(opcode, valkey);
        Kind kind = RdbValues.kind(type);
        byte[] key = in.string();
        census.key(database, kind, key, expiry, values.digest(type));
        expiry = -1;
    }
}
