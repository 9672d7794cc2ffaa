package dev.reprise.demo;

import dev.reprise.base.Secret;
import dev.reprise.embedded.EmbeddedPostgres;
import dev.reprise.operations.run.RunSource;
import dev.reprise.recovery.compare.FactsComparison;
import dev.reprise.sources.Facts;
import dev.reprise.sources.FactsLevel;
import dev.reprise.sources.RestorePlan;
import dev.reprise.sources.RestoreRequest;
import dev.reprise.sources.SourceListener;
import dev.reprise.sources.postgres.PostgresSettings;
import dev.reprise.sources.postgres.PostgresSource;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The shop's PostgreSQL server.
final class PostgresPart implements Part {
    private final Path folder;
    private final Path tools;
    private final Ledger ledger;
    private EmbeddedPostgres server;
    private @Nullable Connection writing;
    private Map<String, ShopDatabase.Table> expected = Map.of();
    private FactsComparison recorded = new FactsComparison(0, List.of("nothing was recovered yet"));

    /// @param tools folder of `pg_dump` and `pg_restore`
    PostgresPart(Path folder, Path tools, InstantSource clock) {
        this.folder = folder;
        this.tools = tools;
        this.ledger = new Ledger(clock);
        this.server = start(folder);
    }

    private static EmbeddedPostgres start(Path folder) {
        return EmbeddedPostgres.start(EmbeddedPostgres.Options.scratch().in(folder));
    }

    @Override
    public String name() {
        return "postgres";
    }

    @Override
    public String kind() {
        return "postgres";
    }

    @Override
    public Ledger ledger() {
        return ledger;
    }

    @Override
    public void fill() throws SQLException {
        ShopDatabase.create(server);
        expected = ShopDatabase.tables(server);
    }

    @Override
    public WriteLoad load() {
        try {
            Connection connection = server.connect("shop");
            writing = connection;
            return WriteLoad.start(name(), ledger, number -> ShopDatabase.pay(connection, number));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public RunSource source() {
        return new RunSource.Streams(protectedBy(server.password()), true);
    }

    private PostgresSource protectedBy(Secret password) {
        return new PostgresSource(PostgresSettings.ofUrl(name(), url(), Optional.of(password))
                .withLevel(FactsLevel.DIGESTS)
                .withTools(tools));
    }

    private String url() {
        return "postgresql://%s@127.0.0.1:%d/".formatted(EmbeddedPostgres.USER, server.port());
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
        server = start(folder.resolveSibling(folder.getFileName() + "-recovered"));
        PostgresSource source = protectedBy(server.password());
        var stored = recovery.streams();
        RestorePlan plan = source.plan(stored, new RestoreRequest("", false, Map.of()));
        Facts restored = source.restore(stored, plan, SourceListener.SILENT);
        recorded = FactsComparison.of(recovery.captured().facts(), restored);
    }

    @Override
    public Audit audit(int atLeast, int atMost) throws SQLException {
        Audit audit = ShopDatabase.audit(server, expected, atLeast, atMost);
        List<String> differences = new ArrayList<>(audit.differences());
        differences.addAll(recorded.differences());
        return new Audit(audit.compared(), List.copyOf(differences), audit.survived());
    }

    @Override
    public void close() {
        try (Connection _ = writing) {
            server.close();
        } catch (SQLException e) {
            throw new IllegalStateException("the connection of the write load cannot be closed", e);
        }
    }
}
