package dev.reprise.sources.redis;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

// A stream lies in an RDB as nodes of a radix tree, each a listpack of entries relative to the node's first one. How
// entries are spread over nodes is the server's affair, so entries are digested one by one, deleted ones left out.
// Times at which consumers were last seen move without any change of data and are left out too.

/// Reads a value of type stream: entries, last id, and groups with their pending entries.
final class RdbStreamValue {
    private static final int DELETED = 1;
    private static final int SAME_FIELDS = 2;
    private static final int ID_BYTES = 16;

    private final RdbInput in;
    private final boolean digesting;
    private final ContentDigest.Parts parts = new ContentDigest.Parts();

    RdbStreamValue(RdbInput in, boolean digesting) {
        this.in = in;
        this.digesting = digesting;
    }

    /// @param type 15, 19 (with first id and counts) or 21 (with the times consumers were active)
    byte[] digest(int type) throws IOException {
        for (long nodes = in.count(); nodes > 0; nodes--) {
            node();
        }
        parts.add(in.length()); // entries
        parts.add(in.length()).add(in.length()); // last id
        if (type >= 19) {
            for (int i = 0; i < 5; i++) {
                in.length(); // first id, greatest deleted id, entries ever added: follow from commands, not from data
            }
        }
        var groups = new ContentDigest();
        for (long left = in.count(); left > 0; left--) {
            groups.add(group(type));
        }
        return parts.add(groups).take();
    }

    private void node() throws IOException {
        byte[] key = in.string();
        if (!digesting) {
            in.skipString();
            return;
        }
        byte[] packed = in.string();
        if (key.length != ID_BYTES) {
            throw damaged();
        }
        try {
            entries(ByteBuffer.wrap(key), PackedElements.ofListpack(packed));
        } catch (IndexOutOfBoundsException | ArithmeticException e) {
            throw damaged();
        }
    }

    private static RdbFormatException damaged() {
        return RdbFormatException.damaged("a stream");
    }

    /// Master entry: live entries, deleted ones, field names with their count, 0. Then each entry: flags, id relative
    /// to the node's key, fields (names only if they differ from the master's), count of its own elements.
    private void entries(ByteBuffer key, List<byte[]> elements) throws RdbFormatException {
        long milliseconds = key.getLong();
        long sequence = key.getLong();
        int at = 0;
        long count = RdbValues.number(elements.get(at++)) + RdbValues.number(elements.get(at++));
        int masterFields = Math.toIntExact(RdbValues.number(elements.get(at++)));
        int masterAt = at;
        at += masterFields + 1;
        for (long i = 0; i < count; i++) {
            long flags = RdbValues.number(elements.get(at++));
            long entryMilliseconds = milliseconds + RdbValues.number(elements.get(at++));
            long entrySequence = sequence + RdbValues.number(elements.get(at++));
            boolean same = (flags & SAME_FIELDS) != 0;
            int fields = same ? masterFields : Math.toIntExact(RdbValues.number(elements.get(at++)));
            boolean live = (flags & DELETED) == 0;
            if (live) {
                parts.add(entryMilliseconds).add(entrySequence).add(fields);
            }
            for (int field = 0; field < fields; field++) {
                byte[] name = elements.get(same ? masterAt + field : at++);
                byte[] value = elements.get(at++);
                if (live) {
                    parts.add(name).add(value);
                }
            }
            at++;
        }
    }

    private byte[] group(int type) throws IOException {
        var group = new ContentDigest.Parts();
        group.add(in.string());
        group.add(in.length()).add(in.length()); // last delivered id
        if (type >= 19) {
            in.length(); // entries read: an estimate
        }
        var pending = new ContentDigest();
        for (long left = in.count(); left > 0; left--) {
            var entry = new ContentDigest.Parts().add(in.bytes(ID_BYTES));
            in.littleEndian(8); // delivery time
            pending.add(entry.add(in.length()).take()); // times delivered
        }
        var consumers = new ContentDigest();
        for (long left = in.count(); left > 0; left--) {
            consumers.add(consumer(type));
        }
        return group.add(pending).add(consumers).take();
    }

    private byte[] consumer(int type) throws IOException {
        var consumer = new ContentDigest.Parts().add(in.string());
        in.littleEndian(8); // last seen
        if (type >= 21) {
            in.littleEndian(8); // last active
        }
        for (long left = in.count(); left > 0; left--) {
            consumer.add(in.bytes(ID_BYTES));
        }
        return consumer.take();
    }
}
