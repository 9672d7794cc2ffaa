package dev.reprise.sources.postgres;

import dev.reprise.base.CancelledException;
import dev.reprise.base.RepriseException;
import dev.reprise.sources.Facts;
import dev.reprise.sources.SourceException;
import dev.reprise.sources.SourceListener;
import dev.reprise.sources.SourceListener.SourceEvent.Warning;
import dev.reprise.sources.StreamSource.StreamSink;
import dev.reprise.sources.pipe.ReportingStream;
import dev.reprise.sources.pipe.WatchedStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One capture of one server. Used once, by one thread.
final class PostgresCapture {
    static final String GLOBALS = "globals.sql";
    private static final String MAINTENANCE = "postgres";
    /// Objects that initdb did not make have OIDs from 16384 on.
    private static final String UNTOUCHED = """
            SELECT NOT EXISTS (SELECT FROM pg_class WHERE oid >= 16384)
               AND NOT EXISTS (SELECT FROM pg_proc WHERE oid >= 16384)
               AND NOT EXISTS (SELECT FROM pg_type WHERE oid >= 16384)
               AND NOT EXISTS (SELECT FROM pg_namespace WHERE oid >= 16384)
               AND NOT EXISTS (SELECT FROM pg_extension WHERE oid >= 16384)
               AND NOT EXISTS (SELECT FROM pg_collation WHERE oid >= 16384)
               AND NOT EXISTS (SELECT FROM pg_conversion WHERE oid >= 16384)
               AND NOT EXISTS (SELECT FROM pg_cast WHERE oid >= 16384)
               AND NOT EXISTS (SELECT FROM pg_operator WHERE oid >= 16384)
               AND NOT EXISTS (SELECT FROM pg_opclass WHERE oid >= 16384)
               AND NOT EXISTS (SELECT FROM pg_language WHERE oid >= 16384)
               AND NOT EXISTS (SELECT FROM pg_ts_config WHERE oid >= 16384)
               AND NOT EXISTS (SELECT FROM pg_ts_dict WHERE oid >= 16384)
               AND NOT EXISTS (SELECT FROM pg_publication WHERE oid >= 16384)
               AND NOT EXISTS (SELECT FROM pg_foreign_data_wrapper WHERE oid >= 16384)
               AND NOT EXISTS (SELECT FROM pg_foreign_server WHERE oid >= 16384)
               AND NOT EXISTS (SELECT FROM pg_event_trigger WHERE oid >= 16384)
               AND NOT EXISTS (SELECT FROM pg_default_acl WHERE oid >= 16384)
               AND NOT EXISTS (SELECT FROM pg_largeobject_metadata)
               AND NOT EXISTS (
                     SELECT FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
                     WHERE d.datname = current_database())
            """;
    private static final String UNLOGGED = """
            SELECT coalesce(string_agg(format('%I.%I', n.nspname, c.relname), ', '), '')
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND c.relpersistence = 'u' AND pg_is_in_recovery()
            """;
    private static final String LSN =
            "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END";

    private final PostgresSettings settings;
    private final PostgresServer server;
    private final StreamSink sink;
    private final SourceListener listener;
    private final SortedMap<String, String> versions = new TreeMap<>();
    private final SortedMap<String, String> positions = new TreeMap<>();
    private final SortedMap<String, Long> counts = new TreeMap<>();
    private final SortedMap<String, String> digests = new TreeMap<>();
    private Instant consistentAt = Instant.MAX;

    PostgresCapture(PostgresSettings settings, StreamSink sink, SourceListener listener) {
        this.settings = settings;
        this.server = PostgresServer.of(settings);
        this.sink = sink;
        this.listener = listener;
    }

    Facts run() {
        DatabaseCatalog catalog;
        boolean passwords;
        boolean templateAtRisk;
        try (Connection connection = server.connect()) {
            DatabaseCatalog all = DatabaseCatalog.read(connection);
            catalog = all.selected(settings, server);
            templateAtRisk = all.has(DatabaseCatalog.TEMPLATE)
                    && settings.databases().isEmpty()
                    && !settings.exclude().contains(DatabaseCatalog.TEMPLATE);
            passwords = SqlRows.bool(connection, "SELECT has_table_privilege('pg_catalog.pg_authid', 'SELECT')");
            versions.put("server", SqlRows.text(connection, "SHOW server_version"));
            consistentAt = SqlRows.now(connection);
            positions.put("lsn", SqlRows.text(connection, LSN));
        } catch (SQLException e) {
            throw server.failure("the databases cannot be listed", e);
        }
        catalog = withoutUntouched(catalog);
        for (String invalid : catalog.invalid()) {
            warn("database \"" + invalid + "\" is invalid (its removal was interrupted) and is left out; drop it");
        }
        for (String closed : catalog.closed()) {
            warn("database \"" + closed + "\" forbids connections and is left out; to save it, "
                    + DatabaseCatalog.allow(closed) + ", else list it under exclude");
        }
        if (templateAtRisk) {
            warnOfTemplate();
        }
        ClientProgram dump = ClientProgram.toDump("pg_dump", server, catalog.serverMajor(), settings.tools());
        versions.put("pg_dump", dump.version());
        if (dump.major() != catalog.serverMajor()) {
            warn("pg_dump " + dump.version() + " is newer than the server " + versions.get("server")
                    + ": its output may not fit a server of that version");
        }
        storeCatalog(catalog);
        storeGlobals(catalog, passwords);
        for (DatabaseEntry entry : catalog.databases()) {
            storeDatabase(dump, entry);
        }
        return new Facts(consistentAt, versions, positions, counts, digests);
    }

