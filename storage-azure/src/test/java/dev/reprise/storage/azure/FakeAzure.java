package dev.reprise.storage.azure;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A fake of Azure's blob service and of the servers that give tokens, written from the vendor's description
/// (learn.microsoft.com/rest/api/storageservices): the real service cannot be started by a test, and Azurite, which
/// the long tests use, is not on every machine. Pages hold 100 names. Signatures by key are not checked here.
final class FakeAzure implements AutoCloseable {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");
    private static final Pattern LATEST = Pattern.compile("<Latest>([^<]*)</Latest>");
    private static final int PAGE = 100;

    final Map<String, NavigableMap<String, byte[]>> containers = new ConcurrentHashMap<>();
    final Map<String, Map<String, byte[]>> blocks = new ConcurrentHashMap<>();
    /// By the blob's path; empty if none was asked for.
    final Map<String, String> tiers = new ConcurrentHashMap<>();
    final List<String> requests = new CopyOnWriteArrayList<>();
    final List<String> tokenRequests = new CopyOnWriteArrayList<>();
    final AtomicInteger tokens = new AtomicInteger();
    /// The only token that opens; empty if every request is let in.
    volatile String wantedToken = "";
    private final List<Trouble> troubles = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    private record Trouble(String part, AtomicInteger uses, Handling handling) {}

    interface Handling {
        void answer(HttpExchange exchange) throws IOException;
    }

    FakeAzure() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /// What lies in a container, by name.
    NavigableMap<String, byte[]> container(String name) {
        return containers.computeIfAbsent(name, made -> new ConcurrentSkipListMap<>());
    }

    /// Answers the next request whose method and URL contain this in another way.
    void once(String part, Handling handling) {
        troubles.add(new Trouble(part, new AtomicInteger(1), handling));
    }

