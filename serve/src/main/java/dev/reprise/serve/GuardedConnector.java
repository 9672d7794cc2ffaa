package dev.reprise.serve;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

/// Listens on TCP or on a Unix socket, and puts every connection under the guard.
final class GuardedConnector extends ServerConnector {
    private final ClientGuard guard;
    private final @Nullable Path socket;
    private volatile @Nullable ServerSocketChannel unix;

    /// @param socket null for TCP
    GuardedConnector(Server server, ClientGuard guard, @Nullable Path socket, ConnectionFactory... factories) {
        super(server, 1, 1, factories);
        this.guard = guard;
        this.socket = socket;
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        var endPoint = new ClientGuard.Watched(channel, selector, key, getScheduler(), guard);
        endPoint.setIdleTimeout(getIdleTimeout());
        return endPoint;
    }

    @Override
    public void open() throws IOException {
        if (socket == null) {
            super.open();
            return;
        }
        if (unix != null) {
            return; // the server opens all it has before it starts them, which opens them again
        }
        removeAbandoned(socket);
        var channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        boolean bound = false;
        try {
            channel.bind(UnixDomainSocketAddress.of(socket));
            unix = channel;
            bound = true;
        } finally {
            if (!bound) {
                channel.close();
            }
        }
    }

    /// The socket of a server that ended without removing it: nobody answers there.
    private static void removeAbandoned(Path socket) throws IOException {
        if (!Files.exists(socket)) {
            return;
        }
        SocketAddress address = UnixDomainSocketAddress.of(socket);
        try (var _ = SocketChannel.open(address)) {
            throw new IOException("another server answers at " + socket);
        } catch (java.net.ConnectException e) {
            Files.delete(socket);
        }
    }

    @Override
    public boolean isOpen() {
        ServerSocketChannel mine = unix;
        return socket == null ? super.isOpen() : mine != null && mine.isOpen();
    }

    @Override
    public @Nullable Object getTransport() {
        return socket == null ? super.getTransport() : unix;
    }

    /// As the one above it, which asks for things a Unix socket does not have.
    @Override
    public void accept(int acceptor) throws IOException {
        ServerSocketChannel mine = unix;
        if (socket == null) {
            super.accept(acceptor);
        } else if (mine != null) {
            try {
                SocketChannel channel = mine.accept();
                channel.configureBlocking(false);
                getSelectorManager().accept(channel);
            } catch (ClosedChannelException e) {
                // The server stops.
            }
        }
    }

    @Override
    public void close() {
        ServerSocketChannel mine = unix;
        if (mine != null) {
            unix = null;
            try {
                mine.close();
                Files.deleteIfExists(java.util.Objects.requireNonNull(socket));
            } catch (IOException e) {
                // It is not needed any more; the next server removes it.
            }
        }
        super.close();
    }
}
