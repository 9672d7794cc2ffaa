package dev.reprise.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/// A fake, written from the vendor's description of S3: one bucket in memory that keeps objects
/// in classes, refuses to read what lies in an archive until it was brought back, and keeps old
/// versions if told to. No server that starts in a second knows all of this. Checks no signatures.
final class ArchivingBucket implements AutoCloseable {
    private static final Set<String> ARCHIVES = Set.of("GLACIER", "DEEP_ARCHIVE");
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final TreeMap<String, Stored> objects = new TreeMap<>();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private Instant now;
    private boolean delivering;
    private boolean versioned;
    private int versions;

    /// Where an object is on its way back.
    private enum Back {
        NO,
        ASKED,
        YES
    }

    private static final class Stored {
        private final byte[] content;
        private String storageClass;
        private Instant modified;
        private Back back = Back.NO;
        private String version = "";
        private String retained = "";

        Stored(byte[] content, String storageClass, Instant modified) {
            this.content = content;
            this.storageClass = storageClass;
            this.modified = modified;
        }

        boolean isFrozen() {
            return ARCHIVES.contains(storageClass) && back != Back.YES;
        }

        String tag() {
            return "\"%08x\"".formatted(Arrays.hashCode(content));
        }
    }

    ArchivingBucket(Instant now) {
        this.now = now;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "s3:http://127.0.0.1:" + server.getAddress().getPort() + "/bucket/repo";
    }

    synchronized Instant now() {
        return now;
    }

    synchronized void pass(Duration time) {
        now = now.plus(time);
    }

    /// From now on what is asked for comes back before the next look; also what was asked for
    /// before.
    synchronized void deliver() {
        delivering = true;
        objects.values().stream().filter(stored -> stored.back == Back.ASKED).forEach(stored -> stored.back = Back.YES);
    }

    synchronized void keepVersions() {
        versioned = true;
        objects.values().forEach(stored -> stored.version = "v" + versions++);
    }

    synchronized void retain(String key, Instant until) {
        stored(key).retained = until.toString();
    }

    /// As a rule of the bucket would by prefix.
    synchronized void freeze(String prefix) {
        objects.forEach((key, stored) -> {
            if (key.startsWith(prefix)) {
                stored.storageClass = "GLACIER";
            }
        });
    }

    /// Keys of all objects, by class.
    synchronized Map<String, Set<String>> classes() {
        return objects.entrySet().stream()
                .collect(Collectors.groupingBy(
                        entry -> entry.getValue().storageClass,
                        TreeMap::new,
                        Collectors.mapping(Map.Entry::getKey, Collectors.toSet())));
    }

    /// `METHOD key` of every request, with `?restore` and `<- copy`.
    List<String> log() {
        return List.copyOf(log);
    }

    long requests(String ofKind) {
        return log.stream().filter(line -> line.contains(ofKind)).count();
    }

    private Stored stored(String key) {
        Stored found = objects.get(key);
        if (found == null) {
            throw new IllegalArgumentException("no object " + key + " among " + objects.keySet());
        }
        return found;
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        try (exchange) {
            answer(exchange, body);
        }
    }

