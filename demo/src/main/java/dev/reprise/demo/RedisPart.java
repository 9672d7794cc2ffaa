package dev.reprise.demo;

import dev.reprise.embedded.EmbeddedRedis;
import dev.reprise.operations.run.RunSource;
import dev.reprise.recovery.compare.FactsComparison;
import dev.reprise.sources.Facts;
import dev.reprise.sources.FactsLevel;
import dev.reprise.sources.RestorePlan;
import dev.reprise.sources.RestoreRequest;
import dev.reprise.sources.SourceListener;
import dev.reprise.sources.redis.RedisSettings;
import dev.reprise.sources.redis.RedisSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;

/// The shop's Redis server.
final class RedisPart implements Part {
    private final Path folder;
    private final InstantSource clock;
    private final Ledger ledger;
    private EmbeddedRedis server;
    private @Nullable Jedis writing;
    private Map<String, String> expected = Map.of();
    private FactsComparison recorded = new FactsComparison(0, List.of("nothing was recovered yet"));

    RedisPart(Path folder, InstantSource clock) {
        this.folder = folder;
        this.clock = clock;
        this.ledger = new Ledger(clock);
        this.server = start(folder);
    }

    /// With the append-only file on: the case in which a bare `dump.rdb` would come up empty.
    private static EmbeddedRedis start(Path folder) {
        return EmbeddedRedis.start(EmbeddedRedis.Options.scratch().in(folder).appendOnly(true));
    }

    private Jedis connect() {
        return new Jedis("127.0.0.1", server.port());
    }

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public String kind() {
        return "redis";
    }

    @Override
    public Ledger ledger() {
        return ledger;
    }

    @Override
    public void fill() {
        try (Jedis redis = connect()) {
            ShopCache.fill(redis);
            expected = ShopCache.keys(redis);
        }
    }

    @Override
    public WriteLoad load() {
        Jedis connection = connect();
        writing = connection;
        return WriteLoad.start(name(), ledger, number -> ShopCache.note(connection, number));
    }

    @Override
    public RunSource source() {
        return new RunSource.Streams(protectedSource(), true);
    }

    private RedisSource protectedSource() {
        return new RedisSource(
                RedisSettings.ofUrl(name(), server.url(), Optional.empty()).withLevel(FactsLevel.DIGESTS), clock);
    }

    @Override
    public void kill() {
        server.process().kill();
    }

    @Override
    public void erase() throws IOException {
        Folders.delete(folder);
    }

    @Override
    public void recover(Recovery recovery) {
        server.close();
        Path recovered = folder.resolveSibling(folder.getFileName() + "-recovered");
        RedisSource source = protectedSource();
        var stored = recovery.streams();
        RestorePlan plan = source.plan(stored, new RestoreRequest(recovered.toString(), false, Map.of()));
        Facts restored = source.restore(stored, plan, SourceListener.SILENT);
        recorded = FactsComparison.of(recovery.captured().facts(), restored);
        server = start(recovered);
    }

    @Override
    public Audit audit(int atLeast, int atMost) {
        try (Jedis redis = connect()) {
            Audit audit = ShopCache.audit(redis, expected, atLeast, atMost);
            List<String> differences = new ArrayList<>(audit.differences());
            differences.addAll(recorded.differences());
            return new Audit(audit.compared(), List.copyOf(differences), audit.survived());
        }
    }

    @Override
    public void close() {
        if (writing != null) {
            writing.close();
        }
        server.close();
    }
}
