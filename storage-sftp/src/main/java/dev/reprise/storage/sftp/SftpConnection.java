package dev.reprise.storage.sftp;

import dev.reprise.base.CancelledException;
import dev.reprise.storage.sftp.SftpRequest.Extension;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One conversation with a server, shared by many threads: requests go out in the order they are
/// sent, answers come in any order. Once lost it stays lost, and everything still unanswered
/// fails.
final class SftpConnection implements AutoCloseable {
    /// OpenSSH's own limit is a quarter of that.
    private static final int LARGEST_PACKET = 1 << 20;
    private static final int READ_BUFFER = 64 << 10;
    private static final int VERSION = 3;
    private static final byte[] HELLO = {0, 0, 0, 5, SftpRequest.INIT, 0, 0, 0, VERSION};
    /// Shorter than the time after which routers forget a connection.
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(60);
    private static final Duration LONGEST_TICK = Duration.ofSeconds(15);

    private final Line line;
    private final DataInputStream input;
    private final OutputStream output;
    private final long patienceNanos;
    private final Object writing = new Object();
    private final Map<Integer, CompletableFuture<SftpReply>> waiting = new ConcurrentHashMap<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable SftpLostException lost;
    private volatile long lastMove = System.nanoTime();
    private volatile boolean greeted;
    private int lastNumber;
    private Set<Extension> extensions = Set.of();

    /// What carries the packets.
    interface Line extends AutoCloseable {
        InputStream input();

        OutputStream output();

        /// Ends both directions at once; whoever reads or writes then gets an error. Repeating it
        /// is harmless.
        @Override
        void close();
    }

    private SftpConnection(Line line, Duration patience) {
        this.line = line;
        this.input = new DataInputStream(new BufferedInputStream(line.input(), READ_BUFFER));
        this.output = line.output();
        this.patienceNanos = patience.toNanos();
    }

    /// Agrees on the version.
    ///
    /// @param line     closed with this; when this fails the caller's to close
    /// @param patience the connection is given up when something is asked and no byte moves for
    ///                 so long; zero for never
    static SftpConnection open(Line line, Duration patience) throws IOException {
        var connection = new SftpConnection(line, patience);
        Thread.ofPlatform().daemon().name("sftp watch").start(connection::watch);
        try {
            connection.greet();
        } catch (IOException | RuntimeException e) {
            connection.ended.countDown();
            connection.mustLive();
            throw e;
        }
        Thread.ofPlatform().daemon().name("sftp answers").start(connection::receiveAll);
        return connection;
    }

    private void greet() throws IOException {
        try {
            output.write(HELLO);
            output.flush();
        } catch (IOException e) {
            // It ended already. What it said before, if anything, tells more than the broken pipe does.
        }
        SftpReply hello = receive();
        if (hello.type() != SftpRequest.VERSION || hello.number() < VERSION) {
            throw new SftpProtocolException("the other side does not speak version 3 of SFTP");
        }
        var offered = EnumSet.noneOf(Extension.class);
        while (hello.hasMore()) {
            String name = hello.text();
            String version = hello.text();
            for (Extension extension : Extension.values()) {
                if (extension.wireName().equals(name) && extension.version().equals(version)) {
                    offered.add(extension);
                }
            }
        }
        extensions = offered;
        greeted = true;
    }

    boolean offers(Extension extension) {
        return extensions.contains(extension);
    }

    boolean isLost() {
        return lost != null;
    }

    /// Sends a request and does not wait for its answer.
    ///
    /// @throws SftpLostException if the connection is lost
    Answer send(SftpRequest request) throws IOException {
        var future = new CompletableFuture<SftpReply>();
        try {
            synchronized (writing) {
                int number = lastNumber + 1;
                lastNumber = number;
                if (waiting.isEmpty()) {
                    lastMove = System.nanoTime(); // until now nobody waited
                }
                waiting.put(number, future);
                mustLive();
                output.write(request.numbered(number));
                output.flush();
            }
            lastMove = System.nanoTime();
        } catch (SftpLostException e) {
            throw e;
        } catch (IOException e) {
            throw lose("the connection broke while a request was sent: " + e.getMessage(), e);
        }
        return new Answer(future);
    }

