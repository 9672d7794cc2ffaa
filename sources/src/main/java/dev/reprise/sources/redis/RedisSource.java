package dev.reprise.sources.redis;

import dev.reprise.sources.Facts;
import dev.reprise.sources.RestorePlan;
import dev.reprise.sources.RestoreRequest;
import dev.reprise.sources.SourceException;
import dev.reprise.sources.SourceListener;
import dev.reprise.sources.StreamSource;
import java.io.IOException;
import java.time.InstantSource;

/// A Redis or Valkey server, all databases, functions, and where permitted users and configuration.
///
/// Facts: `versions` hold `server` (`7.0.15`, `valkey-8.0.1`) and `rdb`; `positions` hold `replication.id` and
/// `replication.offset`; `counts` hold keys as `db0`, `db0.hash`, `db0.expires`, `db0.hash.expires`,
/// `db0.persistent`, and `functions`; `digests` hold `db0` and `db0.persistent`, of what clients see, whatever the
/// encoding. Keys with an expiry vanish as time goes by; the persistent ones do not.
///
/// A restore goes into the data directory of a stopped server and knows these options: `appendonly=no` leaves out
/// the append-only set that is otherwise built beside `dump.rdb`; `server=7.0` refuses what that version cannot
/// load; `owner=user:group` gives the files away; `acl=yes` writes `users.acl`. With `replace`, what is there is moved
/// into a folder `before-restore-<time>`, not deleted.
///
/// Safe for many threads. An interrupt is noticed when the server next sends something, or after the patience of the
/// settings; at once in a virtual thread.
public final class RedisSource implements StreamSource {
    private final RedisSettings settings;
    private final InstantSource clock;

    public RedisSource(RedisSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public String kind() {
        return "redis";
    }

    @Override
    public void probe() {
        try (var connection = RedisConnection.open(settings)) {
            String info = connection.command("INFO");
            if (RedisConnection.info(info, "loading").equals("1")) {
                throw settings.failure("the server is loading its data", "wait until it is ready", null);
            }
            // Harmless, and needs the right a capture needs.
            connection.command("REPLCONF", "capa", "eof");
        } catch (IOException e) {
            throw RedisConnection.failure(settings, "the server cannot be asked about itself", e);
        }
    }

    @Override
    public Facts capture(StreamSink sink, SourceListener listener) {
        return new RedisCapture(settings, sink, listener).run();
    }

    @Override
    public RestorePlan plan(StoredStreams stored, RestoreRequest request) {
        return new RedisPlanner(this, settings, stored, request).plan();
    }

    /// @throws SourceException if the RDB is damaged; the data directory is as it was then
    @Override
    public Facts restore(StoredStreams stored, RestorePlan plan, SourceListener listener) {
        if (!(plan instanceof RedisRestorePlan own) || own.owner() != this) {
            throw new IllegalStateException("this plan was not made by source \"" + settings.name() + "\"");
        }
        return new RedisRestore(own, settings, stored, listener, clock.instant()).run();
    }
}
