package dev.reprise.compat.campaign;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Carries bytes between clients and a server of the loopback interface, and does what it was told to after so many
/// bytes. Safe for many threads.
final class Wire implements AutoCloseable {
    private static final int PIECE_BYTES = 16 * 1024;
    private static final long NEVER = Long.MAX_VALUE;

    private final int target;
    private final ServerSocket door;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean severed;
    /// Towards the server. Guarded by this, as is what follows.
    private long carried;
    private long moment = NEVER;
    private Runnable action = () -> {};

    /// @param target port of the server
    Wire(int target) throws IOException {
        this.target = target;
        door = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("wire").start(this::accept);
    }

    /// Where clients find it.
    int port() {
        return door.getLocalPort();
    }

    /// Starts to count anew, and to do nothing.
    synchronized void reset() {
        carried = 0;
        moment = NEVER;
    }

    /// Bytes towards the server since the last [#reset()].
    synchronized long carried() {
        return carried;
    }

    /// Does something, once, when so many more bytes went towards the server; the next one has to wait for it.
    synchronized void after(long bytes, Runnable what) {
        moment = carried + bytes;
        action = what;
    }

    /// Resets every connection.
    void cut() {
        sockets.forEach(Wire::reset);
    }

    /// Resets every connection, also those to come.
    void sever() {
        severed = true;
        cut();
    }

    /// Takes connections again.
    void mend() {
        severed = false;
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                if (severed) {
                    reset(client);
                    continue;
                }
                var server = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(client);
                sockets.add(server);
                Thread.ofVirtual().start(() -> carry(client, server, true));
                Thread.ofVirtual().start(() -> carry(server, client, false));
            } catch (IOException e) {
                // closed, or the server is not there: the client sees it
            }
        }
    }

    private void carry(Socket from, Socket to, boolean counted) {
        byte[] piece = new byte[PIECE_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                int before = counted ? count(count) : count;
                out.write(piece, 0, before);
                if (before < count) {
                    act();
                    out.write(piece, before, count - before);
                }
            }
            to.shutdownOutput();
        } catch (IOException e) {
            reset(from);
            reset(to);
        } finally {
            sockets.remove(from);
        }
    }

    /// @return how many of so many bytes come before the moment to act; fewer only once for each moment
    private synchronized int count(int bytes) {
        long before = carried;
        carried += bytes;
        if (carried <= moment) {
            return bytes;
        }
        int fitting = (int) Math.max(0, moment - before);
        moment = NEVER;
        return fitting;
    }

    private void act() {
        Runnable what;
        synchronized (this) {
            what = action;
        }
        what.run();
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // it is closed
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        cut();
    }
}
