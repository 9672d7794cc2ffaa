package dev.reprise.sources.redis;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/// Speaks just enough of the protocol to send an RDB, and breaks off where told. One connection at a time.
final class PretendedRedis implements AutoCloseable {
    private static final String MARK = "0123456789abcdef0123456789abcdef01234567";

    private final ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    private final CountDownLatch closed = new CountDownLatch(1);
    private final byte[] replication;
    private volatile int cutAfter = Integer.MAX_VALUE;
    private volatile boolean silent;

    PretendedRedis(byte[] rdb, boolean marked) throws IOException {
        var bytes = new ByteArrayOutputStream();
        String head = marked ? "$EOF:" + MARK : "$" + rdb.length;
        bytes.writeBytes(("\n+FULLRESYNC " + MARK + " 42\r\n\n\n" + head + "\r\n").getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(rdb);
        if (marked) {
            bytes.writeBytes(MARK.getBytes(StandardCharsets.US_ASCII));
        }
        replication = bytes.toByteArray();
        Thread.ofVirtual().start(this::serve);
    }

    String url() {
        return "redis://127.0.0.1:" + listening.getLocalPort();
    }

    int replicationBytes() {
        return replication.length;
    }

    void cutAfter(int bytes) {
        cutAfter = bytes;
    }

    void fallSilentAfter(int bytes) {
        cutAfter = bytes;
        silent = true;
    }

    private void serve() {
        while (!listening.isClosed()) {
            try (Socket socket = listening.accept()) {
                answer(socket);
            } catch (IOException | InterruptedException e) {
                // The client went away, or the test is over.
            }
        }
    }

    private void answer(Socket socket) throws IOException, InterruptedException {
        var reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        OutputStream output = socket.getOutputStream();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            switch (line) {
                case "INFO" -> write(output, "$22\r\nredis_version:7.0.15\r\n\r\n");
                case "TIME" -> write(output, "*2\r\n$10\r\n1700000000\r\n$1\r\n5\r\n");
                case "REPLCONF" -> write(output, "+OK\r\n");
                case "ACL", "CONFIG" -> write(output, "-ERR unknown command\r\n");
                case "PSYNC" -> {
                    output.write(replication, 0, Math.min(cutAfter, replication.length));
                    if (silent) {
                        closed.await();
                    }
                    return;
                }
                default -> {}
            }
        }
    }

    private static void write(OutputStream output, String text) throws IOException {
        output.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        listening.close();
    }
}
