package dev.reprise.serve;

import dev.reprise.serve.ByteRange.Wanted;
import dev.reprise.serve.Counters.Operation;
import dev.reprise.serve.RequestPath.Subject;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.local.LocalStorage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/// Answers requests about repositories, as rest-server does. A repository is restic's local layout below the served
/// folder, so that it can also be used where it lies. Safe for many threads.
final class Repositories {
    private static final String VERSION_1 = "application/vnd.x.restic.rest.v1";
    private static final String VERSION_2 = "application/vnd.x.restic.rest.v2";
    private static final int PIECE = 64 * 1024;
    private static final int STRIPES = 1024;
    /// For servers older than what they keep: a configuration is 155 bytes.
    private static final int MOST_CONFIG_BYTES = 1 << 20;

    private final Path root;
    private final ServeSettings settings;
    private final Quota quota;
    private final Counters counters;
    private final Consumer<String> log;
    private final ReentrantLock[] names = new ReentrantLock[STRIPES];

    /// @param root of all repositories, without links on the way
    Repositories(Path root, ServeSettings settings, Quota quota, Counters counters, Consumer<String> log) {
        this.root = root;
        this.settings = settings;
        this.quota = quota;
        this.counters = counters;
        this.log = log;
        Arrays.setAll(names, _ -> new ReentrantLock());
    }

    /// @param label path of the repository for metrics
    private record Place(Storage storage, Path folder, String label) {}

    void answer(Exchange exchange, RequestPath path) throws IOException {
        Path folder = folder(path.folders());
        if (folder == null) {
            exchange.refuse(HttpStatus.NOT_FOUND_404);
            return;
        }
        var place = new Place(
                new LocalStorage(folder, LocalStorage.CONNECTIONS, settings.groupAccess()),
                folder,
                String.join("/", path.folders()));
        switch (path.subject()) {
            case Subject.Whole _ -> whole(exchange, place);
            case Subject.All(ObjectType type) -> all(exchange, place, type);
            case Subject.One(ObjectKey key) -> one(exchange, place, key);
        }
    }

    /// A link may lead to another place below the root, but not out of it.
    ///
    /// @return null if it does
    private @Nullable Path folder(List<String> folders) throws IOException {
        Path folder = root;
        for (String name : folders) {
            folder = folder.resolve(name);
            if (Files.isSymbolicLink(folder)) {
                if (!Files.exists(folder) || !folder.toRealPath().startsWith(root)) {
                    log.accept("warning: " + folder + " is a link that leads out of " + root + ", so it is not served");
                    return null;
                }
            }
        }
        return folder;
    }

    private void whole(Exchange exchange, Place place) throws IOException {
        if (!exchange.method().equals("POST")) {
            notAllowed(exchange, "POST");
        } else if (!exchange.query("create").equals("true")) {
            exchange.refuse(HttpStatus.BAD_REQUEST_400);
        } else {
            place.storage.create();
            log.accept("repository folders are there: " + place.folder);
            exchange.done();
        }
    }

    private static void notAllowed(Exchange exchange, String allowed) throws IOException {
        exchange.set(HttpHeader.ALLOW, allowed);
        exchange.refuse(HttpStatus.METHOD_NOT_ALLOWED_405);
    }

    private void all(Exchange exchange, Place place, ObjectType type) throws IOException {
        if (!exchange.method().equals("GET")) {
            notAllowed(exchange, "GET");
            return;
        }
        boolean sizes = exchange.header(HttpHeader.ACCEPT).equals(VERSION_2);
        if (!Files.isDirectory(isOwn(type) ? place.folder : place.folder.resolve(type.folder()))) {
            exchange.refuse(HttpStatus.NOT_FOUND_404);
            return;
        }
        exchange.status(HttpStatus.OK_200);
        exchange.set(HttpHeader.CONTENT_TYPE, sizes ? VERSION_2 : VERSION_1);
        var list = new ListBody(exchange.answer(), sizes);
        try {
            place.storage.list(type, list::add);
            list.end();
        } catch (UncheckedOutput.ClientException e) {
            throw e.reason();
        }
    }

    /// Whether restic does not know it: such folders come into being with their first object.
    private static boolean isOwn(ObjectType type) {
        return type.folder().startsWith("reprise/");
    }

    private void one(Exchange exchange, Place place, ObjectKey key) throws IOException {
        switch (exchange.method()) {
            case "HEAD" -> {
                long size = size(place, key);
                if (size < 0) {
                    exchange.refuse(HttpStatus.NOT_FOUND_404);
                } else {
                    exchange.size(size);
                }
            }
            case "GET" -> send(exchange, place, key);
            case "POST" -> store(exchange, place, key);
            case "DELETE" -> delete(exchange, place, key);
            default -> notAllowed(exchange, "HEAD, GET, POST, DELETE");
        }
    }

    /// What is no file, a link included, is no object.
    private static long size(Place place, ObjectKey key) {
        Path file = place.folder.resolve(key.path());
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? place.storage.size(key) : -1;
    }

    private void send(Exchange exchange, Place place, ObjectKey key) throws IOException {
        long size = size(place, key);
        if (size < 0) {
            exchange.refuse(HttpStatus.NOT_FOUND_404);
            return;
        }
        boolean config = key.type() == ObjectType.CONFIG; // whole always, as rest-server sends it
        exchange.set(HttpHeader.CONTENT_TYPE, "application/octet-stream");
        exchange.set(HttpHeader.ACCEPT_RANGES, "bytes");
        switch (ByteRange.parse(config ? null : exchange.header(HttpHeader.RANGE), size)) {
            case Wanted.Whole _ -> send(exchange, place, key, HttpStatus.OK_200, 0, size);
            case Wanted.Part(ByteRange range) -> {
                long last = range.offset() + range.length() - 1;
                exchange.set(HttpHeader.CONTENT_RANGE, "bytes " + range.offset() + "-" + last + "/" + size);
                send(exchange, place, key, HttpStatus.PARTIAL_CONTENT_206, range.offset(), range.length());
            }
            case Wanted.Beyond _ -> {
                exchange.set(HttpHeader.CONTENT_RANGE, "bytes */" + size);
                exchange.refuse(HttpStatus.RANGE_NOT_SATISFIABLE_416);
            }
        }
    }

