package dev.reprise.sources.postgres;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import dev.reprise.sources.Facts;
import dev.reprise.sources.FactsLevel;
import dev.reprise.sources.SourceException;
import dev.reprise.sources.SourceListener;
import dev.reprise.sources.SourceListener.SourceEvent;
import dev.reprise.sources.StreamSource.StoredStreams;
import dev.reprise.sources.pipe.ReportingStream;
import dev.reprise.sources.postgres.PostgresRestorePlan.DatabaseRestore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

// Every database is restored under a temporary name, and all get their own names together when the last is whole and
// its rows are those recorded: a restore that fails loses nothing, and nobody takes half a database, or half of the
// databases, for the whole. The price is room for old and new during a replacement. Roles that exist are changed last.

/// One restore. Used once, by one thread.
final class PostgresRestore {
    private static final Duration LOCK_WAIT = Duration.ofMinutes(1);

    private final PostgresRestorePlan plan;
    private final PostgresServer target;
    private final StoredStreams stored;
    private final FactsLevel level;
    private final SourceListener listener;
    private final SortedMap<String, String> versions = new TreeMap<>();
    private final SortedMap<String, Long> counts = new TreeMap<>();
    private final SortedMap<String, String> digests = new TreeMap<>();
    private final List<Beside> unplaced = new ArrayList<>();

    /// A database under its temporary name.
    private record Beside(DatabaseRestore database, DatabaseSql sql, String temporary, String old) {
        DatabaseSwap.Change change() {
            return new DatabaseSwap.Change(sql, database.newName(), temporary, database.exists() ? old : "");
        }
    }

    PostgresRestore(PostgresRestorePlan plan, StoredStreams stored, FactsLevel level, SourceListener listener) {
        this.plan = plan;
        this.target = plan.server();
        this.stored = stored;
        this.level = stored.facts().digests().isEmpty() ? level : FactsLevel.DIGESTS;
        this.listener = listener;
    }

    Facts run() {
        try (Connection connection = target.connect()) {
            versions.put("server", SqlRows.text(connection, "SHOW server_version"));
            GlobalsRestore globals = new GlobalsRestore(target, connection, plan.changedRoles());
            if (plan.globals()) {
                step("applying roles that do not exist");
                globals.addMissing(globalStatements());
            }
            restoreAll(connection);
            if (!plan.changedRoles().isEmpty()) {
                step("changing roles that exist: " + String.join(", ", plan.changedRoles()));
                globals.changeExisting(globalStatements());
            }
            return new Facts(SqlRows.now(connection), versions, new TreeMap<>(), counts, digests);
        } catch (SQLException e) {
            throw target.failure("the restore did not finish", e);
        }
    }

