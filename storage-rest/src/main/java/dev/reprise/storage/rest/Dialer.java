package dev.reprise.storage.rest;

import dev.reprise.storage.tls.Tls;
import dev.reprise.storage.url.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// Makes connections to one server, through a proxy and TLS where asked for. Safe for many threads.
final class Dialer {
    /// As restic's.
    private static final Duration CONNECT = Duration.ofSeconds(30);

    private static final int OK = 200;

    private final RestAddress server;
    private final Transport transport;
    private final @Nullable WebProxy proxy;
    private @Nullable SSLContext context;

    Dialer(RestAddress server, Transport transport, @Nullable WebProxy proxy) {
        this.server = server;
        this.transport = transport;
        this.proxy = proxy;
    }

    /// Whether requests must name the server too, because a proxy reads them.
    @Nullable
    WebProxy plainProxy() {
        return server.tls() ? null : proxy;
    }

    /// A connection ready for requests.
    Connection connect(StuckWatch watch) throws IOException {
        SocketChannel channel = open();
        boolean ready = false;
        try (StuckWatch.Guard guard = watch.over(channel)) {
            guard.moving();
            Connection connection = secured(channel);
            ready = true;
            return connection;
        } finally {
            if (!ready) {
                channel.close();
            }
        }
    }

    private Connection secured(SocketChannel channel) throws IOException {
        if (!server.tls()) {
            return plain(channel);
        }
        if (proxy != null) {
            tunnel(plain(channel), proxy);
        }
        SSLSocket socket = (SSLSocket)
                context().getSocketFactory().createSocket(channel.socket(), server.host(), server.port(), true);
        if (!transport.insecureTls()) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
        }
        socket.startHandshake();
        return new Connection(channel, socket.getInputStream(), socket.getOutputStream());
    }

    private static Connection plain(SocketChannel channel) {
        InputStream in = Channels.newInputStream(channel);
        OutputStream out = Channels.newOutputStream(channel);
        return new Connection(channel, in, out);
    }

    private synchronized SSLContext context() {
        SSLContext made = context;
        if (made == null) {
            made = Tls.client(transport);
            context = made;
        }
        return made;
    }

    private void tunnel(Connection connection, WebProxy through) throws IOException {
        String target =
                (server.host().indexOf(':') >= 0 ? "[" + server.host() + "]" : server.host()) + ":" + server.port();
        String authorization =
                through.authorization().isEmpty() ? "" : "Proxy-Authorization: " + through.authorization() + "\r\n";
        String head = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n" + authorization + "\r\n";
        connection.out().write(head.getBytes(StandardCharsets.ISO_8859_1));
        AnswerHead answer = AnswerHead.read(connection.in());
        if (answer.status() != OK) {
            throw new IOException("the proxy " + through + " answered " + answer.status());
        }
    }

    private SocketChannel open() throws IOException {
        if (server.socket() != null) {
            return SocketChannel.open(UnixDomainSocketAddress.of(server.socket()));
        }
        String host = proxy == null ? server.host() : proxy.host();
        int port = proxy == null ? server.port() : proxy.port();
        IOException first = null;
        for (InetAddress address : InetAddress.getAllByName(host)) {
            try {
                return open(new InetSocketAddress(address, port));
            } catch (IOException e) {
                first = first == null ? e : first;
            }
        }
        throw first == null ? new IOException("no address is known for " + host) : first;
    }

    private static SocketChannel open(InetSocketAddress address) throws IOException {
        SocketChannel channel = SocketChannel.open();
        boolean connected = false;
        try {
            channel.socket().setTcpNoDelay(true);
            channel.socket().setKeepAlive(true);
            channel.socket().connect(address, (int) CONNECT.toMillis());
            connected = true;
            return channel;
        } finally {
            if (!connected) {
                channel.close();
            }
        }
    }
}
