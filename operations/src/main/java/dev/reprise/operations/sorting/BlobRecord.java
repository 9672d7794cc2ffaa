package dev.reprise.operations.sorting;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Bytes that say where a blob lies, to be sorted: which blob first, so that copies lie side by side and
/// meet the blobs that are used.
public final class BlobRecord {
    /// Id and type: all there is of a used blob.
    public static final int HANDLE_BYTES = ObjectId.BYTES + 1;
    /// Besides: number of the pack, offset, stored length, plaintext length of a compressed blob.
    public static final int BYTES = HANDLE_BYTES + 16;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();

    private BlobRecord() {}

    public static void putHandle(byte[] record, BlobType type, ObjectId id) {
        id.writeTo(record, 0);
        record[ObjectId.BYTES] = code(type);
    }

    public static void putPlace(byte[] record, int pack, long offset, int length, int uncompressedLength) {
        putInt(record, HANDLE_BYTES, pack);
        putInt(record, HANDLE_BYTES + 4, (int) offset);
        putInt(record, HANDLE_BYTES + 8, length);
        putInt(record, HANDLE_BYTES + 12, uncompressedLength);
    }

    public static BlobHandle handle(byte[] record) {
        return handle(record, 0);
    }

    public static BlobHandle handle(byte[] record, int at) {
        return new BlobHandle(type(record[at + ObjectId.BYTES]), ObjectId.of(record, at));
    }

    /// How a type is written in records.
    public static byte code(BlobType type) {
        return switch (type) {
            case DATA -> 0;
            case TREE -> 1;
        };
    }

    public static BlobType type(byte code) {
        return code == 0 ? BlobType.DATA : BlobType.TREE;
    }

    public static int pack(byte[] record) {
        return getInt(record, HANDLE_BYTES);
    }

    public static int offset(byte[] record) {
        return getInt(record, HANDLE_BYTES + 4);
    }

    public static int length(byte[] record) {
        return getInt(record, HANDLE_BYTES + 8);
    }

    public static int uncompressedLength(byte[] record) {
        return getInt(record, HANDLE_BYTES + 12);
    }

    public static BlobLocation location(
            BlobHandle handle, ObjectId pack, int offset, int length, int uncompressedLength) {
        boolean compressed = uncompressedLength != 0;
        return new BlobLocation(
                handle,
                pack,
                Integer.toUnsignedLong(offset),
                length,
                compressed ? uncompressedLength : length - 32,
                compressed);
    }

    public static int getInt(byte[] record, int at) {
        return (int) INT.get(record, at);
    }

    public static void putInt(byte[] record, int at, int value) {
        INT.set(record, at, value);
    }
}