    private List<String> globalStatements() {
        try (InputStream stream = stored.open(PostgresCapture.GLOBALS)) {
            return GlobalsScript.statements(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw target.failure("globals.sql cannot be read: " + e.getMessage(), "check the repository", e);
        }
    }

    private void restoreAll(Connection connection) throws SQLException {
        var roles = new HashSet<>(SqlRows.texts(connection, "SELECT rolname FROM pg_roles"));
        try {
            for (DatabaseRestore database : plan.databases()) {
                versions.put("pg_restore", database.pgRestore().version());
                restoreBeside(connection, database, roles);
            }
            step("putting the databases in place");
            List<DatabaseSwap.Change> changes =
                    unplaced.stream().map(Beside::change).toList();
            new DatabaseSwap(target, connection).run(changes);
            unplaced.clear();
            changes.stream()
                    .map(DatabaseSwap.Change::old)
                    .filter(old -> !old.isEmpty())
                    .forEach(old -> dropOrWarn(old, "holds what was there before; drop it when nobody needs it"));
        } finally {
            dropLeftOvers();
        }
    }

    private void restoreBeside(Connection connection, DatabaseRestore database, Set<String> roles) throws SQLException {
        String suffix = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        var sql = new DatabaseSql(database.entry(), plan.owners(), plan.tablespaces(), roles::contains);
        var beside = new Beside(database, sql, "reprise_new_" + suffix, "reprise_old_" + suffix);
        step("restoring database \"" + database.newName() + "\"");
        unplaced.add(beside);
        SqlRows.execute(connection, sql.create(beside.temporary()));
        runPgRestore(database, beside.temporary());
        for (String statement : sql.properties(beside.temporary())) {
            SqlRows.execute(connection, statement);
        }
        examine(database, beside.temporary());
    }

    private void runPgRestore(DatabaseRestore database, String into) {
        var arguments = new ArrayList<>(List.of(
                "--format=custom", "--exit-on-error", "--no-password", "--dbname=" + SqlText.connectionString(into)));
        if (!plan.owners()) {
            arguments.addAll(List.of("--no-owner", "--no-privileges"));
        }
        if (!plan.tablespaces()) {
            arguments.add("--no-tablespaces");
        }
        String path = database.entry().dump();
        try (InputStream dump = new ReportingStream(stored.open(path), path, listener);
                var process = ClientProcess.start(database.pgRestore(), arguments, target.environment(into))) {
            process.feed(dump);
            process.warnings().forEach(warning -> listener.on(new SourceEvent.Warning(warning)));
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new CancelledException("interrupted while restoring database \"" + database.newName() + "\"");
            }
            if (e.getCause() instanceof RepriseException known) {
                throw known;
            }
            throw target.failure(
                    "database \"" + database.newName() + "\" was not restored: " + e.getMessage(),
                    "mend what the message names and restore again; no database was replaced",
                    e);
        }
    }

    /// Counts under the names of the capture, so that the facts of both can be compared key by key.
    private void examine(DatabaseRestore database, String temporary) throws SQLException {
        step("analysing and counting database \"" + database.newName() + "\"");
        try (Connection connection = target.connect(temporary)) {
            TableCensus.prepare(connection, LOCK_WAIT);
            SqlRows.execute(connection, "ANALYZE");
            connection.setAutoCommit(false);
            var found = new TreeMap<String, Long>();
            var foundDigests = new TreeMap<String, String>();
            TableCensus.begin(connection, database.entry().name(), level).finish(found, foundDigests);
            connection.rollback();
            requireSame(database, stored.facts().counts(), found);
            requireSame(database, stored.facts().digests(), foundDigests);
            counts.putAll(found);
            digests.putAll(foundDigests);
        }
    }

    private <V> void requireSame(DatabaseRestore database, SortedMap<String, V> recorded, SortedMap<String, V> found) {
        String prefix = PlainNames.factKey(database.entry().name()) + ".";
        recorded.forEach((key, value) -> {
            if (key.startsWith(prefix) && !value.equals(found.get(key))) {
                throw new SourceException(
                        ExitStatus.DIFFERS,
                        target.failure(
                                        "what was restored differs at " + key + ": recorded " + value + ", found "
                                                + found.get(key),
                                        "",
                                        null)
                                .fact(),
                        "no database was replaced; check the repository, or restore another snapshot",
                        null);
            }
        });
    }

    private void dropLeftOvers() {
        for (Beside beside : unplaced) {
            dropOrWarn(beside.temporary(), "is left over and may be dropped");
        }
    }

    /// On a connection of its own: that of the restore may be the reason to be here.
    private void dropOrWarn(String database, String otherwise) {
        try (Connection connection = target.connect()) {
            boolean there = SqlRows.bool(
                    connection, "SELECT count(*) = 1 FROM pg_database WHERE datname = " + SqlText.literal(database));
            if (there) {
                DatabaseSwap.drop(connection, database, plan.serverMajor() >= 13);
            }
        } catch (SQLException | RepriseException e) {
            String how = "DROP DATABASE " + SqlText.identifier(database);
            listener.on(new SourceEvent.Warning(
                    "database " + database + " " + otherwise + " (" + how + "): " + e.getMessage()));
        }
    }

    private void step(String what) {
        listener.on(new SourceEvent.Step(what));
    }
}
