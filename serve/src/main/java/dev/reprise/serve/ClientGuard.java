package dev.reprise.serve;

import dev.reprise.serve.ServeSettings.Limits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/// Knows every connection. Turns away those of a client that has too many, and ends those that take too long to become
/// a request: idle times alone would let in whoever sends a byte of a header now and then. Safe for many threads.
final class ClientGuard {
    private final Limits limits;
    private final LongSupplier nanoTime;
    private final Set<Watched> open = ConcurrentHashMap.newKeySet();
    private final Map<InetAddress, Integer> counts = new HashMap<>();

    ClientGuard(Limits limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.nanoTime = nanoTime;
    }

    /// How many connections there are.
    int connections() {
        return open.size();
    }

    private synchronized boolean admit(Watched connection, @Nullable InetAddress client) {
        if (open.size() >= limits.total()) {
            return false;
        }
        if (client != null && limits.perClient() > 0) {
            int now = counts.getOrDefault(client, 0);
            if (now >= limits.perClient()) {
                return false;
            }
            counts.put(client, now + 1);
        }
        return open.add(connection);
    }

    private synchronized void gone(Watched connection, @Nullable InetAddress client) {
        if (open.remove(connection) && client != null && limits.perClient() > 0) {
            counts.computeIfPresent(client, (_, now) -> now == 1 ? null : now - 1);
        }
    }

    /// Ends what has waited too long for a request; to be called often.
    void sweep() {
        long now = nanoTime.getAsLong();
        for (Watched connection : open) {
            if (connection.waitsSince(now) > limits.head().toNanos()) {
                connection.close();
            }
        }
    }

    /// One connection of a client.
    static final class Watched extends SocketChannelEndPoint {
        private final ClientGuard guard;
        private final @Nullable InetAddress client;
        private volatile long since;
        private volatile boolean busy;

        Watched(
                SocketChannel channel,
                ManagedSelector selector,
                SelectionKey key,
                Scheduler scheduler,
                ClientGuard guard) {
            super(channel, selector, key, scheduler);
            this.guard = guard;
            this.client = address(getRemoteSocketAddress());
            this.since = guard.nanoTime.getAsLong();
        }

        private static @Nullable InetAddress address(@Nullable SocketAddress remote) {
            return remote instanceof InetSocketAddress inet ? inet.getAddress() : null;
        }

        @Override
        public void onOpen() {
            super.onOpen();
            if (!guard.admit(this, client)) {
                close();
            }
        }

        @Override
        public void onClose(@Nullable Throwable cause) {
            guard.gone(this, client);
            super.onClose(cause);
        }

        /// A request has arrived.
        void begin() {
            busy = true;
        }

        /// The request is over.
        void end() {
            since = guard.nanoTime.getAsLong();
            busy = false;
        }

        private long waitsSince(long now) {
            return busy ? 0 : now - since;
        }
    }
}
