package dev.reprise.sources.pipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ChunkPipeTest {
    @Test
    void bytes_arrive_in_order_and_then_the_end() throws Exception {
        long seed = new Random().nextLong();
        byte[] sent = new byte[300_000];
        new Random(seed).nextBytes(sent);
        var pipe = new ChunkPipe(2);
        Thread writer = Thread.ofVirtual().start(() -> write(pipe, sent, seed));
        try (InputStream reader = pipe.reader()) {
            assertThat(reader.readAllBytes()).as("seed %d", seed).isEqualTo(sent);
            assertThat(reader.read()).isEqualTo(-1);
        }
        writer.join();
    }

    private static void write(ChunkPipe pipe, byte[] sent, long seed) {
        var random = new Random(seed);
        try {
            for (int at = 0; at < sent.length; ) {
                int length = Math.min(sent.length - at, random.nextInt(5000));
                pipe.write(sent, at, length);
                at += length;
            }
            pipe.finish();
        } catch (IOException e) {
            pipe.fail(e);
        }
    }

    @Test
    void a_failure_of_the_writer_comes_after_its_bytes() throws IOException {
        var pipe = new ChunkPipe(2);
        pipe.write(new byte[] {7}, 0, 1);
        pipe.fail(new IOException("cut"));
        InputStream reader = pipe.reader();
        assertThat(reader.read()).isEqualTo(7);
        assertThatThrownBy(reader::read).hasMessage("cut");
    }

    @Test
    void a_reader_that_closes_lets_the_writer_go() throws Exception {
        var pipe = new ChunkPipe(1);
        pipe.write(new byte[] {1}, 0, 1);
        var second = CompletableFuture.supplyAsync(() -> {
            try {
                return pipe.write(new byte[] {2}, 0, 1);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        pipe.reader().close();
        assertThat(second.get()).isFalse();
    }

    @Test
    void both_ends_can_be_interrupted() throws Exception {
        var pipe = new ChunkPipe(1);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> pipe.reader().read()).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
        pipe.write(new byte[] {1}, 0, 1);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> pipe.write(new byte[] {1}, 0, 1)).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
