package dev.reprise.repository.cache;

import dev.reprise.repository.crypto.ForgedException;
import dev.reprise.repository.crypto.Sealer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;

/// Reads what a [SealedOutput] wrote. Gives no byte that was not authenticated in its place. Belongs to one thread.
public final class SealedInput {
    private final ReadableByteChannel channel;
    private final Sealer sealer;
    private final byte[] chunk = new byte[Sealer.OVERHEAD + SealedOutput.CHUNK_BYTES];
    private final ByteBuffer content = ByteBuffer.wrap(chunk, Sealer.IV_BYTES, SealedOutput.CHUNK_BYTES)
            .slice()
            .order(ByteOrder.nativeOrder())
            .limit(0);
    private byte[] name = new byte[0];
    private int number;
    private boolean last;

    SealedInput(ReadableByteChannel channel, Sealer sealer) {
        this.channel = channel;
        this.sealer = sealer;
    }

    public int getInt() throws IOException, ForgedException {
        more(Integer.BYTES);
        return content.getInt();
    }

    public long getLong() throws IOException, ForgedException {
        more(Long.BYTES);
        return content.getLong();
    }

    /// Fills `bytes`.
    public void get(MemorySegment bytes) throws IOException, ForgedException {
        long done = 0;
        while (done < bytes.byteSize()) {
            more(1);
            int part = (int) Math.min(content.remaining(), bytes.byteSize() - done);
            int at = Sealer.IV_BYTES + content.position();
            MemorySegment.copy(chunk, at, bytes, ValueLayout.JAVA_BYTE, done, part);
            content.position(content.position() + part);
            done += part;
        }
    }

    /// Fills `bytes`.
    public void get(byte[] bytes) throws IOException, ForgedException {
        for (int done = 0; done < bytes.length; ) {
            more(1);
            int part = Math.min(content.remaining(), bytes.length - done);
            content.get(bytes, done, part);
            done += part;
        }
    }

    /// @throws ForgedException unless everything was read and nothing follows
    public void finish() throws IOException, ForgedException {
        if (!last || content.hasRemaining() || channel.read(ByteBuffer.allocate(1)) >= 0) {
            throw new ForgedException("it goes on where it should end");
        }
    }

    /// A value is never split between chunks.
    private void more(int bytes) throws IOException, ForgedException {
        if (content.remaining() < bytes) {
            if (last) {
                throw new ForgedException("it ends too soon");
            }
            open();
        }
    }

    private void open() throws IOException, ForgedException {
        ByteBuffer in = ByteBuffer.wrap(chunk);
        while (in.hasRemaining() && channel.read(in) >= 0) {
            // until the chunk is full or the stream has ended
        }
        int length = sealer.open(chunk, 0, in.position(), chunk, Sealer.IV_BYTES);
        if (length <= SealedOutput.HEADER_BYTES) {
            throw new ForgedException("a chunk of it is empty");
        }
        content.limit(length).position(0);
        byte[] found = new byte[16];
        content.get(found);
        if (number == 0) {
            name = found;
        }
        if (!Arrays.equals(found, name) || content.getInt() != number++) {
            throw new ForgedException("a chunk of it is not in its place");
        }
        last = content.getInt() != 0;
    }
}
