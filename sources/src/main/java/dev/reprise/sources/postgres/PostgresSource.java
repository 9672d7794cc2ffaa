package dev.reprise.sources.postgres;

import dev.reprise.sources.Facts;
import dev.reprise.sources.RestorePlan;
import dev.reprise.sources.RestoreRequest;
import dev.reprise.sources.SourceException;
import dev.reprise.sources.SourceListener;
import dev.reprise.sources.StreamSource;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// A PostgreSQL server, 12 or newer, dumped logically: everything in the databases, roles and tablespaces; not
/// the server's configuration and replication slots.
///
/// Facts: `versions` hold `server` and `pg_dump`; `positions` hold `lsn` (of the moment the data stands for), and
/// `<database>.lsn` and `<database>.bytes`; `counts` hold rows per table as `database.schema.table` and large
/// objects; `digests` the same tables and sequences. Dots and other odd characters inside a name are written
/// `%2E`.
///
/// A restore goes to `postgresql://user@host:port/` (an empty target is the server it came from) and knows these
/// options: `only=a,b` restores these databases; `database=OLD:NEW,…` under other names; `globals=no` leaves
/// roles and tablespaces alone; `owners=no` gives everything to the connecting role; `password-file` holds the
/// target's password where the URL has none. Its facts use the names of the capture.
///
/// Safe for many threads; methods that talk to the server may take as long as the data is big and end early
/// when the thread is interrupted.
public final class PostgresSource implements StreamSource {
    private static final int OLDEST_MAJOR = 12;
    private static final String UNREADABLE = """
            SELECT format('%I.%I', n.nspname, c.relname)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
              AND (row_security_active(c.oid) OR NOT has_table_privilege(c.oid, 'SELECT'))
            ORDER BY 1 LIMIT 5
            """;

    private final PostgresSettings settings;

    public PostgresSource(PostgresSettings settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public String kind() {
        return "postgres";
    }

    @Override
    public void probe() {
        PostgresServer server = PostgresServer.of(settings);
        DatabaseCatalog catalog;
        try (Connection connection = server.connect()) {
            catalog = DatabaseCatalog.read(connection).selected(settings, server);
        } catch (SQLException e) {
            throw server.failure("the databases cannot be listed", e);
        }
        if (catalog.serverMajor() < OLDEST_MAJOR) {
            throw server.failure(
                    "the server is version " + catalog.serverMajor() + ", older than " + OLDEST_MAJOR,
                    "upgrade the server",
                    null);
        }
        ClientProgram.toDump("pg_dump", server, catalog.serverMajor(), settings.tools());
        ClientProgram.toDump("pg_dumpall", server, catalog.serverMajor(), settings.tools());
        catalog.databases().forEach(entry -> requireReadable(server, entry.name()));
    }

    private void requireReadable(PostgresServer server, String database) {
        try (Connection connection = server.connect(database)) {
            List<String> unreadable = SqlRows.texts(connection, UNREADABLE);
            if (!unreadable.isEmpty()) {
                throw server.failure(
                        "role \"" + settings.user() + "\" cannot read all rows of " + String.join(", ", unreadable)
                                + " in database \"" + database + "\"",
                        "run: GRANT pg_read_all_data TO " + SqlText.identifier(settings.user())
                                + ", and where row security is used ALTER ROLE … BYPASSRLS",
                        null);
            }
        } catch (SQLException e) {
            throw server.failure("database \"" + database + "\" cannot be looked at", e);
        }
    }

    @Override
    public Facts capture(StreamSink sink, SourceListener listener) {
        return new PostgresCapture(settings, sink, listener).run();
    }

    @Override
    public RestorePlan plan(StoredStreams stored, RestoreRequest request) {
        return new PostgresPlanner(this, settings, stored, request).plan();
    }

    /// @throws SourceException with status `DIFFERS` if rows differ from those recorded; no database was
    /// replaced then
    @Override
    public Facts restore(StoredStreams stored, RestorePlan plan, SourceListener listener) {
        return new PostgresRestore(own(plan), stored, settings.level(), listener).run();
    }

    private PostgresRestorePlan own(RestorePlan plan) {
        if (!(plan instanceof PostgresRestorePlan own) || own.owner() != this) {
            throw new IllegalStateException("this plan was not made by source \"" + settings.name() + "\"");
        }
        return own;
    }

    /// Those of the databases in the plan, under their captured names, and those of the server as a whole.
    @Override
    public Facts expected(StoredStreams stored, RestorePlan plan) {
        Facts all = stored.facts();
        List<String> chosen = own(plan).databases().stream()
                .map(database -> PlainNames.factKey(database.entry().name()) + ".")
                .toList();
        return new Facts(
                all.consistentAt(),
                all.versions(),
                ofDatabases(chosen, all.positions()),
                ofDatabases(chosen, all.counts()),
                ofDatabases(chosen, all.digests()));
    }

    /// Keys without a dot belong to no database.
    private static <V> SortedMap<String, V> ofDatabases(List<String> prefixes, SortedMap<String, V> facts) {
        var kept = new TreeMap<>(facts);
        kept.keySet().removeIf(key -> key.contains(".") && prefixes.stream().noneMatch(key::startsWith));
        return kept;
    }

    /// Writes a capture as one SQL text for psql: the globals, then every database with its creation. The text is
    /// whole only if this returns.
    ///
    /// @throws SourceException if `pg_restore` is missing or ends badly
    public void exportSql(StoredStreams stored, OutputStream out) throws IOException {
        new PostgresExport(settings, stored).write(out);
    }
}
