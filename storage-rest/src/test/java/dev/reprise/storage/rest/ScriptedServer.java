package dev.reprise.storage.rest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Answers with bytes as a test wrote them, one script after the other: servers that lie, cut, crawl or talk nonsense
/// cannot be had for real.
final class ScriptedServer implements AutoCloseable {
    private final ServerSocket listener;
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final Script script;

    /// Deals with one request.
    interface Script {
        /// @param number of the request, from 0
        /// @param head   its request line and headers
        /// @param body   still unread
        /// @return whether the connection goes on
        boolean answer(int number, String head, InputStream body, OutputStream out) throws IOException;
    }

    private ScriptedServer(ServerSocket listener, Script script) {
        this.listener = listener;
        this.script = script;
    }

    static ScriptedServer start(Script script) throws IOException {
        return start(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
    }

    /// @param listener closed with the server; may speak TLS
    static ScriptedServer start(ServerSocket listener, Script script) {
        var server = new ScriptedServer(listener, script);
        Thread.ofVirtual().start(server::serve);
        return server;
    }

    /// The same answer to each request, after which the connection goes on.
    static ScriptedServer always(String answer) throws IOException {
        return start((_, _, _, out) -> {
            out.write(answer.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            return true;
        });
    }

    private void serve() {
        try {
            while (true) {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> talk(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void talk(Socket socket) {
        try (socket) {
            while (true) {
                String head = head(socket.getInputStream());
                if (head.isEmpty()) {
                    return;
                }
                int number;
                synchronized (heads) {
                    number = heads.size();
                    heads.add(head);
                }
                if (!script.answer(number, head, socket.getInputStream(), socket.getOutputStream())) {
                    return;
                }
            }
        } catch (IOException e) {
            // the client has left
        }
    }

    private static String head(InputStream in) throws IOException {
        var bytes = new ByteArrayOutputStream();
        while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int one = in.read();
            if (one < 0) {
                return "";
            }
            bytes.write(one);
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    int port() {
        return listener.getLocalPort();
    }

    /// What was asked so far.
    List<String> heads() {
        return heads;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
