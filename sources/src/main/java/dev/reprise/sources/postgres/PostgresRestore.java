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

// Every database is restored under a temporary name and gets its own name only when it is whole and its rows are those
// recorded: a restore that fails loses nothing, and nobody takes half a database for a whole one. The price is room for
// both during a replacement.

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
            if (plan.globals()) {
                step("applying roles and tablespaces");
                applyGlobals(connection);
            }
            for (DatabaseRestore database : plan.databases()) {
                versions.put("pg_restore", database.pgRestore().version());
                restore(connection, database);
            }
            return new Facts(SqlRows.now(connection), versions, new TreeMap<>(), counts, digests);
        } catch (SQLException e) {
            throw target.failure("the restore did not finish", e);
        }
    }

    private void applyGlobals(Connection connection) throws SQLException {
        String script;
        try (InputStream stream = stored.open(PostgresCapture.GLOBALS)) {
            script = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw target.failure("globals.sql cannot be read: " + e.getMessage(), "check the repository", e);
        }
        Set<String> kept = keptRoles(connection);
        for (String statement : GlobalsScript.statements(script)) {
            boolean skip = kept.contains(GlobalsScript.role(statement))
                    || !GlobalsScript.createdTablespace(statement).isEmpty()
                    || statement.contains(" ON TABLESPACE ");
            if (!skip) {
                applyGlobal(connection, statement);
            }
        }
    }

    /// Roles whose statements are skipped: those that exist, unless they may be replaced; and always the one we are
    /// connected as, whose password the next programs need.
    private Set<String> keptRoles(Connection connection) throws SQLException {
        var kept = new HashSet<String>();
        kept.add(SqlRows.text(connection, "SELECT current_user"));
        if (!plan.replace()) {
            kept.addAll(SqlRows.texts(connection, "SELECT rolname FROM pg_roles"));
        }
        return kept;
    }

    private void applyGlobal(Connection connection, String statement) throws SQLException {
        try {
            SqlRows.execute(connection, statement);
        } catch (SQLException e) {
            boolean exists = "42710".equals(e.getSQLState());
            if (!exists) {
                String shown = statement.replaceAll("PASSWORD '.*", "PASSWORD …");
                throw target.failure("applying \"" + shown + "\" of globals.sql", e);
            }
        }
    }

    private void restore(Connection connection, DatabaseRestore database) throws SQLException {
        String temporary = "reprise_new_"
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        step("restoring database \"" + database.newName() + "\"");
        SqlRows.execute(connection, createStatement(connection, temporary, database.entry()));
        boolean placed = false;
        try {
            runPgRestore(database, temporary);
            for (String statement : properties(connection, temporary, database.entry())) {
                SqlRows.execute(connection, statement);
            }
            examine(database, temporary);
            step("putting database \"" + database.newName() + "\" in place");
            putInPlace(connection, database, temporary);
            placed = true;
        } finally {
            if (!placed) {
                drop(connection, temporary);
            }
        }
    }

    private String createStatement(Connection connection, String name, DatabaseEntry entry) throws SQLException {
        var sql = new StringBuilder("CREATE DATABASE " + SqlText.identifier(name) + " TEMPLATE template0");
        if (!entry.encoding().isEmpty()) {
            sql.append(" ENCODING ").append(SqlText.literal(entry.encoding()));
            sql.append(" LC_COLLATE ").append(SqlText.literal(entry.collate()));
            sql.append(" LC_CTYPE ").append(SqlText.literal(entry.ctype()));
            switch (entry.localeProvider()) {
                case "i" -> sql.append(" LOCALE_PROVIDER icu ICU_LOCALE ").append(SqlText.literal(entry.locale()));
                case "b" ->
                    sql.append(" LOCALE_PROVIDER builtin BUILTIN_LOCALE ").append(SqlText.literal(entry.locale()));
                default -> {}
            }
        }
        if (plan.owners() && roleExists(connection, entry.owner())) {
            sql.append(" OWNER ").append(SqlText.identifier(entry.owner()));
        }
        if (plan.tablespaces() && !entry.tablespace().isEmpty()) {
            sql.append(" TABLESPACE ").append(SqlText.identifier(entry.tablespace()));
        }
        return sql.toString();
    }

    private boolean roleExists(Connection connection, String role) throws SQLException {
        return !role.isEmpty()
                && SqlRows.bool(
                        connection, "SELECT count(*) = 1 FROM pg_roles WHERE rolname = " + SqlText.literal(role));
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
                    "mend what the message names and restore again; nothing was replaced",
                    e);
        }
    }

    /// What `pg_dump --create` puts outside the database: grants, comment, limit and settings.
    private List<String> properties(Connection connection, String name, DatabaseEntry entry) throws SQLException {
        var statements = new ArrayList<String>();
        String database = "DATABASE " + SqlText.identifier(name);
        if (!entry.comment().isEmpty()) {
            statements.add("COMMENT ON " + database + " IS " + SqlText.literal(entry.comment()));
        }
        if (entry.connectionLimit() >= 0) {
            statements.add("ALTER " + database + " CONNECTION LIMIT " + entry.connectionLimit());
        }
        for (DatabaseEntry.Setting setting : entry.settings()) {
            if (setting.role().isEmpty() || (plan.owners() && roleExists(connection, setting.role()))) {
                statements.add(alter(name, setting));
            }
        }
        if (plan.owners() && entry.ownGrants()) {
            statements.add("REVOKE ALL ON " + database + " FROM PUBLIC");
            for (DatabaseEntry.Grant grant : entry.grants()) {
                if (grant.role().isEmpty() || roleExists(connection, grant.role())) {
                    statements.add(grant(database, grant));
                }
            }
        }
        return statements;
    }

    private static String grant(String database, DatabaseEntry.Grant grant) {
        if (!grant.privilege().matches("[A-Z ]+")) {
            throw new IllegalArgumentException("not a privilege: " + grant.privilege());
        }
        String to = grant.role().isEmpty() ? "PUBLIC" : SqlText.identifier(grant.role());
        return "GRANT " + grant.privilege() + " ON " + database + " TO " + to
                + (grant.grantable() ? " WITH GRANT OPTION" : "");
    }

    /// Settings that are lists hold their elements quoted as identifiers already.
    private static String alter(String database, DatabaseEntry.Setting setting) {
        String[] parts = setting.assignment().split("=", 2);
        boolean list = Set.of(
                        "local_preload_libraries",
                        "search_path",
                        "session_preload_libraries",
                        "shared_preload_libraries",
                        "temp_tablespaces",
                        "unix_socket_directories")
                .contains(parts[0]);
        String value = list ? elements(parts[1]) : SqlText.literal(parts[1]);
        String who = setting.role().isEmpty()
                ? "ALTER DATABASE " + SqlText.identifier(database)
                : "ALTER ROLE " + SqlText.identifier(setting.role()) + " IN DATABASE " + SqlText.identifier(database);
        return who + " SET " + dotted(parts[0]) + " TO " + value;
    }

    private static String dotted(String setting) {
        String[] names = setting.split("\\.", -1);
        var quoted = new ArrayList<String>();
        for (String name : names) {
            quoted.add(SqlText.identifier(name));
        }
        return String.join(".", quoted);
    }

    private static String elements(String list) {
        var elements = new ArrayList<String>();
        for (String element : list.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1)) {
            String bare = element.strip();
            boolean quoted = bare.length() >= 2 && bare.startsWith("\"") && bare.endsWith("\"");
            elements.add(SqlText.literal(
                    quoted ? bare.substring(1, bare.length() - 1).replace("\"\"", "\"") : bare));
        }
        return String.join(", ", elements);
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
                        "nothing was replaced; check the repository, or restore another snapshot",
                        null);
            }
        });
    }

    private void putInPlace(Connection connection, DatabaseRestore database, String temporary) throws SQLException {
        String name = SqlText.identifier(database.newName());
        String fresh = SqlText.identifier(temporary);
        if (!database.exists()) {
            SqlRows.execute(connection, "ALTER DATABASE " + fresh + " RENAME TO " + name);
            return;
        }
        String old = temporary.replace("reprise_new_", "reprise_old_");
        SqlRows.execute(connection, "ALTER DATABASE " + name + " ALLOW_CONNECTIONS false");
        try {
            SqlRows.text(
                    connection,
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = "
                            + SqlText.literal(database.newName()));
            connection.setAutoCommit(false); // both names change at once or not at all
            SqlRows.execute(connection, "ALTER DATABASE " + name + " RENAME TO " + SqlText.identifier(old));
            SqlRows.execute(connection, "ALTER DATABASE " + fresh + " RENAME TO " + name);
            connection.commit();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            if (!connection.getAutoCommit()) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
            SqlRows.execute(connection, "ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
            throw e;
        }
        SqlRows.execute(connection, "DROP DATABASE " + SqlText.identifier(old));
    }

    private void drop(Connection connection, String temporary) {
        try {
            SqlRows.execute(connection, "DROP DATABASE IF EXISTS " + SqlText.identifier(temporary) + force());
        } catch (SQLException e) {
            listener.on(new SourceEvent.Warning(
                    "database " + temporary + " is left over and may be dropped: " + e.getMessage()));
        }
    }

    private String force() {
        return plan.serverMajor() >= 13 ? " WITH (FORCE)" : "";
    }

    private void step(String what) {
        listener.on(new SourceEvent.Step(what));
    }
}
