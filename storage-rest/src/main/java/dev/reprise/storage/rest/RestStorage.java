package dev.reprise.storage.rest;

import dev.reprise.base.RepriseException;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.immutability.AppendOnly;
import dev.reprise.storage.rest.Request.Content;
import dev.reprise.storage.rest.Request.Header;
import dev.reprise.storage.setup.ServerSide;
import dev.reprise.storage.spool.Spool;
import dev.reprise.storage.spool.SpooledDraft;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A repository on a server of restic's REST protocol, version 2 or 1 (repository format, section 1.5).
final class RestStorage implements Storage {
    private static final String VERSION_1 = "application/vnd.x.restic.rest.v1";
    private static final String VERSION_2 = "application/vnd.x.restic.rest.v2";
    private static final Header ACCEPT = new Header("Accept", VERSION_2);
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,18})-[0-9]*/([0-9]{1,18})");
    private static final int OK = 200;
    private static final int PARTIAL = 206;
    /// What servers answer to a body that does not fit its name, too.
    private static final int BAD_REQUEST = 400;
    private static final int DENIED = 403;
    private static final int ABSENT = 404;
    private static final int BEYOND = 416;
    private static final int MOST_CONFIG_BYTES = 1 << 20;

    private final RestAddress address;
    private final RestClient client;
    private final RestFailures failures;
    private final OwnFolders own;
    private final Path temporary;
    private final int connections;

    /// @param client    closed together with this
    /// @param temporary folder for objects on their way
    RestStorage(RestAddress address, RestClient client, Path temporary, int connections) {
        this.address = address;
        this.client = client;
        this.failures = new RestFailures(address.location());
        this.temporary = temporary;
        this.connections = connections;
        this.own = new OwnFolders(address.path(), new OwnFolders.Server() {
            @Override
            public int list(String folder) throws IOException {
                var version = new Header("Accept", VERSION_1);
                return decided("look for " + folder, new Request("GET", folder, List.of(version), new Content.None()));
            }

            @Override
            public int create(String folder) throws IOException {
                return decided("create " + folder, creation(folder));
            }
        });
    }

    /// The status of an answer that decides something: a server in trouble must not be taken for one that says no.
    private int decided(String what, Request request) throws IOException {
        try (Answer answer = client.send(request)) {
            int status = answer.status();
            if (status >= 500 || status == 408 || status == 429) {
                throw failures.answer(what, answer);
            }
            return status;
        }
    }

    @Override
    public String location() {
        return address.location();
    }

    @Override
    public void create() {
        String what = "create the repository's folders";
        attempt(what, () -> {
            try (Answer answer = client.send(creation(address.path()))) {
                if (answer.status() != OK) {
                    throw failures.answer(what, answer);
                }
                return null;
            }
        });
    }

    /// As restic sends it: chunked, without a byte, and without naming a version.
    private static Request creation(String folder) {
        var type = new Header("Content-Type", "binary/octet-stream");
        return new Request("POST", folder + "?create=true", List.of(type), new Content.EmptyChunked());
    }

    @Override
    public long size(ObjectKey key) {
        String what = "look up " + key;
        return attempt(what, () -> {
            String target = target(key);
            if (target == null) {
                return -1L;
            }
            try (Answer answer = client.send(request("HEAD", target))) {
                if (answer.status() == ABSENT) {
                    return -1L;
                }
                if (answer.status() != OK) {
                    throw failures.answer(what, answer);
                }
                if (answer.contentLength() < 0) {
                    throw failures.malformed(what, "gives no size");
                }
                return answer.contentLength();
            }
        });
    }

    /// Answered whole before the consumer is called. Servers of version 1 are asked for each size.
    @Override
    public void list(ObjectType type, Consumer<StoredObject> consumer) {
        if (type == ObjectType.CONFIG) {
            long size = size(ObjectKey.CONFIG);
            if (size >= 0) {
                consumer.accept(new StoredObject(ObjectKey.CONFIG, size));
            }
            return;
        }
        String what = "list " + type.folder();
        Names names = attempt(what, () -> {
            String folder = folder(type);
            return folder == null ? new Names() : names(what, folder);
        });
        names.forEach(type, this::size, consumer);
    }

    /// Stock rest-server answers 404 also when an object of the folder vanishes while it looks at sizes. It looks at
    /// none for version 1, so that tells a folder that is missing from one that is busy.
    private Names names(String what, String folder) throws IOException {
        Names names = names(what, folder, VERSION_2);
        if (names != null) {
            return names;
        }
        Names bare = names(what, folder, VERSION_1);
        if (bare == null) {
            return new Names();
        }
        names = names(what, folder, VERSION_2);
        return names == null ? bare : names;
    }

    /// @return null if the server answers that there is no such folder
    private @Nullable Names names(String what, String folder, String version) throws IOException {
        var request = new Request("GET", folder, List.of(new Header("Accept", version)), new Content.None());
        try (Answer answer = client.send(request)) {
            // rclone answers so for troubles of its own, and gives an empty list where a folder is missing.
            if (answer.status() == ABSENT && !isRclone(answer)) {
                return null;
            }
            if (answer.status() == ABSENT) {
                throw failures.malformed(what, "was 404, which rclone also means for its own troubles");
            }
            if (answer.status() != OK) {
                throw failures.answer(what, answer);
            }
            return Names.read(answer.body());
        }
    }

    private static boolean isRclone(Answer answer) {
        return answer.header("server").startsWith("rclone/");
    }

    @Override
    public <T extends @Nullable Object> T read(ObjectKey key, long offset, long length, BodyReader<T> reader) {
        if (offset < 0 || length < -1) {
            throw new IllegalArgumentException("no range: offset " + offset + ", length " + length);
        }
        String what = "read " + key;
        try {
            return length == 0 ? nothing(key, offset, 0, reader) : some(what, key, offset, length, reader);
        } catch (Answer.NetworkException e) {
            throw failures.translate(what, e);
        } catch (ReaderException e) {
            throw e.translated(failures, what);
        } catch (IOException e) {
            throw failures.translate(what, e);
        }
    }

    private <T extends @Nullable Object> T some(
            String what, ObjectKey key, long offset, long length, BodyReader<T> reader) throws IOException {
        String target = target(key);
        if (target == null) {
            throw failures.answer(what, ABSENT);
        }
        long last = length > Long.MAX_VALUE - offset ? Long.MAX_VALUE : offset + length - 1;
        String range = "bytes=" + offset + "-" + (length < 0 ? "" : last);
        var request = new Request("GET", target, List.of(new Header("Range", range), ACCEPT), new Content.None());
        try (Answer answer = client.send(request)) {
            if (answer.status() == BEYOND && length < 0) {
                return nothing(key, offset, length, reader);
            }
            if (answer.status() == BEYOND) {
                throw failures.tooShort(key.toString(), offset, length, -1);
            }
            if (answer.status() != OK && answer.status() != PARTIAL) {
                throw failures.answer(what, answer);
            }
            InputStream body = positioned(what, key, answer, offset, length);
            return ReaderException.run(
                    reader, new ExactBody(body, length, () -> failures.tooShort(key.toString(), offset, length, -1)));
        }
    }

    /// The body from `offset` on: of a whole object the first bytes are passed over.
    private InputStream positioned(String what, ObjectKey key, Answer answer, long offset, long length)
            throws IOException {
        long has = answer.contentLength();
        long from = 0;
        if (answer.status() == PARTIAL) {
            Matcher given = CONTENT_RANGE.matcher(answer.header("content-range"));
            if (given.matches() && !given.group(1).equals(Long.toString(offset))) {
                throw failures.malformed(what, "is of another range");
            }
            if (given.matches()) {
                requireWithin(key, offset, length, Long.parseLong(given.group(2)));
            }
        } else {
            from = offset;
        }
        if (has >= 0 && (from > has || length > has - from)) {
            throw failures.tooShort(key.toString(), offset, length, answer.status() == OK ? has : -1);
        }
        try {
            answer.body().skipNBytes(from);
        } catch (java.io.EOFException e) {
            throw failures.tooShort(key.toString(), offset, length, -1);
        }
        return answer.body();
    }

    /// rclone answers 206 also where it has nothing to give.
    private void requireWithin(ObjectKey key, long offset, long length, long size) {
        if (offset > size || length > size - offset) {
            throw failures.tooShort(key.toString(), offset, length, size);
        }
    }

    /// No byte, if the object reaches to there.
    private <T extends @Nullable Object> T nothing(ObjectKey key, long offset, long length, BodyReader<T> reader)
            throws IOException {
        long size = size(key);
        if (size < 0) {
            throw failures.answer("read " + key, ABSENT);
        }
        if (offset > size || (length < 0 && offset < size)) {
            throw failures.tooShort(key.toString(), offset, length, size);
        }
        return ReaderException.run(reader, InputStream.nullInputStream());
    }

    @Override
    public Draft draft(ObjectType type) {
        return new SpooledDraft(type, temporary, this::upload);
    }

    private void upload(ObjectKey key, Spool content) {
        String what = "store " + key;
        attempt(what, () -> {
            String folder = key.type() == ObjectType.CONFIG ? address.path() : made(key.type());
            if (folder == null) {
                throw failures.denied(
                        "there is no place for " + key.type().folder(),
                        "this server keeps restic's types only; give the repository a path with fewer slashes");
            }
            var type = new Header("Content-Type", "application/octet-stream");
            var request = new Request(
                    "POST",
                    folder + key.name(),
                    List.of(type, ACCEPT),
                    new Content.Sized(content.size(), content::open));
            boolean unverified;
            try (Answer answer = client.send(request)) {
                if (answer.status() == DENIED && isThere(key, content)) {
                    return null;
                }
                if (answer.status() < OK || answer.status() >= 300) {
                    throw failures.answer(what, answer);
                }
                unverified = isRclone(answer);
            }
            if (unverified && size(key) != content.size()) {
                throw failures.malformed(what, "was yes, but the object has another size");
            }
            return null;
        });
    }

    /// Whether a refusal means that an earlier attempt, whose answer was lost, had stored the same.
    private boolean isThere(ObjectKey key, Spool content) throws IOException {
        if (size(key) != content.size()) {
            return false;
        }
        if (key.type() != ObjectType.CONFIG) {
            return true; // the name says what it holds
        }
        try (InputStream mine = content.open()) {
            return content.size() <= MOST_CONFIG_BYTES && Arrays.equals(mine.readAllBytes(), readAll(key));
        }
    }

    @Override
    public void delete(ObjectKey key) {
        String what = "delete " + key;
        attempt(what, () -> {
            String target = target(key);
            if (target == null) {
                return null;
            }
            try (Answer answer = client.send(request("DELETE", target))) {
                boolean gone = answer.status() == ABSENT || answer.status() == 204;
                if (!gone && answer.status() != OK) {
                    throw failures.answer(what, answer);
                }
                return null;
            }
        });
    }

    @Override
    public int connections() {
        return connections;
    }

    @Override
    public <C> @Nullable C capability(Class<C> type) {
        if (type == AppendOnly.class) {
            return type.cast(new AppendOnlyProbe(asking(), new SecureRandom()));
        }
        return type == ServerSide.class ? type.cast(new RestServerSide(address, this::date)) : null;
    }

    private String date(ObjectKey key) {
        String what = "look up " + key;
        return attempt(what, () -> {
            try (Answer answer = client.send(request("HEAD", address.path() + key.path()))) {
                if (answer.status() != OK) {
                    throw failures.answer(what, answer);
                }
                return answer.header("date");
            }
        });
    }

    private AppendOnlyProbe.Asking asking() {
        return new AppendOnlyProbe.Asking() {
            @Override
            public int delete(ObjectKey key) {
                return asked("delete " + key, "DELETE", key, new Content.None());
            }

            @Override
            public int post(ObjectKey key, byte[] content) {
                var body = new Content.Sized(content.length, () -> new ByteArrayInputStream(content));
                return asked("store " + key, "POST", key, body);
            }

            @Override
            public boolean holds(ObjectKey key, byte[] content) {
                return size(key) == content.length && Arrays.equals(content, readAll(key));
            }

            @Override
            public byte[] read(ObjectKey key) {
                return readAll(key);
            }
        };
    }

    private int asked(String what, String method, ObjectKey key, Content content) {
        return attempt(what, () -> {
            String target = target(key);
            if (target == null) {
                throw failures.answer(what, ABSENT);
            }
            try (Answer answer = client.send(new Request(method, target, List.of(ACCEPT), content))) {
                StorageException trouble = failures.answer(what, answer);
                if (trouble.retryable() && answer.status() != BAD_REQUEST) {
                    throw trouble;
                }
                return answer.status();
            }
        });
    }

    @Override
    public void close() {
        client.close();
    }

    private static Request request(String method, String target) {
        return new Request(method, target, List.of(ACCEPT), new Content.None());
    }

    /// @return null if the server has no such folder, and so no such object
    private @Nullable String target(ObjectKey key) throws IOException {
        String folder = folder(key.type());
        return folder == null ? null : folder + key.name();
    }

    private @Nullable String folder(ObjectType type) throws IOException {
        return switch (type) {
            case CONFIG -> address.path();
            case KEY, LOCK, SNAPSHOT, INDEX, PACK -> address.path() + type.folder() + "/"; // packs lie flat
            case POINT, READINGS, PARTIAL -> own.folder(type);
        };
    }

    private @Nullable String made(ObjectType type) throws IOException {
        return switch (type) {
            case POINT, READINGS, PARTIAL -> own.made(type);
            case CONFIG, KEY, LOCK, SNAPSHOT, INDEX, PACK -> folder(type);
        };
    }

    private <T extends @Nullable Object> T attempt(String what, Attempt<T> attempt) throws RepriseException {
        try {
            return attempt.run();
        } catch (IOException e) {
            throw failures.translate(what, e);
        }
    }

    @FunctionalInterface
    private interface Attempt<T extends @Nullable Object> {
        T run() throws IOException, StorageException;
    }
}