    static Handling status(int status, String code) {
        return exchange -> send(exchange, status, code);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            requests.add(request);
            for (Trouble trouble : troubles) {
                if (request.contains(trouble.part) && trouble.uses.getAndDecrement() > 0) {
                    exchange.getRequestBody().readAllBytes();
                    trouble.handling.answer(exchange);
                    return;
                }
            }
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (request.contains("/oauth2/") || request.contains("/msi/")) {
                token(exchange, request, body);
            } else if (!wantedToken.isEmpty() && !wantedToken.equals(shown(exchange))) {
                send(exchange, 401, "InvalidAuthenticationInfo");
            } else {
                route(exchange, query(exchange), body);
            }
        }
    }

    private static String shown(HttpExchange exchange) {
        return String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))
                .replace("Bearer ", "");
    }

    private void token(HttpExchange exchange, String request, byte[] body) throws IOException {
        tokenRequests.add(request + " " + new String(body, StandardCharsets.UTF_8) + header(exchange, "Metadata")
                + header(exchange, "X-IDENTITY-HEADER"));
        wantedToken = "token-" + tokens.incrementAndGet();
        send(
                exchange,
                200,
                ("{\"access_token\":\"" + wantedToken + "\",\"expires_in\":\"3600\"}")
                        .getBytes(StandardCharsets.UTF_8));
    }

    private static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : " " + name + ": " + value;
    }

    private void route(HttpExchange exchange, Map<String, String> query, byte[] body) throws IOException {
        String path =
                URLDecoder.decode(exchange.getRequestURI().getRawPath().replace("+", "%2B"), StandardCharsets.UTF_8);
        String[] parts = path.substring("/account/".length()).split("/", 2);
        var blobs = containers.get(parts[0]);
        if (parts.length == 1) {
            container(exchange, parts[0], query);
        } else if (blobs == null) {
            send(exchange, 404, "ContainerNotFound");
        } else if (exchange.getRequestMethod().equals("PUT")) {
            put(exchange, blobs, parts[1], query, body);
        } else {
            blob(exchange, blobs, parts[1]);
        }
    }

    private void container(HttpExchange exchange, String name, Map<String, String> query) throws IOException {
        if (exchange.getRequestMethod().equals("PUT")) {
            boolean made = containers.putIfAbsent(name, new ConcurrentSkipListMap<>()) == null;
            send(exchange, made ? 201 : 409, made ? "" : "ContainerAlreadyExists");
        } else if (!containers.containsKey(name)) {
            send(exchange, 404, "ContainerNotFound");
        } else if ("list".equals(query.get("comp"))) {
            list(exchange, containers.get(name), query);
        } else {
            send(exchange, 200, new byte[0]);
        }
    }

    private static void list(HttpExchange exchange, NavigableMap<String, byte[]> blobs, Map<String, String> query)
            throws IOException {
        String prefix = query.getOrDefault("prefix", "");
        String from = query.getOrDefault("marker", prefix);
        int most = Math.min(PAGE, Integer.parseInt(query.getOrDefault("maxresults", "5000")));
        var found = new StringBuilder();
        String next = "";
        int count = 0;
        for (var entry : blobs.tailMap(from, true).entrySet()) {
            if (!entry.getKey().startsWith(prefix)) {
                break;
            }
            if (count++ == most) {
                next = entry.getKey();
                break;
            }
            found.append("<Blob><Name>")
                    .append(entry.getKey().replace("&", "&amp;").replace("<", "&lt;"))
                    .append("</Name><Properties><Etag>0x1</Etag><Content-Length>")
                    .append(entry.getValue().length)
                    .append("</Content-Length><BlobType>BlockBlob</BlobType></Properties><OrMetadata /></Blob>");
        }
        String document = "\ufeff<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults"
                + " ServiceEndpoint=\"http://x/\" ContainerName=\"c\"><Prefix>p</Prefix><Blobs>" + found
                + "</Blobs><NextMarker>" + next + "</NextMarker></EnumerationResults>";
        send(exchange, 200, document.getBytes(StandardCharsets.UTF_8));
    }

    private void put(
            HttpExchange exchange,
            NavigableMap<String, byte[]> blobs,
            String name,
            Map<String, String> query,
            byte[] body)
            throws IOException {
        boolean createOnly = "*".equals(exchange.getRequestHeaders().getFirst("If-None-Match"));
        String digest = exchange.getRequestHeaders().getFirst("Content-MD5");
        String step = query.getOrDefault("comp", "");
        if (digest != null && !digest.equals(md5(body))) {
            send(exchange, 400, "Md5Mismatch");
        } else if (step.equals("block")) {
            blocks.computeIfAbsent(name, made -> new ConcurrentHashMap<>()).put(query.get("blockid"), body);
            send(exchange, 201, "");
        } else if (createOnly && blobs.containsKey(name)) {
            send(exchange, 409, "BlobAlreadyExists");
        } else if (step.equals("blocklist")) {
            commit(exchange, blobs, name, new String(body, StandardCharsets.UTF_8));
        } else if (!"BlockBlob".equals(exchange.getRequestHeaders().getFirst("x-ms-blob-type"))) {
            send(exchange, 400, "MissingRequiredHeader");
        } else {
            make(exchange, blobs, name, body, createOnly);
        }
    }

    private void commit(HttpExchange exchange, NavigableMap<String, byte[]> blobs, String name, String list)
            throws IOException {
        Map<String, byte[]> uploaded = blocks.getOrDefault(name, Map.of());
        var whole = new ByteArrayOutputStream();
        Matcher named = LATEST.matcher(list);
        while (named.find()) {
            if (!uploaded.containsKey(named.group(1))) {
                send(exchange, 400, "InvalidBlockList");
                return;
            }
            whole.writeBytes(uploaded.get(named.group(1)));
        }
        blocks.remove(name);
        make(exchange, blobs, name, whole.toByteArray(), true);
    }

    private void make(
            HttpExchange exchange, NavigableMap<String, byte[]> blobs, String name, byte[] content, boolean createOnly)
            throws IOException {
        boolean made = createOnly ? blobs.putIfAbsent(name, content) == null : put(blobs, name, content);
        String tier = exchange.getRequestHeaders().getFirst("x-ms-access-tier");
        tiers.put(name, tier == null ? "" : tier);
        send(exchange, made ? 201 : 409, made ? "" : "BlobAlreadyExists");
    }

    private static boolean put(NavigableMap<String, byte[]> blobs, String name, byte[] content) {
        blobs.put(name, content);
        return true;
    }

    private static void blob(HttpExchange exchange, NavigableMap<String, byte[]> blobs, String name)
            throws IOException {
        byte[] found = blobs.get(name);
        if (found == null) {
            send(exchange, 404, "BlobNotFound");
            return;
        }
        switch (exchange.getRequestMethod()) {
            case "DELETE" -> {
                blobs.remove(name);
                send(exchange, 202, "");
            }
            case "HEAD" -> {
                exchange.getResponseHeaders().set("Content-Length", String.valueOf(found.length));
                exchange.sendResponseHeaders(200, -1);
            }
            default -> content(exchange, found);
        }
    }

    private static void content(HttpExchange exchange, byte[] found) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        if (range == null) {
            send(exchange, 200, found);
            return;
        }
        Matcher parts = RANGE.matcher(range);
        if (!parts.matches() || Long.parseLong(parts.group(1)) >= found.length) {
            send(exchange, 416, "InvalidRange");
            return;
        }
        int from = Integer.parseInt(parts.group(1));
        long to = parts.group(2).isEmpty() ? found.length : Long.parseLong(parts.group(2)) + 1;
        send(exchange, 206, Arrays.copyOfRange(found, from, (int) Math.min(to, found.length)));
    }

    /// @param code of an error; empty for none
    static void send(HttpExchange exchange, int status, String code) throws IOException {
        if (code.isEmpty()) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.getResponseHeaders().set("x-ms-error-code", code);
        String document = "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>" + code
                + "</Code><Message>made to fail\nRequestId:1\nTime:2</Message></Error>";
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
        } else {
            send(exchange, status, document.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private static Map<String, String> query(HttpExchange exchange) {
        Map<String, String> query = new TreeMap<>();
        String raw = exchange.getRequestURI().getRawQuery();
        for (String pair : new ArrayList<>(List.of((raw == null ? "" : raw).split("&", -1)))) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                query.put(
                        pair.substring(0, equals),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return query;
    }

    private static String md5(byte[] content) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("MD5").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