    private synchronized void answer(HttpExchange exchange, byte[] body) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String key = path.length() > "/bucket/".length() ? path.substring("/bucket/".length()) : "";
        String query = String.valueOf(exchange.getRequestURI().getRawQuery());
        String copied = exchange.getRequestHeaders().getFirst("x-amz-copy-source");
        log.add(exchange.getRequestMethod() + " " + key + (query.startsWith("restore") ? "?restore" : "")
                + (copied == null ? "" : " <- copy"));
        if (key.isEmpty()) {
            list(exchange, query);
        } else {
            switch (exchange.getRequestMethod()) {
                case "PUT" -> put(exchange, key, copied, body);
                case "POST" -> restore(exchange, key);
                case "DELETE" -> {
                    objects.remove(key);
                    send(exchange, 204, new byte[0]);
                }
                default -> get(exchange, key);
            }
        }
    }

    private void put(HttpExchange exchange, String key, String copied, byte[] body) throws IOException {
        byte[] content = body;
        if (copied != null) {
            Stored source = objects.get(key);
            if (source == null) {
                error(exchange, 404, "NoSuchKey");
                return;
            }
            if (source.isFrozen()) {
                error(exchange, 403, "ObjectNotInActiveTierError");
                return;
            }
            content = source.content;
        }
        String storageClass = exchange.getRequestHeaders().getFirst("x-amz-storage-class");
        var stored = new Stored(content, storageClass == null ? "STANDARD" : storageClass, now);
        stored.version = versioned ? "v" + versions++ : "";
        objects.put(key, stored);
        exchange.getResponseHeaders().set("ETag", stored.tag());
        String answer = copied == null
                ? ""
                : "<CopyObjectResult><ETag>" + stored.tag() + "</ETag><LastModified>" + now
                        + "</LastModified></CopyObjectResult>";
        send(exchange, 200, answer.getBytes(StandardCharsets.UTF_8));
    }

    private void restore(HttpExchange exchange, String key) throws IOException {
        Stored stored = objects.get(key);
        if (stored == null) {
            error(exchange, 404, "NoSuchKey");
        } else if (!ARCHIVES.contains(stored.storageClass)) {
            error(exchange, 403, "InvalidObjectState");
        } else if (stored.back == Back.ASKED) {
            error(exchange, 409, "RestoreAlreadyInProgress");
        } else {
            boolean again = stored.back == Back.YES;
            stored.back = delivering || again ? Back.YES : Back.ASKED;
            send(exchange, again ? 200 : 202, new byte[0]);
        }
    }

    private void get(HttpExchange exchange, String key) throws IOException {
        Stored stored = objects.get(key);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (stored == null) {
            error(exchange, 404, "NoSuchKey");
            return;
        }
        if (!head && stored.isFrozen()) {
            error(exchange, 403, "InvalidObjectState");
            return;
        }
        describe(exchange, stored);
        String range = exchange.getRequestHeaders().getFirst("Range");
        if (head || range == null) {
            send(exchange, 200, stored.content);
            return;
        }
        String[] ends = range.substring("bytes=".length()).split("-", -1);
        int first = Integer.parseInt(ends[0]);
        int size = stored.content.length;
        if (first >= size) {
            error(exchange, 416, "InvalidRange");
            return;
        }
        long wanted = ends[1].isEmpty() ? size - 1L : Long.parseLong(ends[1]);
        int last = (int) Math.min(wanted, size - 1L);
        exchange.getResponseHeaders().set("Content-Range", "bytes " + first + "-" + last + "/" + size);
        send(exchange, 206, Arrays.copyOfRange(stored.content, first, last + 1));
    }

    private void describe(HttpExchange exchange, Stored stored) {
        Map<String, String> headers = new HashMap<>();
        headers.put("ETag", stored.tag());
        headers.put("Last-Modified", HTTP_DATE.format(stored.modified));
        if (!stored.storageClass.equals("STANDARD")) {
            headers.put("x-amz-storage-class", stored.storageClass);
        }
        switch (stored.back) {
            case NO -> {}
            case ASKED -> headers.put("x-amz-restore", "ongoing-request=\"true\"");
            case YES ->
                headers.put(
                        "x-amz-restore",
                        "ongoing-request=\"false\", expiry-date=\"%s\""
                                .formatted(HTTP_DATE.format(now.plus(Duration.ofDays(7)))));
        }
        if (!stored.version.isEmpty()) {
            headers.put("x-amz-version-id", stored.version);
        }
        if (!stored.retained.isEmpty()) {
            headers.put("x-amz-object-lock-mode", "COMPLIANCE");
            headers.put("x-amz-object-lock-retain-until-date", stored.retained);
        }
        headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    }

    private void list(HttpExchange exchange, String query) throws IOException {
        Map<String, String> parameters = new HashMap<>();
        for (String parameter : query.split("&", -1)) {
            String[] parts = parameter.split("=", 2);
            parameters.put(parts[0], parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        String prefix = parameters.getOrDefault("prefix", "");
        boolean flat = parameters.containsKey("delimiter");
        var xml = new StringBuilder("<ListBucketResult><IsTruncated>false</IsTruncated>");
        objects.tailMap(prefix).forEach((key, stored) -> {
            boolean below = key.startsWith(prefix) && !(flat && key.indexOf('/', prefix.length()) >= 0);
            if (below) {
                xml.append("<Contents><Key>%s</Key><Size>%d</Size><LastModified>%s</LastModified>"
                        .formatted(key, stored.content.length, stored.modified));
                xml.append("<StorageClass>%s</StorageClass></Contents>".formatted(stored.storageClass));
            }
        });
        send(exchange, 200, xml.append("</ListBucketResult>").toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void error(HttpExchange exchange, int status, String code) throws IOException {
        send(exchange, status, ("<Error><Code>" + code + "</Code></Error>").getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, byte[] content) throws IOException {
        boolean bodyless = exchange.getRequestMethod().equals("HEAD") || status == 204;
        if (bodyless) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(content.length));
        }
        exchange.sendResponseHeaders(status, bodyless || content.length == 0 ? -1 : content.length);
        if (!bodyless) {
            exchange.getResponseBody().write(content);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
