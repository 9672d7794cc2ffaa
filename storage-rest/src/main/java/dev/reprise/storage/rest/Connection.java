package dev.reprise.storage.rest;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/// A connection to a server. Belongs to one exchange at a time; within it one thread may write while another reads.
final class Connection implements Closeable {
    private static final int BUFFER = 16 * 1024;

    private final SocketChannel channel;
    private final BufferedInputStream in;
    private final OutputStream out;
    private boolean used;
    private long restingSince;

    /// @param in  of the channel, or of TLS above it
    /// @param out as `in`
    Connection(SocketChannel channel, InputStream in, OutputStream out) {
        this.channel = channel;
        this.in = new BufferedInputStream(in, BUFFER);
        this.out = out;
    }

    InputStream in() {
        return in;
    }

    OutputStream out() {
        return out;
    }

    SocketChannel channel() {
        return channel;
    }

    /// Whether it has carried an exchange before.
    boolean used() {
        return used;
    }

    void rest() {
        used = true;
        restingSince = System.nanoTime();
    }

    /// For a connection that rests: whether the server still holds it. One that has something to say unasked says
    /// goodbye.
    boolean usable(long mostNanos) {
        try {
            if (System.nanoTime() - restingSince > mostNanos || in.available() > 0) {
                return false;
            }
            channel.configureBlocking(false);
            boolean silent = channel.read(ByteBuffer.allocate(1)) == 0;
            channel.configureBlocking(true);
            return silent;
        } catch (IOException e) {
            return false;
        }
    }

    /// Also ends what other threads wait for on it.
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing more is wanted of it.
        }
    }
}
