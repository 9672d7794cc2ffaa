package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes index documents byte for byte as restic does: member order, no white space, one newline at the end.
final class IndexEncoder {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    /// A blob with the largest numbers takes 162 bytes, a pack 96.
    private static final int ROOM = 256;

    private byte[] out = new byte[64 * 1024];
    private int length;
    private boolean firstPack = true;

    IndexEncoder() {
        text("{\"packs\":[");
    }

    void add(BlobIndex.PackContent content) {
        room();
        text(firstPack ? "{\"id\":\"" : ",{\"id\":\"");
        firstPack = false;
        id(content.pack());
        text("\",\"blobs\":[");
        boolean first = true;
        for (BlobLocation blob : content.blobs()) {
            blob(blob, first);
            first = false;
        }
        text("]}");
    }

    private void blob(BlobLocation blob, boolean first) {
        room();
        text(first ? "{\"id\":\"" : ",{\"id\":\"");
        id(blob.handle().id());
        text("\",\"type\":\"");
        text(blob.handle().type().word());
        text("\",\"offset\":");
        text(Long.toString(blob.offset()));
        text(",\"length\":");
        text(Integer.toString(blob.length()));
        if (blob.compressed()) {
            text(",\"uncompressed_length\":");
            text(Integer.toString(blob.plainLength()));
        }
        text("}");
    }

    /// The finished document.
    byte[] finish() {
        room();
        text("]}\n");
        return Arrays.copyOf(out, length);
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