    /// Every server comes with a database `postgres` that clients use to connect somewhere. While nobody has put
    /// anything into it, saving it would only make every restore into a new server collide with that server's own.
    private DatabaseCatalog withoutUntouched(DatabaseCatalog catalog) {
        boolean asked = settings.databases().contains(MAINTENANCE);
        if (asked || !catalog.has(MAINTENANCE) || catalog.databases().size() == 1) {
            return catalog;
        }
        try (Connection connection = server.connect(MAINTENANCE)) {
            return SqlRows.bool(connection, UNTOUCHED) ? catalog.without(MAINTENANCE) : catalog;
        } catch (SQLException e) {
            throw server.failure("database \"" + MAINTENANCE + "\" cannot be looked at", e);
        }
    }

    /// Every server has a `template1`. What was put into it is part of every database made since, but not of those to
    /// come on a new server.
    private void warnOfTemplate() {
        String left = "database \"" + DatabaseCatalog.TEMPLATE + "\" is left out";
        String advice = "; to save it, list it under databases, else under exclude";
        try (Connection connection = server.connect(DatabaseCatalog.TEMPLATE)) {
            if (!SqlRows.bool(connection, UNTOUCHED)) {
                warn(left + ", and something was put into it" + advice);
            }
        } catch (SQLException | SourceException e) {
            warn(left + ", and cannot be looked at: " + e.getMessage() + advice);
        }
    }

    private void storeCatalog(DatabaseCatalog catalog) {
        try (InputStream stream = new ByteArrayInputStream(catalog.toJson())) {
            sink.store(DatabaseCatalog.PATH, new ReportingStream(stream, DatabaseCatalog.PATH, listener));
        } catch (IOException e) {
            throw server.failure("databases.json could not be stored: " + e.getMessage(), "check the repository", e);
        }
    }

    private void storeGlobals(DatabaseCatalog catalog, boolean passwords) {
        ClientProgram program = ClientProgram.toDump("pg_dumpall", server, catalog.serverMajor(), settings.tools());
        List<String> arguments = passwords
                ? List.of("--globals-only", "--no-password")
                : List.of("--globals-only", "--no-password", "--no-role-passwords");
        if (!passwords) {
            warn("role \"" + settings.user() + "\" may not read pg_authid: roles are saved without their passwords");
        }
        store(program, arguments, settings.database(), GLOBALS);
    }

    private void storeDatabase(ClientProgram program, DatabaseEntry entry) {
        try (Connection connection = server.connect(entry.name())) {
            TableCensus.prepare(connection, settings.maxLockWait());
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            String snapshot = SqlRows.text(connection, "SELECT pg_export_snapshot()");
            String key = PlainNames.factKey(entry.name());
            positions.put(key + ".lsn", SqlRows.text(connection, LSN));
            positions.put(key + ".bytes", SqlRows.text(connection, "SELECT pg_database_size(current_database())"));
            warnOfUnlogged(connection, entry.name());
            TableCensus census = TableCensus.begin(connection, entry.name(), settings.level());
            store(program, dumpArguments(snapshot), entry.name(), entry.dump());
            census.finish(counts, digests);
            connection.rollback();
        } catch (SQLException e) {
            throw server.failure("database \"" + entry.name() + "\" cannot be read", e);
        }
    }

    private void warnOfUnlogged(Connection connection, String database) throws SQLException {
        String tables = SqlRows.text(connection, UNLOGGED);
        if (!tables.isEmpty()) {
            warn("rows of unlogged tables of database \"" + database + "\" are left out, because a standby has none: "
                    + tables);
        }
    }

    private List<String> dumpArguments(String snapshot) {
        return List.of(
                "--format=custom",
                "--compress=0",
                "--create",
                "--no-password",
                "--snapshot=" + snapshot,
                "--lock-wait-timeout=" + settings.maxLockWait().toMillis());
    }

    /// Streams a program's output into the sink; the sink sees its end only if the program ended well.
    private void store(ClientProgram program, List<String> arguments, String database, String path) {
        try (var process = ClientProcess.start(program, arguments, server.environment(database));
                InputStream output = process.output()) {
            var watched = new WatchedStream(output);
            try {
                sink.store(path, new ReportingStream(watched, path, listener));
            } catch (IOException | RuntimeException e) {
                throw failure(path, database, watched, e);
            }
            watched.requireEnd(path);
            process.warnings().forEach(this::warn);
        } catch (IOException e) {
            throw failure(path, database, null, e);
        }
    }

    /// The program's own end explains more than what the sink made of it.
    private RuntimeException failure(String path, String database, @Nullable WatchedStream watched, Exception e) {
        if (Thread.currentThread().isInterrupted()) {
            return new CancelledException("interrupted while dumping database \"" + database + "\"");
        }
        IOException cause = watched == null ? null : watched.failure();
        if (cause == null && e instanceof RepriseException known) {
            return known;
        }
        Exception shown = cause == null ? e : cause;
        return server.failure(
                path + " of database \"" + database + "\" is not whole: " + shown.getMessage(),
                "mend what the message names, then run the backup again",
                shown);
    }

    private void warn(String fact) {
        listener.on(new Warning("postgres source \"" + settings.name() + "\": " + fact));
    }
}
