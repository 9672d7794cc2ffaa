package dev.reprise.storage.gcs;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.reprise.storage.web.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/// A fake of Google Cloud Storage's JSON interface and of a token server, written from the
/// vendor's description (cloud.google.com/storage/docs/json_api/v1): the real service cannot be
/// started by a test. Pages hold 100 names.
final class FakeGcs implements AutoCloseable {
    private static final Pattern BUCKET = Pattern.compile("/storage/v1/b/([^/]+)");
    private static final Pattern LIST = Pattern.compile("/storage/v1/b/([^/]+)/o");
    private static final Pattern OBJECT = Pattern.compile("/storage/v1/b/([^/]+)/o/([^/]+)");
    private static final Pattern UPLOAD = Pattern.compile("/upload/storage/v1/b/([^/]+)/o");
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");
    private static final int PAGE = 100;

    final Map<String, NavigableMap<String, byte[]>> buckets = new ConcurrentHashMap<>();
    final List<String> requests = new CopyOnWriteArrayList<>();
    final List<String> tokenForms = new CopyOnWriteArrayList<>();
    final AtomicInteger tokens = new AtomicInteger();
    /// The only token that opens; empty if every request is let in.
    volatile String wantedToken = "";
    private final List<Trouble> troubles = new CopyOnWriteArrayList<>();
    private final HttpServer server;

    /// @param uses how often it happens
    record Trouble(Predicate<HttpExchange> when, AtomicInteger uses, Handling handling) {}

    interface Handling {
        void answer(HttpExchange exchange) throws IOException;
    }

    FakeGcs() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /// What lies in a bucket, by name.
    NavigableMap<String, byte[]> bucket(String name) {
        return buckets.computeIfAbsent(name, made -> new ConcurrentSkipListMap<>());
    }

    /// Answers the next request with this path in its URL in another way.
    void once(String part, Handling handling) {
        troubles.add(new Trouble(
                exchange -> exchange.getRequestURI().toString().contains(part), new AtomicInteger(1), handling));
    }

    static Handling status(int status, String reason) {
        return exchange -> send(exchange, status, error(status, reason));
    }

