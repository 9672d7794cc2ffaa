package dev.reprise.sources.redis;

import dev.reprise.base.CancelledException;
import dev.reprise.base.RepriseException;
import dev.reprise.sources.Facts;
import dev.reprise.sources.FactsLevel;
import dev.reprise.sources.SourceListener;
import dev.reprise.sources.SourceListener.SourceEvent.Warning;
import dev.reprise.sources.StreamSource.StreamSink;
import dev.reprise.sources.json.JsonTree;
import dev.reprise.sources.pipe.ReportingStream;
import dev.reprise.sources.pipe.WatchedStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One capture of one server. Used once, by one thread.
final class RedisCapture {
    static final String RDB = "dump.rdb";
    static final String ACL = "acl.txt";
    static final String CONFIG = "config.json";
    private static final Pattern KEYSPACE = Pattern.compile("(db\\d+):keys=(\\d+),expires=(\\d+).*");

    private final RedisSettings settings;
    private final StreamSink sink;
    private final SourceListener listener;
    private final SortedMap<String, String> versions = new TreeMap<>();
    private final SortedMap<String, String> positions = new TreeMap<>();
    private final SortedMap<String, Long> counts = new TreeMap<>();
    private final SortedMap<String, String> digests = new TreeMap<>();

    RedisCapture(RedisSettings settings, StreamSink sink, SourceListener listener) {
        this.settings = settings;
        this.sink = sink;
        this.listener = listener;
    }

    Facts run() {
        Instant consistentAt;
        String info;
        try (var connection = RedisConnection.open(settings)) {
            info = connection.command("INFO");
            versions.put("server", RedisConnection.version(info));
            // The data is of a later moment: the server forks after this.
            consistentAt = time(connection.list("TIME"));
        } catch (IOException e) {
            throw RedisConnection.failure(settings, "the server cannot be asked about itself", e);
        }
        try (var connection = RedisConnection.open(settings)) {
            storeRdb(connection, info);
        }
        try (var connection = RedisConnection.open(settings)) {
            storeAcl(connection);
            storeConfiguration(connection);
        }
        return new Facts(consistentAt, versions, positions, counts, digests);
    }

    /// Seconds and microseconds.
    private static Instant time(List<String> answer) throws IOException {
        try {
            return Instant.ofEpochSecond(Long.parseLong(answer.get(0)), Long.parseLong(answer.get(1)) * 1000);
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw new IOException("unexpected answer to TIME", e);
        }
    }

    private void storeRdb(RedisConnection connection, String info) {
        WatchedStream watched = null;
        try {
            var replication = ReplicationStream.request(connection, versions.getOrDefault("server", ""));
            positions.put("replication.id", replication.replicationId());
            positions.put("replication.offset", Long.toString(replication.offset()));
            try (var rdb = new CheckedRdb(replication, settings.level())) {
                watched = new WatchedStream(rdb);
                sink.store(RDB, new ReportingStream(watched, RDB, listener));
                watched.requireEnd(RDB);
                record(rdb, info);
            }
        } catch (IOException | RuntimeException e) {
            throw failure(watched, e);
        }
    }

    /// How the replication stream ended explains more than what the sink made of it.
    private RuntimeException failure(@Nullable WatchedStream watched, Exception e) {
        if (Thread.currentThread().isInterrupted()) {
            return new CancelledException("interrupted while reading from redis source \"" + settings.name() + "\"");
        }
        IOException cause = watched == null ? null : watched.failure();
        if (cause == null && e instanceof RepriseException known) {
            return known;
        }
        IOException shown =
                cause != null ? cause : e instanceof IOException io ? io : new IOException(e.getMessage(), e);
        return RedisConnection.failure(settings, "dump.rdb is not whole", shown);
    }

    private void record(CheckedRdb rdb, String info) {
        versions.put("rdb", String.valueOf(rdb.version()));
        rdb.census()
                .ifPresentOrElse(
                        census -> {
                            counts.putAll(census.counts());
                            digests.putAll(census.digests());
                        },
                        () -> {
                            warn("keys were not counted one by one, because " + rdb.whyNot()
                                    + "; the numbers are the server's own");
                            countFromInfo(info);
                        });
    }

    private void countFromInfo(String info) {
        if (!settings.level().includes(FactsLevel.COUNTS)) {
            return;
        }
        info.lines().map(KEYSPACE::matcher).filter(Matcher::matches).forEach(line -> {
            counts.put(line.group(1), Long.parseLong(line.group(2)));
            counts.put(line.group(1) + ".expires", Long.parseLong(line.group(3)));
        });
    }

    private void storeAcl(RedisConnection connection) {
        try {
            String text = String.join("\n", connection.list("ACL", "LIST")) + "\n";
            store(ACL, text.getBytes(StandardCharsets.UTF_8));
        } catch (RedisConnection.ErrorReply e) {
            warn("users are not saved, because the server answers ACL LIST with " + e.getMessage());
        } catch (IOException e) {
            throw RedisConnection.failure(settings, "acl.txt cannot be saved", e);
        }
    }

    private void storeConfiguration(RedisConnection connection) {
        try {
            List<String> answer = connection.list("CONFIG", "GET", "*");
            var values = new TreeMap<String, String>();
            for (int i = 0; i + 1 < answer.size(); i += 2) {
                if (!secret(answer.get(i))) {
                    values.put(answer.get(i), answer.get(i + 1));
                }
            }
            store(CONFIG, JsonTree.write(values));
        } catch (RedisConnection.ErrorReply e) {
            warn("the configuration is not saved, because the server answers CONFIG GET with " + e.getMessage());
        } catch (IOException e) {
            throw RedisConnection.failure(settings, "config.json cannot be saved", e);
        }
    }

    /// `requirepass`, `masterauth`, `masteruser`, `tls-key-file-pass` and what may come.
    private static boolean secret(String setting) {
        return setting.contains("pass") || setting.contains("auth") || setting.equals("masteruser");
    }

    private void store(String path, byte[] bytes) throws IOException {
        try (var stream = new ByteArrayInputStream(bytes)) {
            sink.store(path, new ReportingStream(stream, path, listener));
        }
    }

    private void warn(String fact) {
        listener.on(new Warning("redis source \"" + settings.name() + "\": " + fact));
    }
}
