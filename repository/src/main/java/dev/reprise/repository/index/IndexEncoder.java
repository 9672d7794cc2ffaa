package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.GoJsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes index documents byte for byte as restic does: member order, no white space, one newline at the
/// end.
final class IndexEncoder {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    /// A blob with the largest numbers takes 162 bytes, a pack 96.
    private static final int ROOM = 256;

    private byte[] out = new byte[64 * 1024];
    private int length;
    private boolean firstPack = true;

    IndexEncoder() {
        restart();
    }

    /// Begins another document in the same memory.
    void restart() {
        length = 0;
        firstPack = true;
        text("{\"packs\":[");
    }

    void add(BlobIndex.PackContent content) {
        open(content.pack(), firstPack);
        firstPack = false;
        boolean first = true;
        for (BlobLocation blob : content.blobs()) {
            blob(blob, first);
            first = false;
        }
        text("]}");
    }

    void add(ObjectId pack, PackEntries entries) {
        open(pack, firstPack);
        firstPack = false;
        blobs(entries);
        text("]}");
    }

    private void open(ObjectId pack, boolean first) {
        room();
        text(first ? "{\"id\":\"" : ",{\"id\":\"");
        id(pack);
        text("\",\"blobs\":[");
    }

    private void blobs(PackEntries entries) {
        for (int i = 0; i < entries.size(); i++) {
            blob(entries.id(i), entries.type(i), entries.offset(i), entries.length(i), i == 0);
            if (entries.uncompressedLength(i) != 0) {
                uncompressed(entries.uncompressedLength(i));
            }
            text("}");
        }
    }

    /// Ends the list of packs and lists those that wait for their deletion, as rustic does.
    void addMarked(List<MarkedPack> marked) {
        if (marked.isEmpty()) {
            return;
        }
        room();
        text("],\"packs_to_delete\":[");
        boolean first = true;
        for (MarkedPack pack : marked) {
            open(pack.pack(), first);
            first = false;
            blobs(pack.entries());
            room();
            text("]");
            time(pack.time());
            if (pack.size() >= 0) {
                text(",\"size\":");
                text(Long.toString(pack.size()));
            }
            text("}");
        }
    }

    private void time(@Nullable String time) {
        if (time == null) {
            return;
        }
        byte[] quoted = new GoJsonWriter().string(time).toByteArray();
        text(",\"time\":");
        if (out.length - length < quoted.length + ROOM) {
            out = Arrays.copyOf(out, Math.addExact(out.length, quoted.length + ROOM));
        }
        System.arraycopy(quoted, 0, out, length, quoted.length);
        length += quoted.length;
    }

    private void blob(BlobLocation blob, boolean first) {
        blob(blob.handle().id(), blob.handle().type(), blob.offset(), blob.length(), first);
        if (blob.compressed()) {
            uncompressed(blob.plainLength());
        }
        text("}");
    }

    private void blob(ObjectId id, BlobType type, long offset, int stored, boolean first) {
        room();
        text(first ? "{\"id\":\"" : ",{\"id\":\"");
        id(id);
        text("\",\"type\":\"");
        text(type.word());
        text("\",\"offset\":");
        text(Long.toString(offset));
        text(",\"length\":");
        text(Integer.toString(stored));
    }

    private void uncompressed(int plain) {
        text(",\"uncompressed_length\":");
        text(Integer.toString(plain));
    }

    /// The finished document.
    byte[] finish() {
        int size = end();
        return Arrays.copyOf(out, size);
    }

    /// Finishes the document where it is.
    ///
    /// @return its length, from the start of [#buffer()]
    int end() {
        room();
        text("]}\n");
        return length;
    }

    /// Valid until more is added.
    byte[] buffer() {
        return out;
    }

    private void room() {
        if (out.length - length < ROOM) {
            out = Arrays.copyOf(out, Math.addExact(out.length, out.length >> 1));
        }
    }

    private void text(String ascii) {
        for (int i = 0; i < ascii.length(); i++) {
            out[length++] = (byte) ascii.charAt(i);
        }
    }

    private void id(ObjectId id) {
        word(id.w0());
        word(id.w1());
        word(id.w2());
        word(id.w3());
    }

    private void word(long word) {
        for (int shift = 60; shift >= 0; shift -= 4) {
            out[length++] = HEX[(int) (word >>> shift) & 0xf];
        }
    }
}