    private void mustLive() throws SftpLostException {
        SftpLostException end = lost;
        if (end != null) {
            throw new SftpLostException(String.valueOf(end.getMessage()), end);
        }
    }

    private void receiveAll() {
        try {
            while (true) {
                SftpReply reply = receive();
                CompletableFuture<SftpReply> asked = waiting.remove(reply.number());
                if (asked == null) {
                    throw new SftpProtocolException("an answer to nothing that was asked");
                }
                asked.complete(reply);
            }
        } catch (IOException e) {
            lose("the connection was lost: " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            lose("the connection was given up: " + e, e);
        }
    }

    private SftpReply receive() throws IOException {
        int length;
        try {
            length = input.readInt();
        } catch (java.io.EOFException e) {
            throw new SftpLostException("the server ended it", e);
        }
        if (length < 1 || length > LARGEST_PACKET) {
            throw new SftpProtocolException("a packet of " + Integer.toUnsignedString(length) + " bytes; is it SFTP?");
        }
        int type = input.readUnsignedByte();
        byte[] body = new byte[length - 1];
        input.readFully(body);
        lastMove = System.nanoTime();
        return new SftpReply(type, ByteBuffer.wrap(body));
    }

    private void watch() {
        long tick = LONGEST_TICK.toMillis();
        if (patienceNanos > 0) {
            tick = Math.clamp(TimeUnit.NANOSECONDS.toMillis(patienceNanos) / 4, 10, tick);
        }
        try {
            while (!ended.await(tick, TimeUnit.MILLISECONDS)) {
                long still = System.nanoTime() - lastMove;
                boolean asked = !greeted || !waiting.isEmpty();
                if (asked && patienceNanos > 0 && still > patienceNanos) {
                    lose(new SftpLostException(
                            "no answer for " + Duration.ofNanos(still).toSeconds() + " s"));
                } else if (!asked && still > KEEP_ALIVE.toNanos()) {
                    send(SftpRequest.keepAlive());
                }
            }
        } catch (IOException e) {
            return; // lost: whoever comes next is told
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private SftpLostException lose(String why, @Nullable Throwable cause) {
        return lose(new SftpLostException(why, cause));
    }

    private SftpLostException lose(SftpLostException first) {
        synchronized (ended) {
            SftpLostException known = lost;
            if (known != null) {
                return known;
            }
            lost = first;
        }
        ended.countDown();
        line.close();
        // After `lost` is set no request is added and kept: send looks at it after adding.
        waiting.values().forEach(future -> future.completeExceptionally(first));
        waiting.clear();
        return first;
    }

    @Override
    public void close() {
        lose("the connection is closed", null);
    }

    /// What will be answered.
    record Answer(CompletableFuture<SftpReply> future) {
        /// Waits for it.
        ///
        /// @throws SftpLostException  if the connection was lost before
        /// @throws CancelledException if the waiting thread is interrupted
        SftpReply await() throws IOException {
            try {
                return future.get();
            } catch (InterruptedException e) {
                throw CancelledException.interrupted("waiting for an SFTP server");
            } catch (ExecutionException e) {
                Throwable cause = e.getCause();
                throw new SftpLostException(cause == null ? "" : String.valueOf(cause.getMessage()), cause);
            }
        }

        void mustBeOk() throws IOException {
            await().mustBeOk();
        }

        /// @return whether it went well
        /// @throws IOException for anything but an answer
        boolean isOk() throws IOException {
            try {
                mustBeOk();
                return true;
            } catch (SftpStatusException e) {
                return false;
            }
        }

        byte[] handle() throws IOException {
            SftpReply reply = await();
            reply.mustBe(SftpRequest.HANDLE);
            ByteBuffer bytes = reply.bytes();
            byte[] handle = new byte[bytes.remaining()];
            bytes.get(handle);
            return handle;
        }

        SftpAttributes attributes() throws IOException {
            SftpReply reply = await();
            reply.mustBe(SftpRequest.ATTRIBUTES);
            return reply.attributes();
        }
    }
}
