package dev.reprise.sources.pipe;

import java.io.IOException;
import java.io.InputStream;

/// Makes reading a stream interruptible: standard input and pipes of processes are not, so that a thread that waits for
/// them could neither stop nor give its locks back.
public final class PumpedStream {
    private static final int CHUNK_BYTES = 256 << 10;
    private static final int CHUNKS = 8;

    private PumpedStream() {}

    /// Reads ahead in a daemon thread, which may wait on after the result was closed.
    public static InputStream of(InputStream stream) {
        var pipe = new ChunkPipe(CHUNKS);
        Thread.ofPlatform().daemon().name("input").start(() -> pump(stream, pipe));
        return pipe.reader();
    }

    private static void pump(InputStream stream, ChunkPipe pipe) {
        byte[] buffer = new byte[CHUNK_BYTES];
        try {
            for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
                if (!pipe.write(buffer, 0, count)) {
                    return; // nobody reads on
                }
            }
            pipe.finish();
        } catch (IOException e) {
            pipe.fail(e);
        }
    }
}
