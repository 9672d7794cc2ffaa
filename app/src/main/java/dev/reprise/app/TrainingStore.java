package dev.reprise.app;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Just enough of S3 on the loopback interface for a training run: one bucket in memory; signatures are not
/// checked.
final class TrainingStore implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *(\\d+)");
    private static final Pattern RANGE = Pattern.compile("(?i)range: *bytes=(\\d+)-(\\d*)");
    private static final Pattern PREFIX = Pattern.compile("[?&]prefix=([^&]*)");

    private final ServerSocket door;
    private final Map<String, byte[]> objects = new ConcurrentSkipListMap<>();

    TrainingStore() throws IOException {
        door = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("training store").start(this::accept);
    }

    /// Of a repository in the bucket.
    String url() {
        return "s3:http://127.0.0.1:" + door.getLocalPort() + "/bucket/repository";
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                Thread.ofPlatform().daemon().name("training store").start(() -> serve(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                InputStream in = new BufferedInputStream(client.getInputStream());
                OutputStream out = client.getOutputStream()) {
            for (String head = head(in); !head.isEmpty(); head = head(in)) {
                answer(head, in, out);
            }
        } catch (IOException e) {
            // the client has ended
        }
    }

    /// Request line and headers; empty at the end.
    private static String head(InputStream in) throws IOException {
        var head = new StringBuilder();
        for (int next = in.read(); next >= 0; next = in.read()) {
            head.append((char) next);
            if (next == '\n' && head.toString().endsWith("\r\n\r\n")) {
                return head.toString();
            }
        }
        return "";
    }

    private void answer(String head, InputStream in, OutputStream out) throws IOException {
        Matcher length = LENGTH.matcher(head);
        byte[] body = in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
        String[] line = head.split(" ", 3);
        String path = line[1].split("\\?", 2)[0];
        switch (line[0]) {
            case "PUT" -> {
                objects.put(path, body);
                send(out, "200 OK", "ETag: \"0\"\r\n", new byte[0], true);
            }
            case "DELETE" -> {
                objects.remove(path);
                send(out, "204 No Content", "", new byte[0], true);
            }
            default -> give(line, head, out);
        }
    }

    private void give(String[] line, String head, OutputStream out) throws IOException {
        boolean whole = line[0].equals("GET");
        Matcher prefix = PREFIX.matcher(line[1]);
        if (prefix.find()) {
            String wanted = "/bucket/" + prefix.group(1).replace("%2F", "/");
            send(out, "200 OK", "Content-Type: application/xml\r\n", listing(wanted), true);
            return;
        }
        byte[] object = objects.get(line[1].split("\\?", 2)[0]);
        if (object == null) {
            byte[] error = "<Error><Code>NoSuchKey</Code></Error>".getBytes(StandardCharsets.UTF_8);
            send(out, "404 Not Found", "", whole ? error : new byte[0], true);
            return;
        }
        Matcher range = RANGE.matcher(head);
        if (!range.find()) {
            send(out, "200 OK", "", object, whole);
            return;
        }
        int first = Integer.parseInt(range.group(1));
        int last = range.group(2).isEmpty()
                ? object.length - 1
                : Math.min(object.length - 1, Integer.parseInt(range.group(2)));
        byte[] part = Arrays.copyOfRange(object, first, last + 1);
        String where = "Content-Range: bytes " + first + "-" + last + "/" + object.length + "\r\n";
        send(out, "206 Partial Content", where, part, whole);
    }

    private byte[] listing(String prefix) {
        var xml = new StringBuilder(
                "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                        + "<IsTruncated>false</IsTruncated>");
        objects.forEach((path, bytes) -> {
            if (path.startsWith(prefix)) {
                xml.append("<Contents><Key>").append(path.substring("/bucket/".length()));
                xml.append("</Key><Size>").append(bytes.length);
                xml.append("</Size><LastModified>2026-11-21T12:00:00.000Z</LastModified></Contents>");
            }
        });
        return xml.append("</ListBucketResult>").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void send(OutputStream out, String status, String headers, byte[] body, boolean whole)
            throws IOException {
        String head = "HTTP/1.1 " + status + "\r\nContent-Length: " + body.length
                + "\r\nLast-Modified: Sat, 21 Nov 2026 12:00:00 GMT\r\n" + headers + "\r\n";
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.write(body, 0, whole ? body.length : 0);
        out.flush();
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