    private static String error(int status, String reason) {
        return "{\"error\":{\"code\":%d,\"message\":\"made to fail\",\"errors\":[{\"reason\":\"%s\"}]}}"
                .formatted(status, reason);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            for (Trouble trouble : troubles) {
                if (trouble.when.test(exchange) && trouble.uses.getAndDecrement() > 0) {
                    exchange.getRequestBody().readAllBytes();
                    trouble.handling.answer(exchange);
                    return;
                }
            }
            if (exchange.getRequestURI().getPath().equals("/token")) {
                token(exchange);
                return;
            }
            String shown = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
            if (!wantedToken.isEmpty() && !shown.equals("Bearer " + wantedToken)) {
                exchange.getRequestBody().readAllBytes();
                send(exchange, 401, error(401, "authError"));
                return;
            }
            route(exchange);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void token(HttpExchange exchange) throws IOException {
        tokenForms.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        wantedToken = "token-" + tokens.incrementAndGet();
        send(exchange, 200, "{\"access_token\":\"" + wantedToken + "\",\"expires_in\":3600}");
    }

    private void route(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        Map<String, String> query =
                query(String.valueOf(exchange.getRequestURI().getRawQuery()));
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (path.equals("/storage/v1/b") && exchange.getRequestMethod().equals("POST")) {
            Json wanted = Json.parse(body);
            buckets.put(wanted.text("name"), new ConcurrentSkipListMap<>());
            send(exchange, 200, new String(body, StandardCharsets.UTF_8));
            return;
        }
        for (Pattern pattern : List.of(BUCKET, LIST, OBJECT, UPLOAD)) {
            Matcher matcher = pattern.matcher(path);
            if (matcher.matches()) {
                var objects = buckets.get(decoded(matcher.group(1)));
                if (objects == null) {
                    send(exchange, 404, error(404, "notFound"));
                } else if (pattern == BUCKET) {
                    send(exchange, 200, "{\"name\":\"it\"}");
                } else if (pattern == LIST) {
                    list(exchange, objects, query);
                } else if (pattern == UPLOAD) {
                    upload(exchange, objects, query, body);
                } else {
                    object(exchange, objects, decoded(matcher.group(2)), query);
                }
                return;
            }
        }
        send(exchange, 400, error(400, "no such method"));
    }

    private static void list(HttpExchange exchange, NavigableMap<String, byte[]> objects, Map<String, String> query)
            throws IOException {
        String prefix = query.getOrDefault("prefix", "");
        String after = query.getOrDefault("pageToken", prefix);
        var items = new StringBuilder();
        String last = "";
        int count = 0;
        for (var entry : objects.tailMap(after, query.containsKey("pageToken") ? false : true)
                .entrySet()) {
            if (!entry.getKey().startsWith(prefix)) {
                break;
            }
            if (count == PAGE) {
                last = items.isEmpty() ? "" : objects.lowerKey(entry.getKey());
                break;
            }
            items.append(count++ == 0 ? "" : ",")
                    .append("{\"name\":" + Json.quoted(entry.getKey()) + ",\"size\":\"" + entry.getValue().length
                            + "\"}");
        }
        String next = last.isEmpty() ? "" : ",\"nextPageToken\":" + Json.quoted(last);
        send(exchange, 200, count == 0 ? "{}" : "{\"items\":[" + items + "]" + next + "}");
    }

    private static void upload(
            HttpExchange exchange, NavigableMap<String, byte[]> objects, Map<String, String> query, byte[] body)
            throws IOException {
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        String boundary = "--" + type.substring(type.indexOf("boundary=") + 9);
        // One character for each byte, so that positions are those of the bytes.
        String text = new String(body, StandardCharsets.ISO_8859_1);
        int first = text.indexOf("\r\n\r\n") + 4;
        int second = text.indexOf("\r\n" + boundary, first);
        int content = text.indexOf("\r\n\r\n", second) + 4;
        int end = text.lastIndexOf("\r\n" + boundary + "--");
        Json metadata = Json.parse(Arrays.copyOfRange(body, first, second));
        byte[] bytes = Arrays.copyOfRange(body, content, end);
        var sum = new CRC32C();
        sum.update(bytes);
        byte[] big = ByteBuffer.allocate(4).putInt((int) sum.getValue()).array();
        if (!metadata.text("crc32c").equals(Base64.getEncoder().encodeToString(big))) {
            send(exchange, 400, error(400, "invalid"));
        } else if (!query.containsKey("ifGenerationMatch")) {
            objects.put(metadata.text("name"), bytes);
            send(exchange, 200, "{\"size\":\"" + bytes.length + "\"}");
        } else if (objects.putIfAbsent(metadata.text("name"), bytes) == null) {
            send(exchange, 200, "{\"size\":\"" + bytes.length + "\"}");
        } else {
            send(exchange, 412, error(412, "conditionNotMet"));
        }
    }

    private static void object(
            HttpExchange exchange, NavigableMap<String, byte[]> objects, String name, Map<String, String> query)
            throws IOException {
        byte[] found = objects.get(name);
        if (found == null) {
            send(exchange, 404, error(404, "notFound"));
        } else if (exchange.getRequestMethod().equals("DELETE")) {
            objects.remove(name);
            exchange.sendResponseHeaders(204, -1);
        } else if (!query.containsKey("alt")) {
            send(exchange, 200, "{\"size\":\"" + found.length + "\"}");
        } else {
            media(exchange, found);
        }
    }

    private static void media(HttpExchange exchange, byte[] found) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        if (range == null) {
            send(exchange, 200, found);
            return;
        }
        Matcher parts = RANGE.matcher(range);
        if (!parts.matches() || Long.parseLong(parts.group(1)) >= found.length) {
            send(exchange, 416, error(416, "requestedRangeNotSatisfiable"));
            return;
        }
        int from = Integer.parseInt(parts.group(1));
        long to = parts.group(2).isEmpty() ? found.length : Long.parseLong(parts.group(2)) + 1;
        send(exchange, 206, Arrays.copyOfRange(found, from, (int) Math.min(to, found.length)));
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        send(exchange, status, body.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private static Map<String, String> query(String raw) {
        Map<String, String> query = new HashMap<>();
        for (String pair : raw.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                query.put(pair.substring(0, equals), decoded(pair.substring(equals + 1)));
            }
        }
        return query;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
