package dev.reprise.sources.pipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.SequenceInputStream;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class PumpedStreamTest {
    /// Fails once it is read.
    private static final class Failing extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("the disk is gone");
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return read();
        }
    }

    /// Says nothing until it is let go, as a terminal.
    private static final class Silent extends InputStream {
        private final CountDownLatch end = new CountDownLatch(1);

        @Override
        public int read() {
            boolean waiting = true;
            while (waiting) {
                try {
                    end.await();
                    waiting = false;
                } catch (InterruptedException deaf) {
                    // A read of standard input does not hear it either.
                }
            }
            return -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            return read();
        }
    }

    @Test
    void every_byte_comes_through() throws IOException {
        byte[] bytes = new byte[3_000_001];
        new Random(1).nextBytes(bytes);
        assertThat(PumpedStream.of(new ByteArrayInputStream(bytes)).readAllBytes())
                .isEqualTo(bytes);
    }

    @Test
    void a_failure_is_no_end() {
        InputStream broken = new SequenceInputStream(new ByteArrayInputStream(new byte[10]), new Failing());
        assertThatThrownBy(() -> PumpedStream.of(broken).readAllBytes()).hasMessage("the disk is gone");
    }

    @Test
    void a_thread_that_waits_for_it_can_be_interrupted() {
        var silent = new Silent();
        try {
            InputStream pumped = PumpedStream.of(silent);
            Thread.currentThread().interrupt();
            assertThatThrownBy(pumped::read).isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
        } finally {
            silent.end.countDown();
        }
    }
}
