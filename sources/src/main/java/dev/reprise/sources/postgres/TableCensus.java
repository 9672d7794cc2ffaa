package dev.reprise.sources.postgres;

import dev.reprise.sources.FactsLevel;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

// A digest must not depend on the order of rows (a restore packs them anew), on the order of columns (inheritance may
// change it), or on settings of a session. So each row becomes text with fixed settings and its columns by name, the
// text is hashed to 64 bits with the function behind hash partitioning, which is therefore stable across versions,
// and the hashes are added as numbers of any size. Adding, unlike exclusive or, does not cancel equal rows. It tells
// accidents apart, not forgeries: those are the repository's to notice.
//
// Sequences are not part of a snapshot: their values are read before and after the dump and recorded only if they
// did not move meanwhile.

/// Rows and content of every table of a database, as one transaction sees them. Belongs to one thread.
///
/// System schemas, temporary tables, tables that extensions own, materialized views and foreign tables are left out:
/// a dump does not carry their rows. So are unlogged tables of a standby, which has no rows of them.
final class TableCensus {
    private static final int LOCKS_PER_STATEMENT = 100;
    private static final String RELATIONS = """
            SELECT n.nspname, c.relname, c.relkind = 'S',
                   ARRAY(SELECT a.attname::text FROM pg_attribute a
                         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                         ORDER BY a.attname::text COLLATE "C")
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'S') AND c.relpersistence <> 't'
              AND (c.relpersistence <> 'u' OR NOT pg_is_in_recovery())
              AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
              AND NOT EXISTS (SELECT FROM pg_depend d
                              WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
            ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
            """;

    private record Relation(String schema, String name, boolean sequence, List<String> columns) {
        String quoted() {
            return SqlText.identifier(schema) + "." + SqlText.identifier(name);
        }
    }

    private final Connection connection;
    private final String database;
    private final FactsLevel level;
    private final List<Relation> relations = new ArrayList<>();
    private final SortedMap<String, String> sequencesBefore = new TreeMap<>();

    private TableCensus(Connection connection, String database, FactsLevel level) {
        this.connection = connection;
        this.database = database;
        this.level = level;
    }

    /// Makes output of values independent of the server's, the role's and the database's settings, and lets the
    /// session wait for nothing but locks.
    static void prepare(Connection connection, Duration lockWait) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String setting : List.of(
                    "search_path = ''",
                    "row_security = off", // an error instead of rows left out
                    "timezone = 'UTC'",
                    "datestyle = 'ISO, YMD'",
                    "intervalstyle = 'postgres'",
                    "extra_float_digits = 3",
                    "bytea_output = 'hex'",
                    "xmloption = 'content'",
                    "lc_monetary = 'C'",
                    "lock_timeout = " + lockWait.toMillis())) {
                statement.execute("SET " + setting);
            }
            statement.execute("SELECT set_config(name, '0', false) FROM pg_catalog.pg_settings WHERE name IN "
                    + "('statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout', "
                    + "'idle_session_timeout')");
        }
    }

    /// Starts a census in the connection's transaction: finds the tables and keeps them from being changed or emptied
    /// until it ends, because `TRUNCATE` would show through the snapshot.
    ///
    /// @param database first part of the keys
    static TableCensus begin(Connection connection, String database, FactsLevel level) throws SQLException {
        var census = new TableCensus(connection, database, level);
        if (level.includes(FactsLevel.COUNTS)) {
            census.findRelations();
            census.lockTables();
            census.readSequences(census.sequencesBefore);
        }
        return census;
    }

    private void findRelations() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(RELATIONS)) {
            while (row.next()) {
                Array columns = row.getArray(4);
                relations.add(new Relation(
                        row.getString(1), row.getString(2), row.getBoolean(3), List.of((String[]) columns.getArray())));
            }
        }
    }

    private void lockTables() throws SQLException {
        List<Relation> tables = relations.stream().filter(r -> !r.sequence()).toList();
        try (Statement statement = connection.createStatement()) {
            for (int from = 0; from < tables.size(); from += LOCKS_PER_STATEMENT) {
                List<Relation> some = tables.subList(from, Math.min(tables.size(), from + LOCKS_PER_STATEMENT));
                String names = some.stream().map(r -> "ONLY " + r.quoted()).collect(Collectors.joining(", "));
                statement.execute("LOCK TABLE " + names + " IN ACCESS SHARE MODE");
            }
        }
    }

    private void readSequences(SortedMap<String, String> into) throws SQLException {
        if (!level.includes(FactsLevel.DIGESTS)) {
            return;
        }
        for (Relation sequence : relations) {
            if (sequence.sequence()) {
                String sql = "SELECT last_value || ':' || is_called FROM " + sequence.quoted();
                into.put(key(sequence), SqlRows.text(connection, sql));
            }
        }
    }

    /// Counts and digests, in the same transaction.
    void finish(SortedMap<String, Long> counts, SortedMap<String, String> digests) throws SQLException {
        for (Relation relation : relations) {
            if (!relation.sequence()) {
                count(relation, counts, digests);
            }
        }
        if (level.includes(FactsLevel.COUNTS)) {
            counts.put(
                    PlainNames.factKey(database) + ".(large objects)",
                    SqlRows.number(connection, "SELECT count(*) FROM pg_largeobject_metadata"));
        }
        var sequencesAfter = new TreeMap<String, String>();
        readSequences(sequencesAfter);
        sequencesAfter.entrySet().retainAll(sequencesBefore.entrySet());
        digests.putAll(sequencesAfter);
    }

    private void count(Relation table, SortedMap<String, Long> counts, SortedMap<String, String> digests)
            throws SQLException {
        String columns = table.columns().stream()
                .map(column -> "r." + SqlText.identifier(column))
                .collect(Collectors.joining(", "));
        String digest = level.includes(FactsLevel.DIGESTS)
                ? "coalesce(sum(hashtextextended(ROW(" + columns + ")::text COLLATE \"C\", 0)::numeric), 0)::text"
                : "''";
        String sql = "SELECT count(*), " + digest + " FROM ONLY " + table.quoted() + " AS r";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            counts.put(key(table), row.getLong(1));
            if (level.includes(FactsLevel.DIGESTS)) {
                digests.put(key(table), row.getString(2));
            }
        }
    }

    private String key(Relation relation) {
        return PlainNames.factKey(database, relation.schema(), relation.name());
    }
}
