package dev.reprise.sources.postgres;

import dev.reprise.sources.SourceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;

// A database can be renamed only while nobody is connected to it. Forbidding connections first would leave it closed to
// everybody if this program died before the end. Instead, its sessions are ended and it is renamed in one message to
// the server: the renaming first locks the database, so whoever comes meanwhile waits until the transaction is over.
// All databases change names in one transaction: either every one is replaced or none.

/// Gives restored databases their names, and those that had these names others. Used once, by one thread.
final class DatabaseSwap {
    private static final int ATTEMPTS = 5;
    private static final String IN_USE = "55006";

    /// @param temporary name it was restored under
    /// @param old       name that a database in its place gets; empty if there is none
    record Change(DatabaseSql sql, String name, String temporary, String old) {
        private String statements() {
            String change = rename(temporary, name);
            String template = sql.template(name).stream().map(s -> ";\n" + s).collect(Collectors.joining());
            return old.isEmpty()
                    ? change + template
                    : endSessions(name) + ";\n" + rename(name, old) + ";\n" + change + template;
        }
    }

    private final PostgresServer target;
    private final Connection connection;

    DatabaseSwap(PostgresServer target, Connection connection) {
        this.target = target;
        this.connection = connection;
    }

    /// @throws SourceException if nothing changed, or if the connection was lost before the server said what
    void run(List<Change> changes) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                inOneTransaction(changes);
                return;
            } catch (SQLException e) {
                if (!IN_USE.equals(e.getSQLState()) || attempt == ATTEMPTS) {
                    throw failure(changes, e);
                }
            }
        }
    }

    private void inOneTransaction(List<Change> changes) throws SQLException {
        connection.setAutoCommit(false);
        try {
            for (Change change : changes) {
                SqlRows.execute(connection, change.statements());
            }
            connection.commit();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            undo(e);
            throw e;
        }
    }

    private void undo(SQLException first) {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            first.addSuppressed(e); // the connection is gone, and its transaction with it
        }
    }

    private SourceException failure(List<Change> changes, SQLException e) {
        String names = changes.stream().map(c -> '"' + c.name() + '"').collect(Collectors.joining(", "));
        String fact = "the restored databases could not be named " + names + ": " + e.getMessage();
        boolean lost = e.getSQLState() == null || e.getSQLState().startsWith("08");
        String hint = lost
                ? "the connection was lost: either every database is replaced, the old ones being named "
                        + changes.stream()
                                .map(Change::old)
                                .filter(old -> !old.isEmpty())
                                .collect(Collectors.joining(", "))
                        + " now, or none; list the databases to see"
                : "no database was replaced; mend what the message names and restore again";
        return target.failure(fact, hint, e);
    }

    private static String rename(String from, String to) {
        return "ALTER DATABASE " + SqlText.identifier(from) + " RENAME TO " + SqlText.identifier(to);
    }

    private static String endSessions(String database) {
        return "SELECT pg_stat_clear_snapshot();\nSELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                + " WHERE datname = " + SqlText.literal(database);
    }

    /// Drops a database also if it is a template.
    ///
    /// @param force whether to end its sessions (PostgreSQL 13 and newer)
    static void drop(Connection connection, String database, boolean force) throws SQLException {
        String name = SqlText.identifier(database);
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute("ALTER DATABASE " + name + " IS_TEMPLATE false");
            statement.execute("DROP DATABASE " + name + (force ? " WITH (FORCE)" : ""));
        }
    }
}
