package dev.reprise.repository.cache;

import dev.reprise.repository.crypto.Sealer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/// A stream of bytes as sealed chunks of equal length, the last one shorter or equal. Belongs to one thread.
///
/// A seal says nothing about where its chunk belongs, so each starts with the name of the stream, drawn at random, its
/// own number, and whether it is the last: chunks cannot be left out, swapped or taken from another stream.
public final class SealedOutput {
    /// Stays in the processor's caches from the copy to the seal.
    public static final int CHUNK_BYTES = 256 * 1024;
    /// Name of the stream (16), number of the chunk (4), whether it is the last (4).
    static final int HEADER_BYTES = 24;

    private final WritableByteChannel channel;
    private final Sealer sealer;
    /// A chunk being filled, at the place where it is sealed without being moved.
    private final byte[] chunk = new byte[Sealer.OVERHEAD + CHUNK_BYTES];
    private final ByteBuffer content =
            ByteBuffer.wrap(chunk, Sealer.IV_BYTES, CHUNK_BYTES).slice().order(ByteOrder.nativeOrder());
    private final byte[] name;
    private int number;

    /// @param name 16 bytes drawn at random
    SealedOutput(WritableByteChannel channel, Sealer sealer, byte[] name) {
        this.channel = channel;
        this.sealer = sealer;
        this.name = name.clone();
        content.position(HEADER_BYTES);
    }

    public void put(int value) throws IOException {
        room(Integer.BYTES);
        content.putInt(value);
    }

    public void put(long value) throws IOException {
        room(Long.BYTES);
        content.putLong(value);
    }

    public void put(MemorySegment bytes) throws IOException {
        long done = 0;
        while (done < bytes.byteSize()) {
            room(1);
            int part = (int) Math.min(content.remaining(), bytes.byteSize() - done);
            int at = Sealer.IV_BYTES + content.position();
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, done, chunk, at, part);
            content.position(content.position() + part);
            done += part;
        }
    }

    public void put(byte[] bytes) throws IOException {
        for (int done = 0; done < bytes.length; ) {
            room(1);
            int part = Math.min(content.remaining(), bytes.length - done);
            content.put(bytes, done, part);
            done += part;
        }
    }

    /// Writes the last chunk.
    void finish() throws IOException {
        seal(true);
    }

    /// Chunks are full; a value that has no room in one starts the next.
    private void room(int bytes) throws IOException {
        if (content.remaining() < bytes) {
            while (content.hasRemaining()) {
                content.put((byte) 0);
            }
            seal(false);
        }
    }

    private void seal(boolean last) throws IOException {
        int length = content.position();
        content.put(0, name).putInt(name.length, number++).putInt(name.length + 4, last ? 1 : 0);
        int sealed = sealer.seal(chunk, Sealer.IV_BYTES, length, chunk, 0);
        ByteBuffer out = ByteBuffer.wrap(chunk, 0, sealed);
        while (out.hasRemaining()) {
            channel.write(out);
        }
        content.clear().position(HEADER_BYTES);
    }
}