    private void send(Exchange exchange, Place place, ObjectKey key, int status, long offset, long length)
            throws IOException {
        exchange.status(status);
        exchange.set(HttpHeader.CONTENT_LENGTH, Long.toString(length));
        try {
            place.storage.read(key, offset, length, body -> {
                try (OutputStream out = new UncheckedOutput(exchange.answer())) {
                    byte[] piece = new byte[PIECE];
                    for (int count = body.read(piece); count >= 0; count = body.read(piece)) {
                        out.write(piece, 0, count);
                    }
                }
                return length;
            });
        } catch (UncheckedOutput.ClientException e) {
            throw e.reason();
        }
        count(Operation.READ, exchange, place, key, length);
    }

    private void count(Operation operation, Exchange exchange, Place place, ObjectKey key, long bytes) {
        if (settings.metrics() != ServeSettings.Metrics.OFF && key.type() != ObjectType.CONFIG) {
            counters.add(operation, exchange.user(), place.label, key.type(), bytes);
        }
    }

    private void store(Exchange exchange, Place place, ObjectKey key) throws IOException {
        if (exists(place, key)) {
            exchange.refuse(HttpStatus.FORBIDDEN_403);
            return;
        }
        if (key.type() == ObjectType.CONFIG && exchange.length() > MOST_CONFIG_BYTES) {
            exchange.refuse(HttpStatus.PAYLOAD_TOO_LARGE_413);
            return;
        }
        int status;
        try (var upload = new Upload(place.storage.draft(key.type()), quota)) {
            status = receive(exchange, place, key, upload);
        } catch (Quota.FullException e) {
            status = HttpStatus.INSUFFICIENT_STORAGE_507;
        }
        // The draft is gone by now: whoever reads the answer finds nothing of it.
        if (status == HttpStatus.OK_200) {
            exchange.done();
        } else {
            exchange.refuse(status);
        }
    }

    private int receive(Exchange exchange, Place place, ObjectKey key, Upload upload)
            throws IOException, Quota.FullException {
        upload.expect(exchange.length());
        int most = key.type() == ObjectType.CONFIG ? MOST_CONFIG_BYTES : Integer.MAX_VALUE;
        upload.copy(exchange.body(), exchange.pace(), most);
        boolean named = key.type() == ObjectType.CONFIG
                || !settings.verify()
                || HexFormat.of().formatHex(upload.digest()).equals(key.name());
        if (!named) {
            return HttpStatus.BAD_REQUEST_400;
        }
        ReentrantLock name = lock(place, key);
        name.lock();
        try {
            if (exists(place, key)) {
                return HttpStatus.FORBIDDEN_403;
            }
            upload.commit(key.name());
        } finally {
            name.unlock();
        }
        count(Operation.WRITE, exchange, place, key, upload.size());
        return HttpStatus.OK_200;
    }

    /// Who holds it decides alone about this name.
    private ReentrantLock lock(Place place, ObjectKey key) {
        return names[Math.floorMod(place.folder.hashCode() * 31 + key.hashCode(), STRIPES)];
    }

    /// Whatever it is: a link is not to be replaced either.
    private static boolean exists(Place place, ObjectKey key) {
        return Files.exists(place.folder.resolve(key.path()), LinkOption.NOFOLLOW_LINKS);
    }

    private void delete(Exchange exchange, Place place, ObjectKey key) throws IOException {
        boolean passing = key.type() == ObjectType.LOCK || key.type() == ObjectType.PARTIAL;
        if (settings.access().appendOnly() && !passing) {
            exchange.refuse(HttpStatus.FORBIDDEN_403);
            return;
        }
        ReentrantLock name = lock(place, key);
        name.lock();
        try {
            long size = Math.max(0, size(place, key));
            boolean there = exists(place, key);
            place.storage.delete(key);
            if (there) {
                quota.giveBack(size);
                count(Operation.DELETE, exchange, place, key, size);
            }
        } finally {
            name.unlock();
        }
        exchange.done();
    }

    /// The JSON of a list, written as the names come.
    private static final class ListBody {
        private static final int FLUSH = 32 * 1024;
        private final OutputStream out;
        private final boolean sizes;
        private final StringBuilder text = new StringBuilder("[");
        private boolean first = true;

        ListBody(OutputStream out, boolean sizes) {
            this.out = new UncheckedOutput(out);
            this.sizes = sizes;
        }

        /// Names are hexadecimal digits: nothing to escape.
        void add(Storage.StoredObject object) {
            text.append(first ? "" : ",");
            first = false;
            if (sizes) {
                text.append("{\"name\":\"").append(object.key().name()).append("\",\"size\":");
                text.append(object.size()).append('}');
            } else {
                text.append('"').append(object.key().name()).append('"');
            }
            if (text.length() > FLUSH) {
                flush();
            }
        }

        private void flush() {
            try {
                out.write(text.toString().getBytes(StandardCharsets.US_ASCII));
                text.setLength(0);
            } catch (IOException e) {
                throw new IllegalStateException("this stream throws unchecked", e);
            }
        }

        void end() throws IOException {
            text.append(']');
            flush();
            out.close();
        }
    }
}
