package dev.reprise.operations.bucket;

import dev.reprise.base.ExitStatus;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.sorting.TemporaryFile;
import dev.reprise.storage.bucket.Bucket;
import dev.reprise.storage.bucket.Bucket.Listed;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// A whole listing in the order of its keys' bytes, each key once, however the server told it: what does not fit into
/// some memory lies in files without names. A listing that was in order takes one. Belongs to one thread.
final class SortedListing implements AutoCloseable {
    static final Comparator<Keyed> BY_KEY = (a, b) -> Arrays.compareUnsigned(a.key, b.key);

    private final Path directory;
    private final long memoryBytes;
    private final List<FileRun> runs = new ArrayList<>();
    private List<Keyed> collected = new ArrayList<>();
    private long collectedBytes;
    private long objects;
    private long bytes;

    /// @param key UTF-8
    record Keyed(byte[] key, Listed object) {
        /// What it takes in memory, roughly.
        int footprint() {
            return 200 + 2 * key.length;
        }
    }

    /// @param memoryBytes about what may stay in memory
    /// @param directory   for the rest
    SortedListing(long memoryBytes, Path directory) {
        this.memoryBytes = memoryBytes;
        this.directory = directory;
    }

    /// Lists everything that begins with a prefix.
    static SortedListing of(Bucket bucket, String prefix, long memoryBytes, Path directory) {
        return of(bucket, prefix, List.of(), memoryBytes, directory);
    }

    /// @param without what begins so is left out
    static SortedListing of(Bucket bucket, String prefix, List<String> without, long memoryBytes, Path directory) {
        var listing = new SortedListing(memoryBytes, directory);
        boolean whole = false;
        try {
            String from = null;
            do {
                Bucket.Page page = bucket.list(prefix, from);
                for (Listed object : page.objects()) {
                    if (without.stream().noneMatch(object.key()::startsWith)) {
                        listing.add(object);
                    }
                }
                from = page.next();
            } while (from != null);
            whole = true;
            return listing;
        } finally {
            if (!whole) {
                listing.close();
            }
        }
    }

    void add(Listed object) {
        var added = new Keyed(object.key().getBytes(StandardCharsets.UTF_8), object);
        collected.add(added);
        collectedBytes += added.footprint();
        objects++;
        bytes += object.size();
        if (collectedBytes >= memoryBytes) {
            spill();
        }
    }

    /// As told: one told twice counts twice.
    long objects() {
        return objects;
    }

    long bytes() {
        return bytes;
    }

    private void spill() {
        collected.sort(BY_KEY);
        FileRun last = runs.isEmpty() ? null : runs.getLast();
        if (last == null || !last.endsBefore(collected.getFirst())) {
            last = new FileRun(directory);
            runs.add(last);
        }
        last.append(collected);
        collected = new ArrayList<>();
        collectedBytes = 0;
    }

    /// Reads from the start. Nothing may be added any more.
    Cursor cursor() {
        collected.sort(BY_KEY);
        List<Source> sources = new ArrayList<>();
        runs.forEach(run -> sources.add(run.source()));
        var rest = collected.iterator();
        sources.add(() -> rest.hasNext() ? rest.next() : null);
        return new Cursor(sources);
    }

    @Override
    public void close() {
        runs.forEach(FileRun::close);
    }

    private interface Source {
        /// @return null at the end
        @Nullable
        Keyed next();
    }

    private record Head(Keyed record, Source source) {}

    /// Steps through the listing.
    static final class Cursor {
        private final PriorityQueue<Head> heads = new PriorityQueue<>(Comparator.comparing(Head::record, BY_KEY));

        private Cursor(List<Source> sources) {
            sources.forEach(this::push);
        }

        private void push(Source source) {
            Keyed next = source.next();
            if (next != null) {
                heads.add(new Head(next, source));
            }
        }

        /// The next without stepping to it; null at the end.
        @Nullable
        Keyed peek() {
            Head head = heads.peek();
            return head == null ? null : head.record;
        }

        /// Of several with one key the newest.
        Keyed next() {
            Head first = heads.poll();
            if (first == null) {
                throw new NoSuchElementException("the listing is at its end");
            }
            push(first.source);
            Keyed newest = first.record;
            for (Head same = heads.peek();
                    same != null && Arrays.equals(same.record.key, newest.key);
                    same = heads.peek()) {
                heads.poll();
                push(same.source);
                boolean newer = same.record.object.modified().isAfter(newest.object.modified());
                newest = newer ? same.record : newest;
            }
            return newest;
        }
    }

    /// Sorted records in a file.
    private static final class FileRun {
        private static final int BUFFER_BYTES = 64 * 1024;

        private final FileChannel file;
        private byte[] lastKey = new byte[0];
        private long end;

        FileRun(Path directory) {
            try {
                file = TemporaryFile.open(directory);
            } catch (IOException e) {
                throw failed(e);
            }
        }

        boolean endsBefore(Keyed record) {
            return Arrays.compareUnsigned(lastKey, record.key) < 0;
        }

        void append(List<Keyed> records) {
            try (var out = new DataOutputStream(new BufferedOutputStream(new ToFile(), BUFFER_BYTES))) {
                var one = new ByteArrayOutputStream();
                for (Keyed record : records) {
                    one.reset();
                    encode(record, new DataOutputStream(one));
                    out.writeInt(one.size());
                    one.writeTo(out);
                }
            } catch (IOException e) {
                throw failed(e);
            }
            lastKey = records.getLast().key;
        }

        private static void encode(Keyed record, DataOutputStream out) throws IOException {
            Listed object = record.object;
            out.writeInt(record.key.length);
            out.write(record.key);
            out.writeLong(object.size());
            Instant modified = object.modified();
            out.writeLong(modified.getEpochSecond());
            out.writeInt(modified.getNano());
            out.writeUTF(object.etag());
            out.writeUTF(object.storageClass());
        }

        private static Keyed decode(byte[] bytes) throws IOException {
            var in = new DataInputStream(new ByteArrayInputStream(bytes));
            byte[] key = in.readNBytes(in.readInt());
            long size = in.readLong();
            Instant modified = Instant.ofEpochSecond(in.readLong(), in.readInt());
            String etag = in.readUTF();
            return new Keyed(
                    key, new Listed(new String(key, StandardCharsets.UTF_8), size, etag, modified, in.readUTF()));
        }

        Source source() {
            var in = new DataInputStream(new BufferedInputStream(new FromFile(), BUFFER_BYTES));
            return () -> {
                try {
                    return atEnd(in) ? null : decode(in.readNBytes(in.readInt()));
                } catch (IOException e) {
                    throw failed(e);
                }
            };
        }

        private static boolean atEnd(DataInputStream in) throws IOException {
            in.mark(1);
            int next = in.read();
            in.reset();
            return next < 0;
        }

        private static OperationException failed(IOException e) {
            return new OperationException(
                    ExitStatus.FAILED,
                    "a temporary file cannot be used: " + e,
                    "point TMPDIR to a directory with room",
                    e);
        }

        void close() {
            TemporaryFile.close(file);
        }

        private final class ToFile extends OutputStream {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                ByteBuffer rest = ByteBuffer.wrap(bytes, offset, length);
                while (rest.hasRemaining()) {
                    end += file.write(rest, end);
                }
            }
        }

        private final class FromFile extends InputStream {
            private long position;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int count = file.read(ByteBuffer.wrap(bytes, offset, length), position);
                position += Math.max(count, 0);
                return count;
            }
        }
    }
}
