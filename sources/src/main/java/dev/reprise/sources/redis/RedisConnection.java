package dev.reprise.sources.redis;

import dev.reprise.sources.SourceException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// A connection that speaks the command protocol, and hands over its input for the replication stream. Belongs to one
/// thread.
final class RedisConnection implements AutoCloseable {
    private static final int CONNECT_MILLIS = 15_000;
    private static final int MAX_LINE_BYTES = 64 << 10;
    private static final int MAX_BULK_BYTES = 64 << 20; // the answers asked for here take kilobytes
    private static final int MAX_ELEMENTS = 1 << 20;

    /// An error the server answered, such as `NOPERM …`.
    static final class ErrorReply extends IOException {
        private static final long serialVersionUID = 1;

        ErrorReply(String message) {
            super(message);
        }

        boolean startsWith(String code) {
            return String.valueOf(getMessage()).startsWith(code);
        }
    }

    private final RedisSettings settings;
    private final Socket socket;
    private final InputStream input;

    private RedisConnection(RedisSettings settings, Socket socket) throws IOException {
        this.settings = settings;
        this.socket = socket;
        this.input = new BufferedInputStream(socket.getInputStream(), 64 << 10);
    }

    /// Connects and logs in.
    static RedisConnection open(RedisSettings settings) {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(settings.host(), settings.port()), CONNECT_MILLIS);
            socket.setSoTimeout(Math.toIntExact(settings.patience().toMillis()));
            socket.setKeepAlive(true);
            var connection = new RedisConnection(settings, settings.tls() ? encrypted(socket, settings) : socket);
            connection.logIn();
            return connection;
        } catch (IOException e) {
            closeQuietly(socket);
            throw failure(settings, "cannot connect", e);
        }
    }

    private static Socket encrypted(Socket plain, RedisSettings settings) throws IOException {
        var factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        var socket = (SSLSocket) factory.createSocket(plain, settings.host(), settings.port(), true);
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS"); // the name must be the certificate's
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private void logIn() throws IOException {
        if (settings.password().isEmpty()) {
            return;
        }
        String password = settings.password().get().reveal();
        if (settings.user().isPresent()) {
            command("AUTH", settings.user().get(), password);
        } else {
            command("AUTH", password);
        }
    }

    /// The failure of a source for what went wrong here, with what to do about it.
    static SourceException failure(RedisSettings settings, String during, IOException cause) {
        String message = String.valueOf(cause.getMessage());
        return settings.failure(during + ": " + message, hint(message), cause);
    }

    private static String hint(String message) {
        if (message.startsWith("NOAUTH") || message.startsWith("WRONGPASS") || message.contains("AUTH")) {
            return "check the user and the password of this source";
        } else if (message.startsWith("NOPERM")) {
            return "give the user the rights: ACL SETUSER … +psync +replconf +ping +info +time";
        } else if (message.startsWith("NOMASTERLINK") || message.startsWith("LOADING")) {
            return "wait until the server has its data, then run the backup again";
        }
        return "check host and port, that the server runs, and its log";
    }

    /// A command whose answer is one text.
    String command(String... words) throws IOException {
        Object answer = ask(words);
        if (answer instanceof String text) {
            return text;
        }
        throw new IOException("unexpected answer to " + words[0]);
    }

    /// A command whose answer is a list of texts.
    List<String> list(String... words) throws IOException {
        var texts = new ArrayList<String>();
        if (!(ask(words) instanceof List<?> answers)) {
            throw new IOException("unexpected answer to " + words[0]);
        }
        for (Object answer : answers) {
            texts.add(String.valueOf(answer));
        }
        return texts;
    }

    private Object ask(String... words) throws IOException {
        send(words);
        return answer(0);
    }

    void send(String... words) throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(("*" + words.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
        for (String word : words) {
            byte[] text = word.getBytes(StandardCharsets.UTF_8);
            bytes.writeBytes(("$" + text.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
            bytes.writeBytes(text);
            bytes.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        socket.getOutputStream().write(bytes.toByteArray());
    }

    /// A string, or a list of answers; missing values are empty strings.
    private Object answer(int depth) throws IOException {
        String line = line();
        String rest = line.isEmpty() ? "" : line.substring(1);
        return switch (line.isEmpty() ? ' ' : line.charAt(0)) {
            case '+', ':' -> rest;
            case '-' -> throw new ErrorReply(rest);
            case '$' -> bulk(number(rest, MAX_BULK_BYTES));
            case '*' -> elements(number(rest, depth == 0 ? MAX_ELEMENTS : 0), depth);
            default -> throw new IOException("the server does not speak Redis's protocol");
        };
    }

    private static int number(String text, int max) throws IOException {
        try {
            int number = Integer.parseInt(text);
            if (number > max) {
                throw new IOException("an answer of length " + number + " is longer than " + max);
            }
            return number;
        } catch (NumberFormatException e) {
            throw new IOException("the server does not speak Redis's protocol", e);
        }
    }

    private String bulk(int length) throws IOException {
        if (length < 0) {
            return "";
        }
        byte[] bytes = input.readNBytes(length + 2);
        if (bytes.length < length + 2) {
            throw new EOFException("the connection was cut");
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private List<Object> elements(int count, int depth) throws IOException {
        var elements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            elements.add(answer(depth + 1));
        }
        return elements;
    }

    /// One line without its end.
    String line() throws IOException {
        var line = new StringBuilder();
        for (int b = input.read(); b != '\n'; b = input.read()) {
            if (b < 0) {
                throw new EOFException("the connection was cut");
            }
            line.append((char) b);
            if (line.length() > MAX_LINE_BYTES) {
                throw new IOException("the server does not speak Redis's protocol");
            }
        }
        int length = line.length();
        return length > 0 && line.charAt(length - 1) == '\r' ? line.substring(0, length - 1) : line.toString();
    }

    /// What the server sends, from where the last answer ended.
    InputStream input() {
        return input;
    }

    /// A value of the answer to `INFO`, or empty.
    static String info(String answer, String name) {
        return answer.lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    /// `7.0.15`, or `valkey-8.0.1`.
    static String version(String info) {
        String valkey = info(info, "valkey_version");
        return info(info, "server_name").toLowerCase(Locale.ROOT).equals("valkey") && !valkey.isEmpty()
                ? "valkey-" + valkey
                : info(info, "redis_version");
    }

    @Override
    public void close() {
        closeQuietly(socket);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing is written any more, so nothing can be lost.
        }
    }
}
